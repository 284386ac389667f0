"""Machines of Compute Engine: predefined, custom and sole-tenant, with GPUs and local SSDs."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from catalog.errors import InvalidArgumentError
from catalog.offers.resources.bill import Bill, Part, Terms, Time, facts
from catalog.offers.resources.request import ResourceRequest
from catalog.offers.resources.series import (
    Gpu,
    MachineType,
    Series,
    custom_series,
    gpus,
    machine_types,
    series,
)
from catalog.offers.vocabulary import Fact

N1 = "n1"
MIB_PER_GIB = 1024
# Compute Engine documentation: "About Local SSD disks", "Create a VM with a custom machine type".
GIB_PER_LOCAL_SSD = Decimal(375)
MIB_PER_STEP = 256
CUSTOM = re.compile(
    r"(?:(?P<series>[a-z]\d[a-z]?)-)?custom-(?P<vcpus>\d{1,3})-(?P<mib>\d{3,8})(?P<extended>-ext)?"
)
NODE = re.compile(r"(?P<series>[a-z]\d[a-z]?)-node-(?P<vcpus>\d{1,4})-(?P<gib>\d{1,5})")
PREDEFINED, CUSTOM_FACT, EXTENDED = ("purpose", "predefined"), ("purpose", "custom"), ("purpose", "extended")
SOLE, SOLE_PREMIUM = ("purpose", "sole"), ("purpose", "sole-premium")
CORE, RAM, GPU = ("part", "core"), ("part", "ram"), ("part", "gpu")
LOCAL_SSD = facts("part=capacity", "model=local-ssd")
NOT_INCLUDED = ("boot disk", "external IP address", "egress")


def is_machine(name: str) -> bool:
    """Whether `name` has the form of a machine that this module reads, or is a predefined type."""
    return name in machine_types() or bool(CUSTOM.fullmatch(name) or NODE.fullmatch(name))


def machine_named(name: str) -> MachineType:
    """The machine of a name for which is_machine() holds, with what it comes with.

    Raises:
        InvalidArgumentError: there is no such custom machine.
    """
    if match := NODE.fullmatch(name):
        vcpus = Decimal(match["vcpus"])
        return MachineType(name, match["series"], vcpus, Decimal(match["gib"]), vcpus)
    match = CUSTOM.fullmatch(name)
    return _custom(name, match)[0] if match else machine_types()[name]


def machine_bill(request: ResourceRequest, name: str) -> Bill:
    """What a machine is billed as.

    Args:
        request: what was asked for.
        name: the machine type, in lower case.

    Raises:
        InvalidArgumentError: there is no such machine, or nothing like it can have these GPUs or disks.
    """
    if match := NODE.fullmatch(name):
        return _node(name, series(match["series"]), Decimal(match["vcpus"]), Decimal(match["gib"]))
    if match := CUSTOM.fullmatch(name):
        machine, cores, memory = _custom(name, match)
    else:
        machine = machine_types()[name]
        cores, memory = _predefined(machine)
    machine = _with_gpus(machine, request)
    parts = [*cores, *memory, *_premium(machine), *_gpu(machine), *_local_ssd(machine, request)]
    unknown = ["local SSD"] if machine.local_ssd is None else []
    return Bill(name, tuple(parts), tuple(unknown), NOT_INCLUDED)


def _part(
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


def _predefined(machine: MachineType) -> tuple[list[Part], list[Part]]:
    of = series(machine.series)
    purposes = ((PREDEFINED,), ())
    cores = [_part("core", of, CORE, machine.billed_vcpus, purposes)]
    return cores, [] if of.whole else [_part("ram", of, RAM, machine.memory, purposes)]


def _custom(name: str, match: re.Match[str]) -> tuple[MachineType, list[Part], list[Part]]:
    of, vcpus = series(match["series"] or N1), Decimal(match["vcpus"])
    memory = Decimal(match["mib"]) / MIB_PER_GIB
    if of.custom is None:
        raise InvalidArgumentError(
            f"{of.name.upper()} has no custom machine types.",
            hint=f"Send a predefined type, or a custom one of {', '.join(custom_series())}.",
        )
    most = of.custom * vcpus
    _check_custom(name, of, vcpus, memory, most, is_extended=bool(match["extended"]))
    purposes = ((CUSTOM_FACT,), ())
    cores = [_part("core", of, CORE, vcpus, purposes)]
    ram = [_part("ram", of, RAM, min(memory, most), purposes)]
    if memory > most:
        extended = _part("extended ram", of, RAM, memory - most, ((CUSTOM_FACT, EXTENDED),))
        # Google sells no commitment for it, so it stays on demand beside one.
        ram.append(replace(extended, terms=Terms.WHERE_SOLD, committed=extended.facts[0], is_extra=True))
    return MachineType(name, of.name, vcpus, memory, vcpus), cores, ram


def _check_custom(
    name: str, of: Series, vcpus: Decimal, memory: Decimal, most: Decimal, *, is_extended: bool
) -> None:
    if not vcpus or (vcpus > 1 and vcpus % 2):
        raise InvalidArgumentError(f"{name}: a custom machine has 1 vCPU or an even number, not {vcpus}.")
    if memory * MIB_PER_GIB % MIB_PER_STEP:
        raise InvalidArgumentError(
            f"{name}: the memory of a custom machine is a multiple of {MIB_PER_STEP} MiB.",
            hint=f"The last number is the memory in MiB: send {name.partition('custom')[0]}custom-{vcpus}-"
            f"{max(1, round(memory * MIB_PER_GIB / MIB_PER_STEP)) * MIB_PER_STEP}.",
        )
    if memory > most and not (is_extended and of.extended):
        raise InvalidArgumentError(
            f"{name}: {vcpus} vCPUs of {of.name.upper()} have at most {most:f} GiB of RAM, not {memory:f}.",
            hint=f"Send {name}-ext for extended memory."
            if of.extended
            else "Send less memory or more vCPUs.",
        )


def _node(name: str, of: Series, vcpus: Decimal, memory: Decimal) -> Bill:
    """A sole-tenant node: all of its cores and memory, and a premium on both."""
    parts = []
    for title, thing, quantity in (("core", CORE, vcpus), ("ram", RAM, memory)):
        parts.append(_part(title, of, thing, quantity, ((SOLE,),)))
        premium = _part(
            f"{title} premium", of, thing, quantity, ((SOLE, SOLE_PREMIUM, ("class", "premium")),)
        )
        parts.append(replace(premium, terms=Terms.WHERE_SOLD, committed=premium.facts[0], is_extra=True))
    return Bill(name, tuple(parts), not_included=NOT_INCLUDED)


def _premium(machine: MachineType) -> list[Part]:
    of = series(machine.series)
    if not of.premium:
        return []
    return [
        Part(
            f"{thing[1]} premium",
            (facts(thing, *of.premium),),
            quantity,
            "h" if thing == CORE else "GiBy.h",
            terms=Terms.WHERE_SOLD,
            sustained_use=of.sustained_use,
            is_extra=True,
        )
        for thing, quantity in ((CORE, machine.billed_vcpus), (RAM, machine.memory))
    ]


def _with_gpus(machine: MachineType, request: ResourceRequest) -> MachineType:
    """The machine with the GPUs that are attached to it."""
    if request.gpu is None and not request.gpu_count:
        return machine
    gpu = _gpu_named(request.gpu) if request.gpu else None
    if machine.gpus:
        is_same = (gpu is None or gpu.name == machine.gpu) and request.gpu_count in (None, machine.gpus)
        if is_same:
            return machine
        raise InvalidArgumentError(
            f"{machine.name} comes with {machine.gpus:f} {machine.gpu} and takes no other GPUs.",
            hint="Leave out gpu and gpu_count, or send another machine type.",
        )
    allowed = series(machine.series).gpus
    if gpu is None or gpu.name not in allowed:
        named = gpu.name if gpu else "GPUs of no named model"
        raise InvalidArgumentError(
            f"{named} cannot be attached to {machine.name}.",
            hint=f"Send gpu as one of {', '.join(allowed)}." if allowed else _machines_with(gpu),
        )
    return replace(machine, gpu=gpu.name, gpus=Decimal(1 if request.gpu_count is None else request.gpu_count))


def _gpu_named(name: str) -> Gpu:
    """The GPU of a name: as the API has it, or without the maker's name, such as "t4"."""
    folded = name.strip().lower().replace("_", "-").replace(" ", "-")
    short = folded.removeprefix("nvidia-").removeprefix("tesla-")
    for gpu in gpus().values():
        if folded == gpu.name or short in (
            gpu.model,
            gpu.name.removeprefix("nvidia-").removeprefix("tesla-"),
        ):
            return gpu
    raise InvalidArgumentError(
        f"There is no GPU {name!r}.",
        hint="Send a candidate.",
        candidates=[{"gpu": known} for known in gpus()],
    )


def _machines_with(gpu: Gpu | None) -> str:
    """Where a GPU is to be had."""
    if gpu is None:
        return "Name the GPU, or leave out gpu_count."
    found = [machine.name for machine in machine_types().values() if machine.gpu == gpu.name]
    names = [*found[:3], *([f"an N1 machine with gpu {gpu.name}"] if gpu.name in series(N1).gpus else [])]
    return f"It comes with {', '.join(names)}." if names else "Leave it out."


def _gpu(machine: MachineType) -> list[Part]:
    if not machine.gpu or not machine.gpus:
        return []
    gpu = gpus()[machine.gpu]
    return [
        Part(
            "gpu",
            (facts(GPU, ("model", gpu.model)),),
            machine.gpus,
            "h",
            terms=Terms.WHERE_SOLD,
            sustained_use=gpu.sustained_use,
        )
    ]


def _local_ssd(machine: MachineType, request: ResourceRequest) -> list[Part]:
    """The local SSDs that come with the machine, or that are attached."""
    attached = GIB_PER_LOCAL_SSD * (request.local_ssds or 0)
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
