"""Machines of Compute Engine: predefined, custom and sole-tenant, with GPUs and local SSDs."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from catalog.errors import InvalidArgumentError
from catalog.offers.resources.arguments import refuse_others
from catalog.offers.resources.bill import Bill, Part, Terms, Time, facts
from catalog.offers.resources.gpus import N1, gpu_named, machines_with
from catalog.offers.resources.licences import Host, with_licence
from catalog.offers.resources.request import ResourceRequest
from catalog.offers.resources.series import (
    Gpu,
    MachineType,
    Series,
    custom_series,
    gpus,
    machine_types,
    nodes,
    series,
)
from catalog.offers.vocabulary import Fact

MIB_PER_GIB = 1024
# Compute Engine documentation: "About Local SSD disks", "Create a VM with a custom machine type".
GIB_PER_LOCAL_SSD = Decimal(375)
MIB_PER_STEP = 256
SHARED_VCPUS = 2
CUSTOM = re.compile(
    r"(?:(?P<series>[a-z]\d[a-z]?)-)?custom-(?P<vcpus>\d{1,3}|[a-z]+)-(?P<mib>\d{3,8})(?P<extended>-ext)?"
)
NODE = re.compile(r"(?P<series>[a-z]\d[a-z]?)-node-(?P<vcpus>\d+)-(?P<gib>\d+)")
PREDEFINED, CUSTOM_FACT, EXTENDED = ("purpose", "predefined"), ("purpose", "custom"), ("purpose", "extended")
SOLE, SOLE_PREMIUM = ("purpose", "sole"), ("purpose", "sole-premium")
CORE, RAM, GPU = ("part", "core"), ("part", "ram"), ("part", "gpu")
LOCAL_SSD = facts("part=capacity", "model=local-ssd")
TAKES = ("os", "gpu", "gpu_count", "local_ssds")
NOT_INCLUDED = ("boot disk", "external IP address", "egress")


def is_machine(name: str) -> bool:
    """Whether `name` has the form of a machine that this module reads, or is a predefined type."""
    return name in machine_types() or name in nodes() or bool(CUSTOM.fullmatch(name))


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
        refuse_others(request, name, ())
        return _node(name, series(match["series"]), Decimal(match["vcpus"]), Decimal(match["gib"]))
    refuse_others(request, name, TAKES)
    if match := CUSTOM.fullmatch(name):
        machine, cores, memory = _custom(name, match)
    else:
        machine = machine_types()[name]
        cores, memory = _predefined(machine)
    own = machine.gpus
    machine = _with_gpus(machine, request)
    attached = "" if own else _attached(machine)
    parts = [*cores, *memory, *_premium(machine), *_gpu(machine), *_local_ssd(machine, request)]
    unknown = ["local SSD"] if machine.local_ssd is None else []
    if request.os is None:
        not_included = (*NOT_INCLUDED, "operating system licence")
        return Bill(name, tuple(parts), tuple(unknown), not_included, attached=attached)
    bill = Bill(name, tuple(parts), tuple(unknown), NOT_INCLUDED, attached=attached)
    is_arm = series(machine.series).is_arm
    host = Host(name, machine.vcpus, machine.memory, machine.gpus, is_arm=is_arm)
    return with_licence(bill, request.os, host)


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


def _attached(machine: MachineType) -> str:
    return f"{machine.gpus:f} {machine.gpu}" if machine.gpus else ""


def _custom(name: str, match: re.Match[str]) -> tuple[MachineType, list[Part], list[Part]]:
    of = series(match["series"] or N1)
    if of.custom is None:
        raise InvalidArgumentError(
            f"{of.name.upper()} has no custom machine types.",
            hint=f"Send a predefined type, or a custom one of {', '.join(custom_series())}.",
        )
    memory = Decimal(match["mib"]) / MIB_PER_GIB
    if match["vcpus"].isdigit():
        vcpus = billed = Decimal(match["vcpus"])
        least, most = (gib * vcpus for gib in of.custom)
        _check_vcpus(name, of, int(vcpus))
    else:
        vcpus = Decimal(SHARED_VCPUS)
        billed, least, most = _shared(name, of, match["vcpus"])
    _check_memory(name, of, memory, (least, most), is_extended=bool(match["extended"]))
    purposes = ((CUSTOM_FACT,), ())
    cores = [_part("core", of, CORE, billed, purposes)]
    ram = [_part("ram", of, RAM, min(memory, most), purposes)]
    if memory > most:
        extended = _part("extended ram", of, RAM, memory - most, ((CUSTOM_FACT, EXTENDED),))
        # Google sells no commitment for it, so it stays on demand beside one.
        ram.append(replace(extended, terms=Terms.WHERE_SOLD, committed=extended.facts[0], is_extra=True))
    return MachineType(name, of.name, vcpus, memory, billed), cores, ram


def _check_vcpus(name: str, of: Series, vcpus: int) -> None:
    if vcpus not in of.vcpus:
        nearest = sorted(sorted(of.vcpus), key=lambda count: abs(count - vcpus))[:2]
        raise InvalidArgumentError(
            f"{name}: a custom machine of {of.name.upper()} cannot have {vcpus} vCPUs.",
            hint=f"The nearest it can have: {' or '.join(map(str, sorted(nearest)))}.",
        )


def _shared(name: str, of: Series, size: str) -> tuple[Decimal, Decimal, Decimal]:
    """What is billed of a vCPU of a shared-core machine, and its memory at least and at most."""
    if size not in of.shared:
        sizes = ", ".join(of.shared)
        raise InvalidArgumentError(
            f"{name}: {of.name.upper()} has no custom machine of size {size!r}.",
            hint=f"Send one of {sizes}, or a number of vCPUs." if sizes else "Send a number of vCPUs.",
        )
    return of.shared[size]


def _check_memory(
    name: str, of: Series, memory: Decimal, bounds: tuple[Decimal, Decimal], *, is_extended: bool
) -> None:
    least, most = bounds
    if memory * MIB_PER_GIB % MIB_PER_STEP:
        steps = max(1, round(memory * MIB_PER_GIB / MIB_PER_STEP))
        raise InvalidArgumentError(
            f"{name}: the memory of a custom machine is a multiple of {MIB_PER_STEP} MiB.",
            hint=f"The last number is the memory in MiB: send {steps * MIB_PER_STEP}.",
        )
    if memory < least:
        raise InvalidArgumentError(f"{name} needs at least {least:f} GiB of RAM, not {memory:f}.")
    if memory > most and not (is_extended and of.extended):
        hint = f"Send {name}-ext for extended memory." if of.extended else "Send less memory or more vCPUs."
        raise InvalidArgumentError(f"{name} can have {most:f} GiB of RAM, not {memory:f}.", hint=hint)


def _node(name: str, of: Series, vcpus: Decimal, memory: Decimal) -> Bill:
    """A sole-tenant node: all of its cores and memory, and a premium on both."""
    parts = []
    for title, thing, quantity in (("core", CORE, vcpus), ("ram", RAM, memory)):
        parts.append(_part(title, of, thing, quantity, ((SOLE,),)))
        premium = _part(
            f"{title} premium", of, thing, quantity, ((SOLE, SOLE_PREMIUM, ("class", "premium")),)
        )
        parts.append(replace(premium, terms=Terms.WHERE_SOLD, committed=premium.facts[0], is_extra=True))
    parts += _premium(MachineType(name, of.name, vcpus, memory, vcpus))
    return Bill(name, tuple(parts), not_included=NOT_INCLUDED)


def _premium(machine: MachineType) -> list[Part]:
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


def _with_gpus(machine: MachineType, request: ResourceRequest) -> MachineType:
    """The machine with the GPUs that are attached to it."""
    if request.gpu is None and not request.gpu_count:
        return machine
    gpu = gpu_named(request.gpu) if request.gpu else None
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
            hint=f"Send gpu as one of {', '.join(allowed)}." if allowed else machines_with(gpu),
        )
    count = 1 if request.gpu_count is None else request.gpu_count
    most = gpu.counts.get(count, 0)
    if machine.vcpus > most or machine.billed_vcpus != machine.vcpus or series(machine.series).whole:
        fitting = [number for number, vcpus in gpu.counts.items() if machine.vcpus <= vcpus]
        raise InvalidArgumentError(
            f"{count} {gpu.name} cannot be attached to {machine.name}.",
            hint=f"It can have {', '.join(map(str, fitting))} of them."
            if fitting
            else "Send a smaller machine.",
        )
    return replace(machine, gpu=gpu.name, gpus=Decimal(count))


def _gpu(machine: MachineType) -> list[Part]:
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


def _local_ssd(machine: MachineType, request: ResourceRequest) -> list[Part]:
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
