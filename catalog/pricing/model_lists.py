"""All list prices of models, kept in memory until prices change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from catalog.pricing import model_store
from catalog.pricing.list_prices import Snapshot
from catalog.pricing.memory import Memory
from catalog.pricing.model_lines import ListedModel, lines_of
from catalog.pricing.model_rates import every_rate, rates_of


class _Kept(NamedTuple):
    """Rows, which hold `until` another price takes effect; None if none is known to."""

    until: datetime | None
    rows: Sequence[ListedModel]


_kept: Memory[None, _Kept] = Memory(1)


def listed_models(snapshot: Snapshot) -> Sequence[ListedModel]:
    """All list prices of models.

    Args:
        snapshot: the time whose prices apply.

    Returns:
        Rows in the order of the models. Regions with the same prices share one. Takes no query if they are
        kept, one if they are stored, else one more than `every_rate`.
    """
    state = snapshot.state if snapshot.as_of is None else None
    kept = _kept.find([None], state).get(None)
    if kept is None or (kept.until is not None and kept.until <= snapshot.at):
        kept = _read(snapshot)
        _kept.keep({None: kept}, state)
    return kept.rows


def _read(snapshot: Snapshot) -> _Kept:
    if stored := model_store.find(snapshot):
        return _Kept(stored.until, stored.rows)
    every = every_rate(snapshot)
    return _Kept(every.until, lines_of(every.rates))


def listed_model(model_id: str, snapshot: Snapshot) -> list[ListedModel]:
    """The same of one model. Takes two queries, or one if its SKUs are in memory."""
    return lines_of({model_id: rates_of(snapshot, model_id=model_id)})


def forget() -> None:
    """Empty the memory, as between tests."""
    _kept.forget()
