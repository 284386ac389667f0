"""Values of filters that no row has at any time: a misspelt customer must not look like one without costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from catalog.nearest import nearest
from costs.query.question import Filter, Question
from costs.query.snapshot import Snapshot
from costs.query.statements import distinct

# Of more, no nearest one is looked for beyond these.
MAX_KNOWN = 10_000
# So many values are told with the nearest. To look for that takes milliseconds, and they may be thousands.
MAX_TOLD = 5


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that no row has, and the nearest of those that there are."""

    dimension: str
    value: str
    nearest: Sequence[str]


def unknown_values(question: Question, costs: Snapshot) -> tuple[list[Unknown], int]:
    """The values of the question's filters that no loaded row has, in any month.

    Returns:
        The first MAX_TOLD of them, and how many more there are.
    """
    told: list[Unknown] = []
    count = 0
    for wanted in question.read_filters():
        unknown = _unknown(wanted, costs)
        count += len(unknown)
        told += _with_nearest(wanted, unknown[: MAX_TOLD - len(told)], costs)
    return told, count - len(told)


def _unknown(wanted: Filter, costs: Snapshot) -> list[str]:
    # A value of a closed list is not misspelt.
    values = [] if wanted.dimension.values else [value for value in wanted.values if value is not None]
    known = set(_known(wanted, costs, values)) if values else set()
    return [value for value in values if value not in known]


def _with_nearest(wanted: Filter, unknown: Sequence[str], costs: Snapshot) -> list[Unknown]:
    known = _known(wanted, costs, None) if unknown else []
    return [Unknown(wanted.dimension.name, value, nearest(value, known)) for value in unknown]


def _known(wanted: Filter, costs: Snapshot, values: Sequence[str] | None) -> list[str]:
    dimension = wanted.dimension
    records = costs.run(distinct(dimension, values, MAX_KNOWN))
    return [f"{dimension.shown(record[dimension.name])}" for record in records]
