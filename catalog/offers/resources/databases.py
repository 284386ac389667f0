"""Databases of Cloud SQL, under the names of their machines, such as db-custom-4-15360."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from typing import Any

from catalog.errors import InvalidArgumentError
from catalog.offers import DATA
from catalog.offers.resources.arguments import refuse_others
from catalog.offers.resources.bill import Bill, Choice, Part, Time, facts
from catalog.offers.resources.licences import Host, licences_of, with_parts_of
from catalog.offers.resources.request import ResourceRequest
from catalog.offers.vocabulary import Fact

TAKES = ("engine", "ha", "size_gib", "tier", "backup_gib")
NOT_INCLUDED = ("egress", "public IP address")
MIB_PER_GIB = 1024
MIB_PER_STEP = 256
# Cloud SQL documentation, "Instance settings": at least 3.75 GiB, and 0.9 to 6.5 GiB for each vCPU.
LEAST_MEMORY = Decimal("3.75")
LEAST_PER_VCPU, MOST_PER_VCPU = Decimal("0.9"), Decimal("6.5")
SQL_SERVER, MYSQL = "sqlserver", "mysql"
CUSTOM = re.compile(r"db-custom-(?P<vcpus>\d{1,3})-(?P<mib>\d{1,7})")
NAMES = frozenset({"cloud-sql", "cloudsql", "sql-instance", "database"})
EXAMPLES = ("db-f1-micro", "db-g1-small", "db-custom-2-7680", "db-custom-4-15360", "db-n1-standard-4")
_SEPARATORS = re.compile(r"[\s_.-]+")
_NUMBER = re.compile(r"[\d.]+")


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


@dataclass(frozen=True, slots=True)
class Engine:
    """The engine as SKUs call it, and for SQL Server its edition and version."""

    name: str
    edition: str | None = None
    version: str | None = None


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
    unsaid = [
        *(["storage"] if request.size_gib is None else []),
        *(["backups"] if request.backup_gib is None else []),
    ]
    bill = Bill(name, not_included=(*unsaid, *NOT_INCLUDED))
    engine = _engine(request.engine) if request.engine else None
    choices = list(_choices(name, engine))
    if choices or engine is None:
        return replace(bill, choices=tuple(choices))
    machine = _custom(name) or machines()[name]
    _check(machine, engine)
    parts = [*_machine(machine, engine, ha=request.ha), *_storage(request, machine, engine)]
    bill = replace(bill, parts=tuple(parts), notes=tuple(_notes(request)))
    if engine.edition is None:
        return bill
    host = Host(machine.name, machine.vcpus, machine.memory)
    return with_parts_of(bill, _licences()[f"{engine.name}-{engine.edition}"], engine.version, host)


def _choices(name: str, engine: Engine | None) -> Iterator[Choice]:
    """What is open: the machine, the engine or the edition."""
    if name in NAMES:
        yield Choice("resource", EXAMPLES, "Which machine?")
    if engine is None:
        yield Choice("engine", tuple(dict.fromkeys(_data()["engine"].values())), "Which engine?")
    elif engine.name == SQL_SERVER and engine.edition is None:
        editions = tuple(each for each in _data()["engine"] if each.startswith(SQL_SERVER))
        yield Choice("engine", editions, "Which edition of SQL Server?")


def _notes(request: ResourceRequest) -> Iterator[str]:
    if request.usage_type != "OnDemand":
        yield "Commitments for Cloud SQL are for an amount of money an hour; they are not applied here."


def _engine(text: str) -> Engine:
    """The engine of a name, with a version or without: "POSTGRES_15", "SQL Server 2019 Web"."""
    words = (
        _SEPARATORS.sub("-", text.strip().lower())
        .replace("sql-server", SQL_SERVER)
        .replace("mssql", SQL_SERVER)
    )
    numbers = [word for word in words.split("-") if _NUMBER.fullmatch(word)]
    name = "-".join(word for word in words.split("-") if not _NUMBER.fullmatch(word))
    if name == SQL_SERVER:
        return Engine(SQL_SERVER)
    known = _data()["engine"].get(name)
    if known is None:
        engines = list(dict.fromkeys(_data()["engine"].values()))
        raise InvalidArgumentError(
            f"Cloud SQL has no engine {text!r}.",
            hint=f"Send one of {', '.join(engines)}.",
            candidates=engines,
        )
    own, _, edition = known.partition("-")
    return Engine(own, edition or None, numbers[0] if edition and numbers else None)


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


def _check(machine: DatabaseMachine, engine: Engine) -> None:
    """Refuse a machine that the engine does not run on."""
    if machine.is_of_one_sku and engine.name != MYSQL:
        same = f"db-custom-{machine.vcpus}-{machine.memory * MIB_PER_GIB:f}".partition(".")[0]
        raise InvalidArgumentError(f"{machine.name} is a machine of MySQL only.", hint=f"Send {same}.")
    if engine.name == SQL_SERVER and (machine.family or machine.edition):
        raise InvalidArgumentError(
            f"SQL Server does not run on {machine.name}.", hint="Send db-custom-4-15360."
        )


def _machine(machine: DatabaseMachine, engine: Engine, *, ha: bool) -> list[Part]:
    own = [*_own(engine, ha=ha)]
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


def _own(engine: Engine, *, ha: bool) -> tuple[Fact, ...]:
    location = "regional" if ha else "zonal"
    return ("product", "cloud-sql"), ("engine", engine.name), ("location_type", location)


def _storage(request: ResourceRequest, machine: DatabaseMachine, engine: Engine) -> list[Part]:
    """Storage and backups. Google calls SSDs "Standard storage" and hard disks "Low cost storage"."""
    own = _own(engine, ha=request.ha)
    disk = (request.tier or "ssd").strip().lower()
    if disk not in {"ssd", "hdd", "pd-ssd", "pd-hdd"}:
        raise InvalidArgumentError(
            f"Cloud SQL has no storage {request.tier!r}.", hint="Send tier as ssd or hdd."
        )
    parts: list[Part] = []
    if request.size_gib is not None:
        edition = [("class", machine.edition)] if machine.edition else []
        if disk.endswith("ssd"):
            found = (facts(*own, *edition, "class=standard", "part=capacity"),), ("",)
        else:
            found = (facts(*own, "part=capacity"),), ("low",)
        parts.append(Part("storage", found[0], request.size_gib, "GiBy.mo", Time.MONTH, words=found[1]))
    if request.backup_gib is not None:
        backup = facts("product=cloud-sql")
        parts.append(Part("backups", (backup,), request.backup_gib, "GiBy.mo", Time.MONTH, words=("backup",)))
    return [replace(part, is_extra=True) for part in parts]


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
        for name, row in _data()["machine"].items()
    }


@cache
def _licences() -> Mapping[str, Any]:
    return licences_of(_data()["licence"])


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((DATA / "databases.toml").read_text(encoding="utf-8"))
