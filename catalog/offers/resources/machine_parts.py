"""The parts of machines: cores and memory of a series, premiums, GPUs and local SSDs."""

from __future__ import annotations

from decimal import Decimal

from catalog.errors import InvalidArgumentError
from catalog.offers.resources.bill import Part, Terms, Time, facts
from catalog.offers.resources.request import ResourceRequest
from catalog.offers.resources.series import Gpu, MachineType, Series, gpus, series
from catalog.offers.vocabulary import Fact

# Compute Engine documentation, "About Local SSD disks".
GIB_PER_LOCAL_SSD = Decimal(375)
CORE, RAM, GPU = ("part", "core"), ("part", "ram"), ("part", "gpu")
LOCAL_SSD = facts("part=capacity", "model=local-ssd")


def series_part(
    name: str, of: Series, thing: Fact, quantity: Decimal, purposes: tuple[tuple[Fact, ...], ...]
) -> Part:
    """Cores or memory of a series; `purposes` are those of its SKU, further ones if none has the first."""
    families = tuple(("family", family) for family in of.family)
    return Part(
        name,
        tuple(facts(thing, *families, *purpose) for purpose in purposes),
        quantity,
        "h" if thing == CORE else "GiBy.h",
        terms=Terms.ALL,
        sustained_use=of.sustained_use,
        committed=facts(thing, *families),
    )


def premium_parts(machine: MachineType) -> list[Part]:
    """The premium on the cores and memory of a series that is billed as an upgrade of another one."""
    of = series(machine.series)
    if not of.premium:
        return []
    return [
        Part(
            f"{thing[1]} upgrade premium",
            (facts(thing, *of.premium),),
            quantity,
            "h" if thing == CORE else "GiBy.h",
            terms=Terms.WHERE_SOLD,
            sustained_use=of.sustained_use,
            is_extra=True,
        )
        for thing, quantity in ((CORE, machine.billed_vcpus), (RAM, machine.memory))
    ]


def gpu_parts(machine: MachineType) -> list[Part]:
    """The GPUs of a machine, whether they come with it or are attached."""
    if not machine.gpu or not machine.gpus:
        return []
    return [gpu_part(gpus()[machine.gpu], machine.gpus)]


def gpu_part(gpu: Gpu, count: Decimal) -> Part:
    """GPUs as they are billed, whatever machine has them."""
    return Part(
        "gpu",
        (facts(GPU, ("model", gpu.model)),),
        count,
        "h",
        terms=Terms.WHERE_SOLD,
        sustained_use=gpu.sustained_use,
    )


def _check_local_ssds(machine: MachineType, count: int) -> None:
    has_own, is_shared = bool(machine.local_ssd), machine.billed_vcpus != machine.vcpus
    can_have = () if has_own or is_shared else series(machine.series).local_ssds
    if count not in can_have:
        comes = " It comes with its own." if has_own else ""
        raise InvalidArgumentError(
            f"{machine.name} cannot have {count} local SSDs attached.{comes}",
            hint=f"It can have {', '.join(map(str, can_have))}." if can_have else "Leave out local_ssds.",
        )


def local_ssd_parts(machine: MachineType, request: ResourceRequest) -> list[Part]:
    """The local SSDs that come with the machine, or that are attached."""
    attached = GIB_PER_LOCAL_SSD * (request.local_ssds or 0)
    if attached:
        _check_local_ssds(machine, request.local_ssds or 0)
    size = (machine.local_ssd or 0) + attached
    if not size:
        return []
    own = LOCAL_SSD | {("family", machine.series)}
    return [
        Part(
            "local SSD",
            (own, LOCAL_SSD),
            Decimal(size),
            "GiBy.mo",
            Time.MONTH,
            terms=Terms.WHERE_SOLD,
            is_extra=True,
        )
    ]
