"""Databases of Cloud SQL, under the names of their machines, such as db-custom-4-15360."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from typing import Any

from catalog.errors import InvalidArgumentError
from catalog.offers.resources.arguments import refuse_others
from catalog.offers.resources.bill import Bill, Choice, Part, facts
from catalog.offers.resources.database_engines import (
    MYSQL,
    SQL_SERVER,
    Engine,
    data,
    engine_named,
    engines,
    facts_of,
)
from catalog.offers.resources.database_storage import TAKES, storage_parts
from catalog.offers.resources.licences import Host, licences_of, with_parts_of
from catalog.offers.resources.request import ResourceRequest

NOT_INCLUDED = ("egress", "public IP address")
MIB_PER_GIB = 1024
MIB_PER_STEP = 256
# Cloud SQL documentation, "Instance settings": at least 3.75 GiB, and 0.9 to 6.5 GiB for each vCPU.
LEAST_MEMORY = Decimal("3.75")
LEAST_PER_VCPU, MOST_PER_VCPU = Decimal("0.9"), Decimal("6.5")
CUSTOM = re.compile(r"db-custom-(?P<vcpus>\d{1,3})-(?P<mib>\d{1,7})")
NAMES = frozenset({"cloud-sql", "cloudsql", "sql", "sql-instance", "sql-database", "database", "db"})
EXAMPLES = ("db-f1-micro", "db-g1-small", "db-custom-2-7680", "db-custom-4-15360", "db-n1-standard-4")


@dataclass(frozen=True, slots=True)
class DatabaseMachine:
    """The machine of a database; one with a shared core has a `family` and nothing else."""

    name: str
    vcpus: Decimal = Decimal(0)
    memory: Decimal = Decimal(0)
    edition: str | None = None
    family: str | None = None

    @property
    def is_of_one_sku(self) -> bool:
        return self.name.startswith("db-n1-")


def is_database(name: str) -> bool:
    """Whether `name` has the form of a database that this module reads."""
    return name in machines() or name in NAMES or bool(CUSTOM.fullmatch(name))


def database_bill(request: ResourceRequest, name: str) -> Bill:
    """What a database is billed as.

    Args:
        request: what was asked for.
        name: the machine, in lower case.

    Raises:
        InvalidArgumentError: there is no such machine or engine, or they do not go together.
    """
    refuse_others(request, name, TAKES)
    bill = Bill(name, not_included=(*_unsaid(request), *NOT_INCLUDED))
    engine = engine_named(request.engine) if request.engine else None
    machine = None if name in NAMES else _custom(name) or machines()[name]
    if machine and engine and (fault := _fault(machine, engine)):
        raise InvalidArgumentError(fault, hint=f"Send {_runs_all_engines(machine)}.")
    choices = tuple(_choices(machine, engine))
    if choices or engine is None or machine is None:
        return replace(bill, choices=choices)
    parts = [*_machine(machine, engine, ha=request.ha), *storage_parts(request, machine.edition, engine)]
    bill = replace(bill, parts=tuple(parts), notes=tuple(_notes(request)))
    if engine.edition is None:
        return bill
    host = Host(machine.name, machine.vcpus, machine.memory)
    return with_parts_of(bill, _licences()[f"{engine.name}-{engine.edition}"], engine.version, host)


def _unsaid(request: ResourceRequest) -> Iterator[str]:
    if request.size_gib is None:
        yield "storage"
    if request.backup_gib is None:
        yield "backups"


def _choices(machine: DatabaseMachine | None, engine: Engine | None) -> Iterator[Choice]:
    """What is open: the machine, the engine or the edition; each value goes with what is said."""
    known = [engine] if engine else [engine_named(name) for name in engines()]
    if machine is None:
        fitting = [
            name
            for name in EXAMPLES
            if not any(_fault(_custom(name) or machines()[name], each) for each in known)
        ]
        yield Choice("resource", tuple(fitting), "Which machine?")
    if engine is None:
        names = [name for name in engines() if machine is None or not _fault(machine, engine_named(name))]
        yield Choice("engine", tuple(names), "Which engine?")
    elif engine.name == SQL_SERVER and engine.edition is None:
        editions = [each for each in engines() if each.startswith(SQL_SERVER)]
        yield Choice("engine", tuple(editions), "Which edition of SQL Server?")


def _notes(request: ResourceRequest) -> Iterator[str]:
    if request.usage_type != "OnDemand":
        yield "Commitments for Cloud SQL are for an amount of money an hour; they are not applied here."


def _custom(name: str) -> DatabaseMachine | None:
    match = CUSTOM.fullmatch(name)
    if not match:
        return None
    vcpus, mib = Decimal(match["vcpus"]), Decimal(match["mib"])
    memory = mib / MIB_PER_GIB
    is_of_a_size = max(LEAST_MEMORY, LEAST_PER_VCPU * vcpus) <= memory <= MOST_PER_VCPU * vcpus
    if not vcpus or (vcpus > 1 and vcpus % 2) or mib % MIB_PER_STEP or not is_of_a_size:
        raise InvalidArgumentError(
            f"{name}: Cloud SQL has no such machine.",
            hint="Send db-custom-VCPUS-MIB, such as db-custom-4-15360: 1 vCPU or an even number; memory in"
            " MiB, a multiple of 256, at least 3840, and 0.9 to 6.5 GiB for each vCPU.",
        )
    return DatabaseMachine(name, vcpus, memory)


def _fault(machine: DatabaseMachine, engine: Engine) -> str | None:
    """Why the engine does not run on the machine; None if it does."""
    if machine.is_of_one_sku and engine.name != MYSQL:
        return f"{machine.name} is a machine of MySQL only."
    if engine.name == SQL_SERVER and (machine.family or machine.edition):
        return f"SQL Server does not run on {machine.name}."
    return None


def _runs_all_engines(machine: DatabaseMachine) -> str:
    """The machine of the same size that all engines run on, or one of four cores if there is none."""
    if not machine.is_of_one_sku:
        return "db-custom-4-15360"
    return f"db-custom-{machine.vcpus:f}-{machine.memory * MIB_PER_GIB:f}".partition(".")[0]


def _machine(machine: DatabaseMachine, engine: Engine, *, ha: bool) -> list[Part]:
    own = [*facts_of(engine, ha=ha)]
    edition = [("class", machine.edition)] if machine.edition else []
    if machine.family:
        return [Part("machine", (facts(*own, ("family", machine.family)),), Decimal(1), "h")]
    if machine.is_of_one_sku:
        shape = f"{machine.vcpus:f}x{machine.memory:f}".replace(".", "-")
        found = facts(*own, "part=machine", ("shape", shape))
        return [Part("machine", (found,), Decimal(1), "h")]
    return [
        Part("core", (facts(*own, *edition, "part=core"),), machine.vcpus, "h"),
        Part("ram", (facts(*own, *edition, "part=ram"),), machine.memory, "GiBy.h"),
    ]


@cache
def machines() -> Mapping[str, DatabaseMachine]:
    """The predefined machines, by name."""
    return {
        name.lower(): DatabaseMachine(
            name.lower(),
            Decimal(row.get("vcpus", 0)),
            Decimal(row.get("memory", 0)),
            row.get("class"),
            row.get("family"),
        )
        for name, row in data()["machine"].items()
    }


@cache
def _licences() -> Mapping[str, Any]:
    return licences_of(data()["licence"])
