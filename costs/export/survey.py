"""What the charges of an export are, before they are written: the figures that the file is held against."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from sqlglot import exp

from costs.focus.columns import Kind, columns
from costs.query.dimensions import column
from costs.query.periods import Window
from costs.query.snapshot import Record
from costs.query.statements import aliased, in_window
from costs.store.base import TABLE

COSTS = ("BilledCost", "EffectiveCost", "ListCost", "ContractedCost")
_ROWS, _ESTIMATES, _ESTIMATED = "rows", "estimates", "estimated"
_HAVE = "have "
Money = Mapping[str, Decimal]
# Rows and the sums of COSTS, by currency: what a file must have.
Figures = Mapping[str, tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Survey:
    """The charges that an export has.

    Args:
        rows: how many.
        figures: rows and sums by currency.
        have: of each column of unified_costs, the rows with a value.
        estimates: how many are estimates.
        estimated: their BilledCost by currency.
    """

    rows: int
    figures: Figures
    have: Mapping[str, int]
    estimates: int
    estimated: Money

    @property
    def filled(self) -> frozenset[str]:
        """The columns with a value in some row."""
        return frozenset(name for name, rows in self.have.items() if rows)

    @property
    def billed(self) -> Money:
        return {currency: sums[1] or Decimal(0) for currency, sums in self.figures.items()}


def charges(window: Window) -> exp.Select:
    """The charges within a window, without their columns."""
    return exp.select().from_(TABLE).where(*in_window(window))


def question(window: Window) -> exp.Select:
    """The query that `surveyed` reads."""
    is_estimate = column("x_IsEstimate")
    billed = exp.case().when(is_estimate.copy(), column("BilledCost"))
    counted: Iterator[exp.Expr] = (
        aliased(f"{_HAVE}{name}", exp.Count(this=column(name))) for name in columns()
    )
    return (
        charges(window)
        .select(*figures(column, column("BillingCurrency")), *counted)
        .select(aliased(_ESTIMATES, exp.Count(this=exp.case().when(is_estimate, exp.Literal.number(1)))))
        .select(aliased(_ESTIMATED, exp.func("SUM", billed)))
        .group_by(column("BillingCurrency"))
        .order_by(exp.Ordered(this=column("currency"), nulls_first=False))
    )


def figures(money: Callable[[str], exp.Expr], currency: exp.Expr) -> list[exp.Expr]:
    """What is compared: the currency, rows and sums.

    Args:
        money: the amount of a row, by the name of its column.
        currency: of the amounts.
    """
    sums = (aliased(name, exp.func("SUM", money(name))) for name in COSTS)
    return [aliased("currency", currency), aliased(_ROWS, exp.Count(this=exp.Star())), *sums]


def read_back(name: str) -> exp.Expr:
    """Money of a file as a number, which text may be. A store has decimals: a cast could only round them."""
    return exp.cast(column(name), Kind.MONEY.value, dialect="duckdb")


def surveyed(records: Sequence[Record]) -> Survey:
    """What the rows of `question` say."""
    return Survey(
        rows=sum(record[_ROWS] for record in records),
        figures={
            record["currency"]: (record[_ROWS], *(record[name] for name in COSTS)) for record in records
        },
        have={name: sum(record[f"{_HAVE}{name}"] for record in records) for name in columns()},
        estimates=sum(record[_ESTIMATES] for record in records),
        estimated={record["currency"]: record[_ESTIMATED] for record in records if record[_ESTIMATES]},
    )


def differences(has: Figures, loaded: Figures) -> Iterator[str]:
    """What of a file is not as it is loaded, in words.

    Args:
        has: what the file has.
        loaded: what it should have.
    """
    for currency in dict.fromkeys([*loaded, *has]):
        of = f"of {currency or 'no currency'}"
        pairs = zip_longest(has.get(currency, (0,)), loaded.get(currency, (0,)))
        for name, (one, other) in zip(("rows", *COSTS), pairs, strict=False):
            if one != other:
                yield f"it has {_written(one)} instead of {_written(other)} {name} {of}"


def _written(figure: Decimal | int | None) -> str:
    return "no" if figure is None else f"{figure:,f}" if isinstance(figure, Decimal) else f"{figure:,}"
