"""The questions of the benchmark, each with the same as plain SQL over whole numbers (sqlite.py)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, NamedTuple

from benchmarks.costs.bills import dollars, priced
from catalog.pricing.decimals import plain
from costs.explain import explain
from costs.query.ask import ask
from costs.query.question import Question
from costs.store.base import CostStore

_ALL: dict[str, Any] = {"start": date(2026, 5, 1), "end": date(2026, 11, 1), "limit": 1000}
_OCTOBER: dict[str, Any] = {"start": date(2026, 10, 1), "end": date(2026, 11, 1), "limit": 1000}
_MODEL = priced("aws")[0].model
# What the SQL adds up; other measures are computed from these.
_SUMS = ("billed_cost", "tokens", "change")
AS_OF, EXPLAIN = "as of before", "explain"
Record = list[str | None]


class Case(NamedTuple):
    """A question, and SQL for its dimensions and then those of its measures that are sums."""

    question: Question
    sql: str


CASES = {
    "spend by cloud": Case(
        Question(["billed_cost", "share"], ["cloud"], **_ALL),
        "select cloud, sum(cost) from charges group by 1",
    ),
    "by model": Case(
        Question(["billed_cost", "tokens"], ["model"], **_ALL),
        "select model, sum(cost), sum(tokens) from charges group by 1",
    ),
    "by customer": Case(
        Question(["billed_cost"], ["customer"], **_ALL),
        "select customer, sum(cost) from charges group by 1",
    ),
    "daily trend": Case(
        Question(["billed_cost"], ["day", "cloud"], **_ALL),
        "select day, cloud, sum(cost) from charges group by 1, 2",
    ),
    "top ten": Case(
        Question(["billed_cost"], ["customer", "model"], **_ALL | {"limit": 10}),
        "select customer, model, sum(cost) from charges group by 1, 2 order by 3 desc limit 10",
    ),
    "month over month": Case(
        Question(["billed_cost", "change"], ["model"], **_OCTOBER),
        "select model, sum(case month when '2026-10' then cost else 0 end), "
        "sum(case month when '2026-10' then cost else -cost end) "
        "from charges where month in ('2026-09', '2026-10') group by 1",
    ),
    "tokens and unit price": Case(
        Question(["tokens", "billed_cost", "cost_per_million_tokens"], ["model"], **_ALL),
        "select model, sum(tokens), sum(cost) from charges group by 1",
    ),
    "unmapped": Case(
        Question(["billed_cost"], ["cloud", "meter"], {"model": ["(unmapped)"]}, **_ALL),
        "select cloud, meter, sum(cost) from charges where model = '(unmapped)' group by 1, 2",
    ),
    "unattributed": Case(
        Question(["billed_cost"], ["cloud", "month"], {"customer": [None]}, **_ALL),
        "select cloud, month, sum(cost) from charges where customer is null group by 1, 2",
    ),
    AS_OF: Case(
        Question(["billed_cost"], ["cloud", "month"], **_ALL),
        "select cloud, month, sum(cost) from charges where not is_late group by 1, 2",
    ),
    EXPLAIN: Case(
        Question(["billed_cost"], filters={"model": [_MODEL]}, **_OCTOBER),
        "select cloud, product, meter, unit, sum(cost) from charges "  # noqa: S608  a name of ours
        f"where model = '{_MODEL}' and month = '2026-10' group by 1, 2, 3, 4",
    ),
}


def answer(label: str, store: CostStore, as_of: datetime) -> list[Record]:
    """The product's answer, in the columns of the SQL."""
    question = CASES[label].question
    if label == EXPLAIN:
        columns = ("cloud", "service", "meter", "unit", "cost")
        parts: Sequence[Mapping[str, Any]] = explain(question, store, limit=question.limit)["rows"]
        return [[part[name] for name in columns] for part in parts]
    if label == AS_OF:
        question = replace(question, as_of=as_of)
    return [_record(question, row) for row in ask(question, store)["rows"]]


def from_sqlite(label: str, row: Sequence[Any]) -> Record:
    """A row of the SQL, as the product says it."""
    sums = [measure for measure in CASES[label].question.measures if measure in _SUMS]
    place = len(row) - len(sums)
    return [*row[:place], *map(_said, sums, row[place:])]


def _record(question: Question, row: Mapping[str, Any]) -> Record:
    sums = [row[measure] for measure in question.measures if measure in _SUMS]
    values = [value["absolute"] if isinstance(value, dict) else value for value in sums]
    return [*(row[name] for name in question.dimensions), *values]


def _said(measure: str, value: int | None) -> str | None:
    if value is None:
        return None
    return f"{value}" if measure == "tokens" else plain(dollars(value))
