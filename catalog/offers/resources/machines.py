"""Machines of Compute Engine: predefined, custom and sole-tenant, with GPUs and local SSDs."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from functools import cache

from catalog.errors import InvalidArgumentError
from catalog.offers.resources.arguments import refuse_others
from catalog.offers.resources.bill import Bill, Part, Terms
from catalog.offers.resources.custom_machines import CUSTOM, custom_machine
from catalog.offers.resources.gpus import gpu_named, machines_with
from catalog.offers.resources.licences import Host, with_licence
from catalog.offers.resources.machine_parts import (
    CORE,
    RAM,
    gpu_parts,
    local_ssd_parts,
    premium_parts,
    series_part,
)
from catalog.offers.resources.request import ResourceRequest
from catalog.offers.resources.series import MachineType, Series, machine_types, nodes, series

NODE = re.compile(r"(?P<series>[a-z]\d[a-z]?)-node-(?P<vcpus>\d+)-(?P<gib>\d+)")
PREDEFINED = ("purpose", "predefined")
SOLE, SOLE_PREMIUM = ("purpose", "sole"), ("purpose", "sole-premium")
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
    return custom_machine(name, match)[0] if match else machine_types()[name]


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
        machine, cores, memory = custom_machine(name, match)
    else:
        machine = machine_types()[name]
        cores, memory = _predefined(machine)
    own = machine.gpus
    machine = _with_gpus(machine, request)
    attached = "" if own else _attached(machine)
    parts = [
        *cores,
        *memory,
        *premium_parts(machine),
        *gpu_parts(machine),
        *local_ssd_parts(machine, request),
    ]
    unknown = ["local SSD"] if machine.local_ssd is None else []
    if request.os is None:
        not_included = (*NOT_INCLUDED, "operating system licence")
        return Bill(name, tuple(parts), tuple(unknown), not_included, attached=attached)
    bill = Bill(name, tuple(parts), tuple(unknown), NOT_INCLUDED, attached=attached)
    is_arm = series(machine.series).is_arm
    host = Host(name, machine.vcpus, machine.memory, machine.gpus, is_arm=is_arm)
    return with_licence(bill, request.os, host)


@cache
def _predefined(machine: MachineType) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    of = series(machine.series)
    purposes = ((PREDEFINED,), ())
    cores = (series_part("core", of, CORE, machine.billed_vcpus, purposes),)
    return cores, () if of.whole else (series_part("ram", of, RAM, machine.memory, purposes),)


def _attached(machine: MachineType) -> str:
    return f"{machine.gpus:f} {machine.gpu}" if machine.gpus else ""


def _node(name: str, of: Series, vcpus: Decimal, memory: Decimal) -> Bill:
    """A sole-tenant node: all of its cores and memory, and a premium on both."""
    parts = []
    for title, thing, quantity in (("core", CORE, vcpus), ("ram", RAM, memory)):
        parts.append(series_part(title, of, thing, quantity, ((SOLE,),)))
        premium = series_part(
            f"{title} premium", of, thing, quantity, ((SOLE, SOLE_PREMIUM, ("class", "premium")),)
        )
        parts.append(replace(premium, terms=Terms.WHERE_SOLD, committed=premium.facts[0], is_extra=True))
    parts += premium_parts(MachineType(name, of.name, vcpus, memory, vcpus))
    return Bill(name, tuple(parts), not_included=NOT_INCLUDED)


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
