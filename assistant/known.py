"""The names that questions may have: those of the loaded charges, of budgets, and of the catalog's models."""

from __future__ import annotations

from assistant.reading.names import Names
from assistant.reading.vocabulary import meanings
from catalog.offers.resources.model_clouds import model_ids
from costs.models import Budget
from costs.query.dimensions import DIMENSIONS
from costs.query.snapshot import Snapshot
from costs.query.statements import distinct

DIMENSIONS_WITH_NAMES = (
    "customer",
    "account",
    "model",
    "service",
    "region",
    "developer",
    "meter",
    "source",
    "currency",
)
# Of more values, a question knows the first ones in order; others it does not understand.
MAX_NAMES = 10_000

# Of the last snapshot alone: names change with its loads.
_kept: dict[tuple[str, ...], dict[str, list[str]]] = {}


def names(costs: Snapshot | None) -> Names:
    """The names of a moment.

    Args:
        costs: the costs of it; None if none are loaded.
    """
    values = dict(_values(costs)) if costs else {}
    values["budget"] = budgets()
    return Names(values, model_ids(), meanings().words)


def budgets() -> list[str]:
    """The names of the budgets."""
    return list(Budget.objects.order_by("name").values_list("name", flat=True))


def _values(costs: Snapshot) -> dict[str, list[str]]:
    key = tuple(load.id for load in costs.loads)
    if key not in _kept:
        found = {name: _of(name, costs) for name in DIMENSIONS_WITH_NAMES}
        _kept.clear()
        _kept[key] = found
    return _kept[key]


def _of(name: str, costs: Snapshot) -> list[str]:
    dimension = DIMENSIONS[name]
    records = costs.run(distinct(dimension, None, MAX_NAMES))
    return [f"{dimension.shown(record[name])}" for record in records]


def forget() -> None:
    """Forget what is kept, as tests must."""
    _kept.clear()
