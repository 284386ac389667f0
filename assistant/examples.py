"""Questions to begin with, made of the names and months that are loaded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime

from assistant import known
from assistant.reading.context import Context
from assistant.reading.names import Names
from assistant.reading.planner import plan
from catalog.models import PricingUpdate
from costs.errors import NotLoadedError
from costs.query.periods import first_day, month_of
from costs.query.snapshot import Snapshot, take
from costs.store import configured

MAX_EXAMPLES = 8
# Other names are not written into a question: a comma or a quotation mark in one would say something else.
_PLAIN = re.compile(r"\w[\w .-]{0,39}")

Key = tuple[object, ...]
_kept: dict[Key, list[str]] = {}


def examples(now: datetime | None = None) -> list[str]:
    """Questions that are understood in one way, and are about what is loaded."""
    now = now or datetime.now(UTC)
    try:
        costs: Snapshot | None = take(configured.open_store(), None)
    except NotLoadedError:
        costs = None
    has_prices = PricingUpdate.objects.latest_completed() is not None
    loads = tuple(load.id for load in costs.loads) if costs else ()
    key = (loads, now.date(), has_prices, *known.budgets())
    if key not in _kept:
        found = [*_understood(costs, now.date(), has_prices=has_prices)][:MAX_EXAMPLES]
        _kept.clear()
        _kept[key] = found
    return _kept[key]


def _understood(costs: Snapshot | None, today: date, *, has_prices: bool) -> Iterator[str]:
    names = known.names(costs)
    context = Context(today, names.values["budget"])
    made = [*(_of_costs(costs, names, today) if costs else ())]
    made += ["What is the list price of an n2-standard-8 in Frankfurt?"] if has_prices else []
    for each in made:
        read = plan(each, names, context)
        if len(read.readings) == 1 and not read.remarks:
            yield each


def _of_costs(costs: Snapshot, names: Names, today: date) -> Iterator[str]:
    loaded = sorted({load.billing_period for load in costs.loads})
    ended = [month for month in loaded if month < month_of(today)]
    month = f"{first_day((ended or loaded)[-1]):%B %Y}"
    customer, model = (_plain(names, each) for each in ("customer", "model"))
    yield f"How much did we spend by cloud in {month}?"
    if len(ended) > 1 and customer:
        yield f"Which customer spent most in {month}, and how does that compare with the month before?"
    if customer:
        yield f"{customer} by model in {month}"
    if model:
        yield f"Tokens of {model} by day in {month}"
    if names.values["budget"]:
        yield "Are we over budget?"
    if loaded[-1] == month_of(today):
        yield "What will the bill be at the end of the month?"
    yield f"Any unusual costs in {month}?"


def _plain(names: Names, dimension: str) -> str:
    """The first plain name of a dimension; "" if it has none."""
    return next((name for name in names.values.get(dimension, ()) if _PLAIN.fullmatch(name)), "")


def forget() -> None:
    """Forget what is kept, as tests must."""
    _kept.clear()
