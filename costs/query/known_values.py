"""Values of filters that no row has at any time: a misspelt customer must not look like one without costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from costs.query.nearest import nearest
from costs.query.question import Filter, Question
from costs.query.snapshot import Snapshot
from costs.query.statements import distinct

# Of more, no nearest one is looked for beyond these.
MAX_KNOWN = 10_000


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that no row has, and the nearest of those that there are."""

    dimension: str
    value: str
    nearest: Sequence[str]


def unknown_values(question: Question, costs: Snapshot) -> list[Unknown]:
    """The values of the question's filters that no loaded row has, in any month."""
    return [found for wanted in question.read_filters() for found in _unknown(wanted, costs)]


def _unknown(wanted: Filter, costs: Snapshot) -> list[Unknown]:
    # A value of a closed list is not misspelt.
    values = [] if wanted.dimension.values else [value for value in wanted.values if value is not None]
    unknown = set(values) - set(_known(wanted, costs, values)) if values else set()
    if not unknown:
        return []
    known = _known(wanted, costs, None)
    name = wanted.dimension.name
    return [Unknown(name, value, nearest(value, known)) for value in values if value in unknown]


def _known(wanted: Filter, costs: Snapshot, values: Sequence[str] | None) -> list[str]:
    dimension = wanted.dimension
    records = costs.run(distinct(dimension, values, MAX_KNOWN))
    return [f"{dimension.shown(record[dimension.name])}" for record in records]
