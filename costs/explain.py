"""What one figure is made of: the charges that add up to it, by load, meter and unit price."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import PurePath
from typing import Literal

# pydantic cannot make a schema of typing's own TypedDict before Python 3.12.
from typing_extensions import TypedDict

from catalog.pricing.decimals import EXACT, plain
from costs.errors import InvalidQuestionError
from costs.query.answer import Basis
from costs.query.ask import basis
from costs.query.coverage import coverage
from costs.query.groups import parted
from costs.query.question import COSTS, SUMS, Question
from costs.query.snapshot import Record, Snapshot, take
from costs.query.statements import ROWS, parts
from costs.query.summary import Summary, added, summarize
from costs.store.base import CostStore, LoadedMonth

DEFAULT_LIMIT = 20

PriceSource = Literal["bill_contracted", "bill_list"]


class ExplainedFigure(TypedDict):
    """The figure. Its value is null if no charge fits, or none has such a quantity."""

    measure: str
    value: str | None


class Part(TypedDict):
    """The charges of one load with the same meter, unit and unit price."""

    cloud: str
    service: str
    meter: str | None
    quantity: str | None
    unit: str | None
    unit_price: str | None
    price_source: PriceSource | None
    cost: str | None
    tokens: str | None
    requests: str | None
    charges: int
    load: str
    source: str
    billing_month: str
    file: str


class Explanation(Basis):
    """The answer of explain_cost. The cost, tokens or requests of all rows, listed or not, are the figure."""

    currency: str | None
    figure: ExplainedFigure
    rows: list[Part]
    rows_left_out: int
    value_left_out: str


def explain(
    question: Question, store: CostStore, limit: int = DEFAULT_LIMIT, *, now: datetime | None = None
) -> Explanation:
    """Explain a figure.

    Args:
        question: a question with one summed measure and no dimensions, so that its answer is one figure.
        store: the costs.
        limit: how many rows, 1 to 1000, those with the largest part of the figure first.
        now: the time; None for the clock's.

    Raises:
        InvalidQuestionError: the question has several figures, or one that is computed from others.
        NotLoadedError: nothing was loaded by the question's `as_of`.
    """
    question = replace(question, limit=limit)
    _check_is_one_figure(question)
    costs = take(store, question.as_of, now)
    price, source = _price(question)
    summed = "cost" if question.base in COSTS else question.base
    records, count, totals = parted(costs.run(parts(question, price, summed, limit)))
    summary = summarize(question, costs, totals)
    _check_has_one_currency(summary)
    value = next((sums[question.base] for sums in summary.sums.values()), None)
    return {
        **basis(question, costs, coverage(question, costs), summary),
        "currency": next(iter(summary.currencies), None),
        "figure": {"measure": question.base, "value": _text(value)},
        "rows": [_part(record, source, _load(record, costs)) for record in records],
        "rows_left_out": count - len(records),
        "value_left_out": plain(EXACT.subtract(value or Decimal(0), _sum(records, summed))),
    }


def _check_is_one_figure(question: Question) -> None:
    if len(question.measures) != 1 or question.base != question.measures[0]:
        raise InvalidQuestionError(
            f"{', '.join(question.measures)} is not one sum.",
            hint=f"Send one of {', '.join(SUMS)}: other measures are computed from these.",
        )
    if question.dimensions:
        raise InvalidQuestionError(
            "A question with dimensions has several figures.",
            hint="Send the dimensions of the row as filters instead.",
        )


def _check_has_one_currency(summary: Summary) -> None:
    if len(summary.currencies) > 1:
        raise InvalidQuestionError(
            f"The figure is in {' and '.join(summary.currencies)}.",
            hint="Send the filter currency with one of the candidates.",
            candidates=summary.currencies,
        )


def _price(question: Question) -> tuple[str, PriceSource]:
    """The column that has the unit prices of the figure, and what they are."""
    is_list = question.base == "list_cost"
    return ("ListUnitPrice", "bill_list") if is_list else ("ContractedUnitPrice", "bill_contracted")


def _load(record: Record, costs: Snapshot) -> LoadedMonth:
    [load] = costs.called({record["load"]})
    return load


def _part(record: Record, source: PriceSource, load: LoadedMonth) -> Part:
    return {
        "cloud": record["cloud"],
        "service": record["service"],
        "meter": record["meter"],
        "quantity": _text(record["quantity"]),
        "unit": record["unit"],
        "unit_price": _text(record["unit_price"]),
        "price_source": None if record["unit_price"] is None else source,
        "cost": _text(record["cost"]),
        "tokens": _text(record["tokens"]),
        "requests": _text(record["requests"]),
        "charges": record[ROWS],
        "load": load.id,
        "source": load.source,
        "billing_month": load.billing_period,
        "file": _files(load),
    }


def _files(load: LoadedMonth) -> str:
    """The names of the files of a load, without their folders on the machine that loaded them."""
    return ", ".join(PurePath(file).name for file in load.origin.splitlines())


def _sum(records: Sequence[Record], measure: str) -> Decimal:
    return added(record[measure] for record in records) or Decimal(0)


def _text(number: Decimal | None) -> str | None:
    return None if number is None else plain(number)
