"""Custom machine types of Compute Engine: any number of vCPUs and memory within the bounds of a series."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from catalog.errors import InvalidArgumentError
from catalog.offers.resources.bill import Part, Terms
from catalog.offers.resources.gpus import N1
from catalog.offers.resources.machine_parts import CORE, RAM, series_part
from catalog.offers.resources.series import MachineType, Series, custom_series, series

MIB_PER_GIB = 1024
# Compute Engine documentation, "Create a VM with a custom machine type".
MIB_PER_STEP = 256
SHARED_VCPUS = 2
CUSTOM = re.compile(
    r"(?:(?P<series>[a-z]\d[a-z]?)-)?custom-(?P<vcpus>\d{1,3}|[a-z]+)-(?P<mib>\d{3,8})(?P<extended>-ext)?"
)
CUSTOM_FACT, EXTENDED = ("purpose", "custom"), ("purpose", "extended")


def custom_machine(name: str, match: re.Match[str]) -> tuple[MachineType, Sequence[Part], Sequence[Part]]:
    """A custom machine with its cores and its memory.

    Args:
        name: the machine type, in lower case.
        match: its match of CUSTOM.

    Raises:
        InvalidArgumentError: there is no such machine.
    """
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
    cores = [series_part("core", of, CORE, billed, purposes)]
    ram = [series_part("ram", of, RAM, min(memory, most), purposes)]
    if memory > most:
        extended = series_part("extended ram", of, RAM, memory - most, ((CUSTOM_FACT, EXTENDED),))
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
