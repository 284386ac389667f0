"""Machine types and series: data/machine_types.csv and data/machine_series.toml."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any

from catalog.offers import DATA

UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Gpu:
    """A GPU by its name in the Compute Engine API; `model` is that of its SKUs.

    `counts` are how many can be attached to a machine, with the vCPUs that it may have then at most.
    """

    name: str
    model: str
    sustained_use: str | None = None
    counts: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MachineType:
    """What a machine consists of. Memory and disks are in GiB; `local_ssd` is None if no source says it."""

    name: str
    series: str
    vcpus: Decimal
    memory: Decimal
    billed_vcpus: Decimal
    gpu: str | None = None
    gpus: Decimal = Decimal(0)
    local_ssd: Decimal | None = Decimal(0)


@dataclass(frozen=True, slots=True)
class Series:
    """How the machines of a series are billed; data/machine_series.toml says what each means."""

    name: str
    family: tuple[str, ...]
    whole: bool = False
    premium: tuple[str, ...] = ()
    sustained_use: str | None = None
    custom: tuple[Decimal, Decimal] | None = None
    vcpus: frozenset[int] = frozenset()
    shared: Mapping[str, tuple[Decimal, Decimal, Decimal]] = field(default_factory=dict)
    extended: bool = False
    gpus: tuple[str, ...] = ()
    local_ssds: tuple[int, ...] = ()
    is_arm: bool = False


@dataclass(frozen=True, slots=True)
class SustainedUse:
    """The share of the rate that each quarter of a month is billed at."""

    shares: tuple[Decimal, ...]
    source: str


@cache
def machine_types() -> Mapping[str, MachineType]:
    """All predefined machine types, by name."""
    with (DATA / "machine_types.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        return {row["machine_type"]: _machine_type(row) for row in rows}


def _machine_type(row: Mapping[str, str]) -> MachineType:
    name, ssd = row["machine_type"], row["local_ssd_gib"]
    return MachineType(
        name,
        _series_of(name),
        Decimal(row["vcpus"]),
        Decimal(row["memory_gib"]),
        Decimal(row["billed_vcpus"] or row["vcpus"]),
        row["gpu"] or None,
        Decimal(row["gpus"] or 0),
        None if ssd == UNKNOWN else Decimal(ssd or 0),
    )


def _series_of(name: str) -> str:
    renamed: Mapping[str, str] = _data()["renamed"]
    return renamed.get(name) or renamed.get(name.rpartition("-")[0]) or name.partition("-")[0]


@cache
def series(name: str) -> Series:
    """The series of a name; one that data/machine_series.toml lacks follows the general rules."""
    row = _data()["series"].get(name, {})
    return Series(
        name,
        tuple(row.get("family", [name])),
        row.get("whole", False),
        tuple(row.get("premium", [])),
        row.get("sustained_use"),
        (Decimal(row["custom"][0]), Decimal(row["custom"][1])) if "custom" in row else None,
        frozenset(
            count for first, last, step in row.get("vcpus", []) for count in range(first, last + 1, step)
        ),
        {
            size: (Decimal(billed), Decimal(least), Decimal(most))
            for size, (billed, least, most) in row.get("shared", {}).items()
        },
        row.get("extended", False),
        tuple(row.get("gpus", [])),
        tuple(row.get("local_ssds", [])),
        row.get("arm", False),
    )


@cache
def custom_series() -> tuple[str, ...]:
    """The series that have custom machine types."""
    return tuple(name for name, row in _data()["series"].items() if "custom" in row)


@cache
def nodes() -> tuple[str, ...]:
    """The node types of sole tenancy."""
    return tuple(_data()["nodes"]["names"])


@cache
def gpus() -> Mapping[str, Gpu]:
    """All GPUs, by name."""
    return {
        name: Gpu(
            name,
            row["model"],
            row.get("sustained_use"),
            {int(count): vcpus for count, vcpus in row.get("counts", {}).items()},
        )
        for name, row in _data()["gpu"].items()
    }


@cache
def sustained_use(name: str) -> SustainedUse:
    """A sustained-use discount by its name."""
    row = _data()["sustained_use"][name]
    return SustainedUse(tuple(Decimal(share) for share in row["shares"]), row["source"])


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((DATA / "machine_series.toml").read_text(encoding="utf-8"))
