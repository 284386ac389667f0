"""The answer to SQL: its rows with exact figures, and what they rest on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlglot import exp

# pydantic cannot make a schema of typing's own TypedDict before Python 3.12.
from typing_extensions import TypedDict

from catalog.pricing.answers import utc_text
from costs.errors import InvalidQuestionError, TooLargeError
from costs.query import hints
from costs.query.answer import CONTRACT, Basis, load, query_cost
from costs.query.coverage import coverage
from costs.query.question import Question
from costs.query.snapshot import Snapshot, take
from costs.sql.guard import check
from costs.store.base import Bounds, CostStore, Table
from costs.wording import quoted

DEFAULT_LIMIT = 100
MAX_LIMIT = 1000
MAX_BYTES = 256 * 1024
SECONDS = 10.0
# Types whose values have some 15 digits.
_ROUNDED = frozenset({"DOUBLE", "FLOAT", "FLOAT64"})


class SqlColumn(TypedDict):
    """A column of the rows."""

    name: str
    type: str


class SqlAnswer(Basis):
    """The answer of run_cost_sql. Each row has the columns of the SELECT, by their names."""

    dialect: str
    sql: str
    columns: list[SqlColumn]
    rows: list[dict[str, Any]]
    is_cut: bool


def run_sql(
    sql: str, store: CostStore, limit: int = DEFAULT_LIMIT, *, now: datetime | None = None
) -> SqlAnswer:
    """Answer SQL over the charges that count now.

    Args:
        sql: one SELECT over unified_costs and its views, in the dialect of the store.
        store: the costs.
        limit: how many rows, 1 to MAX_LIMIT.
        now: the time; None for the clock's.

    Raises:
        InvalidQuestionError: it is not allowed, or the store refuses it.
        TooLargeError: it takes too long, too much memory, or would read too much.
        NotLoadedError: nothing is loaded.
        BusyError: too many others run.
    """
    query = check(sql, store.dialect)
    costs = take(store, None, now)
    said = _beside(costs)
    _bound(query, limit)
    found = store.run_bounded(query, loads=costs.loads, bounds=Bounds(limit, MAX_BYTES, SECONDS))
    _refuse_twins(found.names)
    if found.is_cut and not found.rows:
        raise TooLargeError(f"A row has more than {MAX_BYTES:,} bytes.", hint="Select fewer columns.")
    answer: SqlAnswer = {
        "contract": CONTRACT,
        "loads": [load(each) for each in costs.loads],
        "as_of": utc_text(costs.as_of),
        "is_estimate": any(each.is_estimate for each in costs.loads),
        "is_demo": any(each.is_demo for each in costs.loads),
        "hint": hints.joined([*said, _cut(found), _rounded(found)]),
        "dialect": store.dialect,
        "sql": query.sql(store.dialect, comments=False),
        "columns": [
            {"name": name, "type": kind} for name, kind in zip(found.names, found.kinds, strict=True)
        ],
        "rows": [dict(zip(found.names, row, strict=True)) for row in found.rows],
        "is_cut": found.is_cut,
    }
    if store.metered:
        answer["query_cost"] = query_cost(store.metered, costs.read.billed_bytes + found.billed_bytes)
    return answer


def _bound(query: exp.Query, limit: int) -> None:
    """Ask for one row more than are shown, so that it is known whether there are more."""
    asked = query.args.get("limit")
    if asked is None or int(asked.expression.name) > limit:
        query.set("limit", exp.Limit(expression=exp.Literal.number(limit + 1)))


def _beside(costs: Snapshot) -> Sequence[str]:
    """What may be wrong or missing in any sum of the charges."""
    everything = Question()
    loaded = coverage(everything, costs)
    currencies = sorted({currency for each in costs.loads for currency in each.billed})
    several = f"Bills are in {' and '.join(currencies)}: never add up amounts of several BillingCurrency."
    return [
        hints.demo(costs.loads),
        hints.estimates(costs.loads),
        hints.not_loaded(everything, loaded),
        hints.refused(everything, costs, loaded),
        hints.twice(costs.loads),
        hints.doubts(costs.loads),
        several if len(currencies) > 1 else "",
    ]


def _cut(found: Table) -> str:
    return f"There are more rows than these {len(found.rows):,}: do not add these up." if found.is_cut else ""


def _rounded(found: Table) -> str:
    names = [name for name, kind in zip(found.names, found.kinds, strict=True) if kind in _ROUNDED]
    if not names:
        return ""
    return f"{', '.join(map(quoted, names))}: floating-point numbers, which are rounded to some 15 digits."


def _refuse_twins(names: Sequence[str]) -> None:
    twins = sorted({name for name in names if names.count(name) > 1})
    if twins:
        raise InvalidQuestionError(
            f"Several columns are called {quoted(twins[0])}.", hint="Name each with AS."
        )
