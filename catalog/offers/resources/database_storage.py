"""Storage of databases of Cloud SQL, which costs the same while a database is stopped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from catalog.errors import InvalidArgumentError
from catalog.offers.resources.arguments import refuse_others
from catalog.offers.resources.bill import Bill, Choice, Part, Time, facts
from catalog.offers.resources.database_engines import (
    Engine,
    data,
    engine_named,
    engines,
    facts_of,
)
from catalog.offers.resources.kinds import ask
from catalog.offers.resources.request import ResourceRequest

TAKES = ("engine", "ha", "size_gib", "tier", "backup_gib")
NOT_INCLUDED = ("the machine, if the database runs", "public IP address")


def is_storage(name: str) -> bool:
    """Whether `name` is the storage of a database alone."""
    return name in storage_names()


def storage_names() -> list[str]:
    return list(data()["storage"])


def storage_bill(request: ResourceRequest, name: str) -> Bill:
    """What the storage of a database is billed as, without its machine.

    Args:
        request: what was asked for.
        name: a name that `is_storage`.

    Raises:
        InvalidArgumentError: there is no such engine, or an argument does not apply.
    """
    refuse_others(request, name, TAKES)
    engine = engine_named(request.engine) if request.engine else None
    unsaid = () if request.backup_gib is not None else ("backups",)
    bill = Bill(name, not_included=(*unsaid, *NOT_INCLUDED), choices=tuple(_choices(request, engine)))
    if bill.choices or engine is None:
        return bill
    storage, *backups = storage_parts(request, data()["storage"][name] or None, engine)
    return bill.with_parts(replace(storage, is_extra=False), *backups)


def _choices(request: ResourceRequest, engine: Engine | None) -> Iterator[Choice]:
    if engine is None:
        names = dict.fromkeys(name.partition("-")[0] for name in engines())
        yield Choice("engine", tuple(names), "Which engine?")
    if request.size_gib is None:
        yield ask("size_gib")


def storage_parts(request: ResourceRequest, edition: str | None, engine: Engine) -> list[Part]:
    """Storage and backups. Google calls SSDs "Standard storage" and hard disks "Low cost storage"."""
    own = facts_of(engine, ha=request.ha)
    disk = (request.tier or "ssd").strip().lower()
    if disk not in {"ssd", "hdd", "pd-ssd", "pd-hdd"}:
        raise InvalidArgumentError(
            f"Cloud SQL has no storage {request.tier!r}.", hint="Send tier as ssd or hdd."
        )
    parts: list[Part] = []
    if request.size_gib is not None:
        of = [("class", edition)] if edition else []
        if disk.endswith("ssd"):
            found = (facts(*own, *of, "class=standard", "part=capacity"),), ("",)
        else:
            found = (facts(*own, "part=capacity"),), ("low",)
        parts.append(Part("storage", found[0], request.size_gib, "GiBy.mo", Time.MONTH, words=found[1]))
    if request.backup_gib is not None:
        backup = facts("product=cloud-sql")
        parts.append(Part("backups", (backup,), request.backup_gib, "GiBy.mo", Time.MONTH, words=("backup",)))
    return [replace(part, is_extra=True) for part in parts]
