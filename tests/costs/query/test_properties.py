"""What holds of every answer, whatever the charges and the question are."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from costs.query import Answer
from costs.query.dimensions import DIMENSIONS, UNMAPPED
from costs.query.question import SUMS
from tests.costs.query.asking import answer
from tests.costs.stores import Charge, MemoryStore, charge

# Few values, so that charges meet; some are hostile, some look like each other.
NAMES = st.sampled_from(["a", "A", "", "null", "it's", "\\", "x' OR 1=1 --", "é\n", UNMAPPED[:-1]])
OPTIONAL = st.none() | NAMES
MONEY = st.decimals(Decimal("-1e6"), Decimal("1e6"), places=18)
QUANTITY = st.decimals(0, Decimal("1e9"), places=9)
DAYS = st.integers(0, 91).map(lambda days: (date(2026, 8, 1) + timedelta(days=days)).isoformat())

TEXTS = {
    dimension.column: st.none() | st.sampled_from(dimension.values) if dimension.values else OPTIONAL
    for name, dimension in DIMENSIONS.items()
    if dimension.unit is None and name not in ("cloud", "category", "service", "source", "load", "currency")
}


@st.composite
def charges(draw: st.DrawFn) -> Charge:
    return charge(
        draw(DAYS),
        f"{draw(MONEY)}",
        EffectiveCost=draw(MONEY),
        ListCost=draw(MONEY),
        ServiceName=draw(NAMES),
        x_Cloud=draw(st.sampled_from(["aws", "gcp"])),
        x_BillingModel=draw(OPTIONAL),
        x_Tokens=draw(st.none() | QUANTITY),
        x_Requests=draw(st.none() | QUANTITY),
        BillingCurrency=draw(st.sampled_from(["USD", "EUR"])),
        **{column: draw(values) for column, values in TEXTS.items()},
    )


TABLES = st.lists(charges(), min_size=1, max_size=6)
DIMENSION = st.sampled_from(sorted(DIMENSIONS))
DIMENSION_LISTS = st.lists(DIMENSION, max_size=4, unique=True)
EXAMPLES = settings(max_examples=12)


def value_of(one: Charge, name: str) -> str | None:
    """The value of a dimension for a charge, in Python."""
    dimension = DIMENSIONS[name]
    value = one[dimension.column]
    if name == "model" and value is None and one["x_BillingModel"] is not None:
        return UNMAPPED
    if dimension.unit is not None:
        return f"{value:%Y-%m-%d}" if name == "day" else f"{value:%Y-%m}"
    return value if value is None else str(value)


def amounts(rows: Sequence[Mapping[str, Any]], measure: str) -> dict[str, Decimal]:
    """The sum of a measure by currency, over rows or totals."""
    found: dict[str, Decimal] = {}
    for row in rows:
        if row[measure] is not None:
            currency = row.get("currency", "")
            found[currency] = found.get(currency, Decimal(0)) + Decimal(row[measure])
    return found


def with_currency(found: Answer) -> list[dict[str, Any]]:
    """The rows, with the only currency where it is not shown."""
    return [{"currency": found["currency"], **row} for row in found["rows"]]


@EXAMPLES
@given(TABLES, DIMENSION_LISTS)
def test_the_rows_of_every_dimension_add_up_to_the_totals(table: list[Charge], names: list[str]) -> None:
    found = answer(MemoryStore(table), *SUMS, dimensions=names)

    for measure in SUMS:
        assert amounts(with_currency(found), measure) == amounts(found["totals"], measure)


@EXAMPLES
@given(TABLES, DIMENSION_LISTS, st.sampled_from(sorted(SUMS)))
def test_each_row_is_the_exact_sum_of_its_charges(
    table: list[Charge], names: list[str], measure: str
) -> None:
    keys = list(dict.fromkeys([*names, "currency"]))
    sums: dict[tuple[str | None, ...], Decimal | None] = {}
    for one in table:
        key = tuple(value_of(one, name) for name in keys)
        amount = one[SUMS[measure]]
        before = sums.get(key)
        sums[key] = amount if before is None else before if amount is None else before + amount

    found = answer(MemoryStore(table), measure, dimensions=names)

    rows = {tuple(row[name] for name in keys): row[measure] for row in with_currency(found)}
    assert {key: value and Decimal(value) for key, value in rows.items()} == sums


@EXAMPLES
@given(TABLES, DIMENSION_LISTS, st.integers(1, 3))
def test_the_limit_leaves_out_rows_and_changes_nothing_else(
    table: list[Charge], names: list[str], limit: int
) -> None:
    store = MemoryStore(table)
    for order_by in ("billed_cost desc", "tokens asc", "share"):
        question: dict[str, Any] = {"dimensions": names, "order_by": order_by}
        whole = answer(store, "billed_cost", "tokens", "share", **question)
        some = answer(store, "billed_cost", "tokens", "share", limit=limit, **question)

        assert some["rows"] == whole["rows"][:limit]
        assert some["rows_left_out"] == len(whole["rows"]) - len(some["rows"])
        assert {**some, "rows": [], "rows_left_out": 0} == {**whole, "rows": [], "rows_left_out": 0}


@EXAMPLES
@given(TABLES, DIMENSION_LISTS, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_depend_on_that_of_charges(
    table: list[Charge], names: list[str], shuffle: random.Random
) -> None:
    shuffled = [*table]
    shuffle.shuffle(shuffled)

    for measure in ("billed_cost", "share"):
        first, second = (answer(MemoryStore(rows), measure, dimensions=names) for rows in (table, shuffled))
        assert first == second


@EXAMPLES
@given(TABLES, DIMENSION, st.data())
def test_a_filter_and_its_not_part_the_total(table: list[Charge], name: str, data: st.DataObject) -> None:
    known = sorted({value_of(one, name) for one in table}, key=str)
    values = data.draw(st.lists(st.sampled_from(known), min_size=1, unique=True))
    store = MemoryStore(table)

    whole = amounts(answer(store)["totals"], "billed_cost")
    chosen = answer(store, dimensions=[name], filters={name: values})
    others = answer(store, dimensions=[name], filters={f"not_{name}": values})

    assert {row[name] for row in chosen["rows"]} == set(values)
    assert {row[name] for row in others["rows"]} == set(known) - set(values)
    parts = amounts([*chosen["totals"], *others["totals"]], "billed_cost")
    assert parts == whole


@EXAMPLES
@given(TABLES, st.integers(0, 120), st.integers(0, 120))
def test_adjacent_windows_part_the_total(table: list[Charge], first: int, second: int) -> None:
    days = [date(2026, 7, 1) + timedelta(days=number) for number in sorted({first, second})]
    store = MemoryStore(table)

    windows = zip([None, *days], [*days, None], strict=True)
    parts = [answer(store, start=start, end=end) for start, end in windows]

    totals = [row for part in parts for row in part["totals"]]
    assert amounts(totals, "billed_cost") == amounts(answer(store)["totals"], "billed_cost")


@EXAMPLES
@given(TABLES, st.lists(st.sampled_from(["model", "customer", "month"]), unique=True))
def test_the_changes_of_rows_add_up_to_that_of_the_total_within_a_month(
    table: list[Charge], names: list[str]
) -> None:
    loaded = [(source, f"2026-{month}") for source in ("aws", "gcp") for month in ("09", "10")]
    store = MemoryStore([one for one in table if f"{one['ChargePeriodStart']:%m}" != "08"], empty=loaded)

    found = answer(
        store, "billed_cost", "change", dimensions=names, start=date(2026, 10, 1), end=date(2026, 11, 1)
    )

    def changes(rows: Sequence[Mapping[str, Any]]) -> dict[str, Decimal]:
        return amounts([{**row, "change": row["change"]["absolute"]} for row in rows], "change")

    assert changes(with_currency(found)) == changes(found["totals"])
