"""Machine types, and the names of the SKUs of their cores and RAM."""

from __future__ import annotations

from pathlib import Path

MACHINE_TYPES = Path(__file__).with_name("machine_types.txt")
# How a term is asked for.
TERMS = {
    "OnDemand": ("", "on demand"),
    "Preemptible": ("spot", "preemptible"),
    "Commit1Yr": ("1 year commitment", "1yr CUD"),
    "Commit3Yr": ("3 year commitment", "3 yr cud"),
}
# The families whose SKUs are not named after them.
NAMES = {"c2": "Compute.optimized", "m1": "Memory.optimized", "m2": "Memory.optimized"}
ADDED = "( AMD| Arm| Predefined| Memory-optimized)?"


def machine_types() -> list[str]:
    lines = [line for line in MACHINE_TYPES.read_text().splitlines() if not line.startswith("#")]
    return [f"{series}{size}" for series, *sizes in map(str.split, lines) for size in sizes]


def family_of(machine: str) -> str:
    return machine.partition("-")[0]


def first_types() -> dict[str, str]:
    """The first machine type of each family."""
    return {family_of(machine): machine for machine in reversed(machine_types())}


def families() -> list[str]:
    return sorted(first_types())


def any_of(family: str) -> str:
    """A pattern for the names of all that has to do with a family."""
    return rf"\b{NAMES.get(family, family.upper())}\b"


def part_of(machine: str, part: str, term: str) -> str:
    """A pattern for the names of the plain SKUs of the core or RAM of a machine type.

    Args:
        machine: the machine type or its family.
        part: "core" or "ram".
        term: the usage type.
    """
    family = family_of(machine)
    name = NAMES.get(family, family.upper())
    word = "(Core|Cpu)" if part == "core" else "Ram"
    if term.startswith("Commit"):
        named = "(N1 )?" if family == "n1" else f"{name}{ADDED} "
        return rf"^Commitment( v1)?: {named}{word} (running )?in .* for {term[6]} Year"
    spot = "Spot Preemptible " if term == "Preemptible" else ""
    predefined = " Predefined" if family == "n1" else ADDED
    return rf"^{spot}{name}{predefined} (Instance )?{word} running in"
