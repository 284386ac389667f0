"""Answers against the same sums in plain Python, which reads the charges one by one."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from costs.explain import explain
from costs.query import Question
from tests.costs.query.asking import NOW, answer
from tests.costs.stores import Charge, MemoryStore, charge

EXACT = Context(prec=200, rounding=ROUND_HALF_EVEN)
MONTHS = ("2026-08", "2026-09", "2026-10")
COLUMNS = {
    "cloud": "x_Cloud",
    "customer": "x_ConsumerId",
    "model": "x_ModelId",
    "category": "ChargeCategory",
    "currency": "BillingCurrency",
}
SUMS = {"billed_cost": "BilledCost", "effective_cost": "EffectiveCost", "tokens": "x_Tokens"}
MEASURES = ("billed_cost", "effective_cost", "tokens", "cost_per_million_tokens", "share", "change")
# Credits, refunds and zeros among them, and places beyond those of a float.
MONEY = st.sampled_from(["0", "1", "-1", "2.5", "-40", "0.000000000000000001", "1234567890123.1", "19.99"])
OTHERS: dict[str, list[Any]] = {
    "x_Cloud": ["aws", "gcp"],
    "x_ConsumerId": [None, "acme", "Acme", "ünïcode ✓", "'; DROP TABLE t; --"],
    "x_ModelId": [None, "m1", "m2"],
    "ChargeCategory": ["Usage", "Credit"],
    "BillingCurrency": ["USD", "USD", "JPY"],
    "x_Tokens": [None, Decimal(0), Decimal(1000), Decimal("2500000.5")],
}
CHARGES = st.builds(
    lambda month, day, cost, effective, others: charge(
        f"{month}-{day:02}", cost, EffectiveCost=Decimal(effective), **others
    ),
    st.sampled_from(MONTHS),
    st.integers(1, 28),
    MONEY,
    MONEY,
    st.fixed_dictionaries({name: st.sampled_from(values) for name, values in OTHERS.items()}),
)
TABLES = st.lists(CHARGES, min_size=1, max_size=12)
NAMES = st.lists(st.sampled_from([*COLUMNS]), unique=True, max_size=3)
# The window, and the start of the one before.
WINDOWS = st.sampled_from(
    [
        (date(2026, 10, 1), date(2026, 11, 1), date(2026, 9, 1)),
        (date(2026, 10, 5), date(2026, 10, 20), date(2026, 9, 20)),
    ]
)
# So that each month of each source is loaded, with or without charges.
LOADED = [(source, month) for source in ("aws", "gcp") for month in MONTHS]
EXAMPLES = settings(max_examples=25, deadline=None)


def total(charges: Iterable[Charge], measure: str) -> Decimal | None:
    known = [one[SUMS[measure]] for one in charges if one[SUMS[measure]] is not None]
    return functools.reduce(EXACT.add, known) if known else None


def rounded(part: Decimal | None, whole: Decimal | None, factor: int, places: str) -> Decimal | None:
    if part is None or not whole:
        return None
    return EXACT.quantize(EXACT.multiply(EXACT.divide(part, whole), Decimal(factor)), Decimal(places))


def expected(now: Sequence[Charge], before: Sequence[Charge], all_now: Sequence[Charge]) -> dict[str, Any]:
    """The measures of a row: of its charges, of those of the period before, and of all in its currency."""
    base, then = total(now, "billed_cost") or Decimal(0), total(before, "billed_cost") or Decimal(0)
    priced = [one for one in now if one["x_Tokens"] is not None]
    # What was charged before and is no more has 0 of what it had.
    sums = {
        name: total(now, name) if now else None if total(before, name) is None else Decimal(0)
        for name in SUMS
    }
    return {
        **sums,
        "cost_per_million_tokens": rounded(total(priced, "billed_cost"), sums["tokens"], 10**6, "1e-9"),
        "share": rounded(base, total(all_now, "billed_cost"), 1, "1e-6"),
        "absolute": EXACT.subtract(base, then),
        "percent": rounded(EXACT.subtract(base, then), then, 100, "1e-4") if then > 0 else None,
    }


def read(row: Mapping[str, Any]) -> dict[str, Any]:
    """The measures of an answer's row as numbers."""
    flat = {**row, **row["change"]}
    names = (*MEASURES[:-1], "absolute", "percent")
    return {name: None if flat[name] is None else Decimal(flat[name]) for name in names}


def within(table: Iterable[Charge], start: date, end: date) -> list[Charge]:
    return [one for one in table if start <= one["ChargePeriodStart"].date() < end]


def of(charges: Iterable[Charge], key: Mapping[str, Any]) -> list[Charge]:
    return [one for one in charges if all(one[COLUMNS[name]] == value for name, value in key.items())]


@EXAMPLES
@given(TABLES, NAMES, WINDOWS)
def test_every_figure_equals_that_of_plain_python(
    table: list[Charge], names: list[str], window: tuple[date, date, date]
) -> None:
    start, end, start_before = window
    now, before = within(table, start, end), within(table, start_before, start)
    # Asked for, so that it is shown in any case.
    keys = [*dict.fromkeys([*names, "currency"])]

    found = answer(
        MemoryStore(table, empty=LOADED), *MEASURES, dimensions=keys, start=start, end=end, limit=1000
    )

    rows = {tuple(row[name] for name in keys): read(row) for row in found["rows"]}
    assert rows.keys() == {tuple(one[COLUMNS[name]] for name in keys) for one in [*now, *before]}
    for key, figures in rows.items():
        named = dict(zip(keys, key, strict=True))
        currency = {"currency": named["currency"]}
        assert figures == expected(of(now, named), of(before, named), of(now, currency))
    for row in found["totals"]:
        currency = {"currency": row["currency"]}
        assert read(row) == expected(of(now, currency), of(before, currency), of(now, currency))
    assert found["unattributed"].keys() == {one["BillingCurrency"] for one in now}
    for name, amount in found["unattributed"].items():
        unattributed = of(now, {"customer": None, "currency": name})
        assert Decimal(amount) == (total(unattributed, "billed_cost") or 0)


@EXAMPLES
@given(TABLES, st.sampled_from([*SUMS]), st.integers(1, 5))
def test_the_parts_of_a_figure_add_up_to_that_of_plain_python(
    table: list[Charge], measure: str, limit: int
) -> None:
    question = Question([measure], filters={"currency": ["USD"]})
    store = MemoryStore(table, empty=LOADED)

    found = explain(question, store, limit, now=NOW)

    charges = of(table, {"currency": "USD"})
    figure = found["figure"]["value"]
    assert (None if figure is None else Decimal(figure)) == total(charges, measure)
    shown = [row["tokens"] if measure == "tokens" else row["cost"] for row in found["rows"]]
    listed = [Decimal(amount) for amount in shown if amount is not None]
    added = functools.reduce(EXACT.add, listed, Decimal(found["value_left_out"]))
    assert added == (total(charges, measure) or 0)
    every = explain(question, store, 1000, now=NOW)
    assert sum(row["charges"] for row in every["rows"]) == len(charges)
    assert len(found["rows"]) + found["rows_left_out"] == len(every["rows"])
