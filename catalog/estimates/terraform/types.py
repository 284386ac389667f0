"""How types of resources are priced: types.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("types.toml")
_LISTS = ("free", "ignored")


@dataclass(frozen=True, slots=True)
class Argument:
    """Where an argument of an item comes from; the keys of types.toml."""

    paths: tuple[str, ...] = ()
    meanings: Mapping[str, str] = field(default_factory=dict)
    default: str | None = None
    count: str | None = None
    zones: str | None = None
    place: str | None = None
    zone: str | None = None
    region: str | None = None
    needed: bool = False

    def meaning(self, text: str) -> str:
        """What a value means; itself if nothing else is said."""
        for pattern, meaning in self.meanings.items():
            if fnmatchcase(text, pattern):
                return meaning
        return text


@dataclass(frozen=True, slots=True)
class ItemRule:
    arguments: Mapping[str, Argument]
    each: str | None = None
    condition: str | None = None
    unless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """What is told of a resource of which a condition holds; if it is open, as left out of the total."""

    condition: str
    says: str
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Type:
    items: tuple[ItemRule, ...] = ()
    together: bool = False
    says: str | None = None
    notes: tuple[str, ...] = ()
    states: tuple[State, ...] = ()


@cache
def types() -> Mapping[str, Type]:
    """The types that are read, by name."""
    return {name: _type(row) for name, row in _data().items() if name not in _LISTS}


def is_free(name: str) -> bool:
    return _is_listed(name, "free")


def is_ignored(name: str) -> bool:
    return _is_listed(name, "ignored")


def _is_listed(name: str, listed: str) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in _data()[listed]["types"])


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def _type(row: Mapping[str, Any]) -> Type:
    return Type(
        tuple(_item(item) for item in row.get("item", ())),
        row.get("together", False),
        row.get("says"),
        tuple(row.get("notes", ())),
        tuple(State(each["if"], each["says"], each.get("open", False)) for each in row.get("states", ())),
    )


def _item(row: Mapping[str, Any]) -> ItemRule:
    arguments = {
        name: _argument(name, value) for name, value in row.items() if name not in ("each", "if", "unless")
    }
    return ItemRule(arguments, row.get("each"), row.get("if"), tuple(row.get("unless", ())))


def _argument(name: str, value: str | Mapping[str, Any]) -> Argument:
    if isinstance(value, str):
        return Argument(default=value)
    paths = value.get("from", ())
    return Argument(
        (paths,) if isinstance(paths, str) else tuple(paths),
        value.get("is", {}),
        value.get("else"),
        value.get("count"),
        value.get("zones"),
        value.get("place"),
        value.get("zone"),
        value.get("region"),
        value.get("needed", False) or name == "resource",
    )
