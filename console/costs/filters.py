"""Which charges a page is about: filters in its address, cloud=aws or not_customer=null."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.http import QueryDict

from costs.query.dimensions import DIMENSIONS, NONE, Value, value_of
from costs.query.question import EXCLUDES, Question
from costs.query.snapshot import Snapshot
from costs.reports.warm import known_values

# The address says days and months as its period.
FILTERED = [name for name in DIMENSIONS if name not in ("day", "month")]
NAMES = [*FILTERED, *(f"{EXCLUDES}{name}" for name in FILTERED)]

Filters = dict[str, list[Value]]


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is on: what it says, and the address without it."""

    name: str
    value: str
    excludes: bool
    href: str


def read_filters(sent: QueryDict) -> Filters:
    """The filters of an address. An empty value is none.

    Raises:
        InvalidQuestionError: one cannot be used.
    """
    found: Filters = {}
    for name in NAMES:
        values = [value for value in sent.getlist(name) if value.strip()]
        if values:
            found[name] = [None if value == NONE else value for value in dict.fromkeys(values)]
    read = Question(filters=found).read_filters()
    # In the spelling of the data.
    return {name: [*filter_.values] for name, filter_ in zip(found, read, strict=True)}


def pairs(filters: Mapping[str, Sequence[Value]]) -> Iterator[tuple[str, str]]:
    """The filters as an address has them."""
    for name, values in filters.items():
        yield from ((name, NONE if value is None else value) for value in values)


def chips(filters: Mapping[str, Sequence[Value]], sent: QueryDict) -> list[Chip]:
    """The filters that are on, each with a link that takes it off."""
    return [_chip(name, value, sent) for name, value in pairs(filters)]


def _chip(name: str, value: str, sent: QueryDict) -> Chip:
    left = sent.copy()
    left.setlist(name, [each for each in sent.getlist(name) if each.casefold() != value.casefold()])
    dimension = name.removeprefix(EXCLUDES)
    return Chip(dimension, said_of(name, value), name != dimension, f"?{left.urlencode()}")


def said(dimension: str, value: str | None) -> str:
    """A value in words: none is "unattributed" for a customer."""
    if value is not None:
        return value
    return {"customer": "unattributed", "model": "no model"}.get(dimension, "none")


def said_of(name: str, value: str) -> str:
    """A value of a filter as an address has it, in words."""
    return said(name.removeprefix(EXCLUDES), value_of(value))


def values_of(dimension: str, costs: Snapshot) -> list[str]:
    """The values that a dimension has in any loaded month, the first ones in order."""
    return [*DIMENSIONS[dimension].values] or known_values(dimension, costs)
