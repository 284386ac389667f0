"""Licences of operating systems: what one costs on a machine, by the rules in data/licences.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache
from typing import Any

from rapidfuzz import fuzz, process

from catalog.errors import InvalidArgumentError
from catalog.offers import DATA
from catalog.offers.attributes import NO_LIMIT
from catalog.offers.resources.bill import Bill, Choice, Part, Size, facts

MAX_CANDIDATES = 5
_SEPARATORS = re.compile(r"[\s_./]+")
# A number, as in a version, a release of Windows Server, a service pack, or what ends the names of images.
_VERSION = re.compile(r"\d+|r\d|sp\d")
_IMAGE_WORDS = frozenset({"lts", "dc", "x64", "amd64", "arm64", "v1", "on", "for"})

# The least and the most size of a machine that a SKU names.
Sizes = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Host:
    """The machine that a system runs on; memory is in GiB."""

    name: str
    vcpus: Decimal
    memory: Decimal
    gpus: Decimal = Decimal(0)
    is_arm: bool = False


@dataclass(frozen=True, slots=True)
class LicencePart:
    """What is billed of a licence, as the file describes it."""

    name: str
    facts: tuple[str, ...]
    on: Mapping[str, str] = field(default_factory=dict)
    sizes: Mapping[Sizes, str] = field(default_factory=dict)
    by: str = "machine"
    unit: str = "cpu"


@dataclass(frozen=True, slots=True)
class Licence:
    """A system as the file describes it; one without parts is free by itself."""

    name: str
    parts: tuple[LicencePart, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    needs: str | None = None
    is_for_arm: bool = True


def with_licence(bill: Bill, os: str, host: Host) -> Bill:
    """The bill of a machine with the licence of its system.

    Args:
        bill: what the machine is billed as.
        os: the system, as gcloud or people name it, with a version or without.
        host: the machine.

    Raises:
        InvalidArgumentError: no such system is known, or it does not run on the machine's processor.
    """
    name, version = _name_and_version(os)
    if name in _free():
        return replace(bill, notes=(*bill.notes, f"{os.strip()} has no licence fee."))
    if name in _data()["open"]:
        choice = Choice("os", tuple(_data()["open"][name]), "Which edition?")
        return replace(bill, choices=(*bill.choices, choice))
    licence = licences().get(name)
    if licence is None:
        raise InvalidArgumentError(
            f"No operating system is called {os!r}.",
            hint="Send a candidate, or leave out os.",
            candidates=[{"os": near} for near in _nearest(name)],
        )
    return with_parts_of(bill, licence, version, host)


def with_parts_of(bill: Bill, licence: Licence, version: str | None, host: Host) -> Bill:
    """The bill of a machine with a licence, of the newest version that there is if none is given."""
    if host.is_arm and not licence.is_for_arm:
        raise InvalidArgumentError(f"{host.name} has an Arm processor, for which no {licence.name} is sold.")
    parts = [each for part in licence.parts if (each := _part(part, licence, version, host))]
    notes = list(bill.notes)
    if licence.versions and version is None:
        notes.append(f"{licence.name} is the newest version that the catalog has, as none is named.")
    if licence.needs:
        parts += with_licence(Bill(""), licence.needs, host).parts
        notes.append(f"{licence.name} runs on {licence.needs}, whose licence is among the components.")
    return replace(bill, parts=(*bill.parts, *parts), notes=tuple(notes))


def _name_and_version(os: str) -> tuple[str, str | None]:
    """The name without the version, and the version as the file writes it: "windows-server", "2012-r2"."""
    words = [word for word in _SEPARATORS.sub("-", os.strip().lower()).split("-") if word]
    rest = [word for word in words if not _VERSION.fullmatch(word) and word not in _IMAGE_WORDS]
    numbers = [word for word in words if _VERSION.fullmatch(word) and not word.startswith("sp")]
    name = "-".join(rest)
    known = licences().get(name)
    if not numbers:
        return name, None
    told = "".join(numbers)
    for version in known.versions if known else ():
        if version.replace("-", "") in (told, numbers[0]):
            return name, version
    return name, numbers[0]


def _part(part: LicencePart, licence: Licence, version: str | None, host: Host) -> Part | None:
    """A part of a licence on a machine; None if the machine has nothing that it is for."""
    count = host.gpus if part.unit == "gpu" else host.vcpus
    if not count:
        return None
    on = part.on.get(host.name)
    fitting = {size: by for size, by in part.sizes.items() if size[0] <= count <= size[1]}
    by = "machine" if on else next(iter(fitting.values()), part.by)
    versions = _versions(licence, version)
    return Part(
        part.name,
        tuple(
            facts("part=licence", *text.replace("{version}", each).split())
            for each in versions
            for text in ((on,) if on else part.facts)
        ),
        {"machine": Decimal(1), "vcpu": host.vcpus, "gib": host.memory}[by],
        "GiBy.h" if by == "gib" else "h",
        size=Size(part.unit, count, frozenset(fitting)) if part.sizes and not on else None,
        is_extra=True,
        versions_of=licence.name,
        versions=len(versions),
    )


def _versions(licence: Licence, version: str | None) -> list[str]:
    """The facts of the versions that may be meant."""
    if version is None:
        return list(licence.versions.values())
    return [licence.versions.get(version, f"version={version}")]


def licence_names() -> list[str]:
    """The names of all systems, the free ones too."""
    return [*licences(), *_free()]


def _nearest(name: str) -> list[str]:
    return [
        match
        for match, _, _ in process.extract(name, licence_names(), scorer=fuzz.WRatio, limit=MAX_CANDIDATES)
    ]


@cache
def licences() -> Mapping[str, Licence]:
    """All licences, by each of their names."""
    return licences_of(_data()["licence"])


def licences_of(tables: Mapping[str, Any]) -> Mapping[str, Licence]:
    """The licences of a file, by each of their names."""
    found = {name: _licence(name, table) for name, table in tables.items()}
    return found | {other: found[name] for name, table in tables.items() for other in table.get("also", ())}


def _licence(name: str, table: Mapping[str, Any]) -> Licence:
    return Licence(
        name,
        tuple(_licence_part(row) for row in table.get("part", ())),
        table.get("versions", {}),
        table.get("needs"),
        table.get("arm", True),
    )


def _licence_part(row: Mapping[str, Any]) -> LicencePart:
    texts = row["facts"]
    sizes = {_sizes(text): by for text, by in row.get("sizes", {}).items()}
    return LicencePart(
        **{**row, "facts": (texts,) if isinstance(texts, str) else tuple(texts), "sizes": sizes}
    )


def _sizes(text: str) -> Sizes:
    """The sizes of "5-9" or "10-"."""
    least, _, most = text.partition("-")
    return int(least), int(most or NO_LIMIT)


@cache
def _free() -> frozenset[str]:
    return frozenset(_data()["free"])


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((DATA / "licences.toml").read_text(encoding="utf-8"))
