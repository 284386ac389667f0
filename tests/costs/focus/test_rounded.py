from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costs.focus.rounded import rounded
from tests.costs.loaded import session


@pytest.mark.parametrize(
    "written",
    [
        "0.12345678901234567891",
        "-.1234567890123456789",
        "4e-19",
        "1.2345678901234567e-07",
        "+123E-19",
        " 1.2345678901234567E-10 ",
    ],
)
def test_money_with_more_than_18_decimals_is_told(written: str) -> None:
    assert rounded(session(), f"(select '{written}' as BilledCost)") == [
        "Rounded to 18 decimals: BilledCost on 1 row (by at most 0.0000000000000000005 in all)."
    ]


@pytest.mark.parametrize(
    "written",
    [
        "0.123456789012345678",
        "0.12345678901234567800",
        "0e-30",
        "-0.0000000000000000000",
        "1000e-21",
        "1e5",
        "",
    ],
)
def test_money_with_18_decimals_and_zeros_behind_them_is_exact(written: str) -> None:
    assert rounded(session(), f"(select '{written}' as BilledCost)") == []


def test_the_rows_of_each_column_are_counted_and_quantities_have_9_decimals() -> None:
    small = "select '4e-19' as BilledCost, 1.2345678901234567e-07::double as ListCost from range(1000)"
    other = "select '1', 0.5 from range(10)"
    cost, of_list = rounded(session(), f"({small} union all {other})")[0].split(", ListCost")
    assert cost == "Rounded to 18 decimals: BilledCost on 1,000 rows (by at most 0.0000000000000005 in all)"
    assert of_list == " on 1,000 rows (by at most 0.0000000000000005 in all)."
    quantity = "(select '0.123456789012' as ConsumedQuantity, 3::bigint as PricingQuantity)"
    assert rounded(session(), quantity) == [
        "Rounded to 9 decimals: ConsumedQuantity on 1 row (by at most 0.0000000005 in all)."
    ]


@settings(max_examples=30)
@given(st.decimals(-1000, 1000, places=22, allow_nan=False), st.sampled_from(["{:f}", "{:E}"]))
def test_it_is_told_just_if_the_cast_is_another_number_and_by_how_much(amount: Decimal, form: str) -> None:
    # Half of the amounts end in zeros.
    shorter = amount.quantize(Decimal("1e-18"))
    for number in (amount, shorter):
        written = form.format(number)
        [(read,)] = session().execute("select cast(? as decimal(38, 18))", [written]).fetchall()
        assert abs(read - number) <= Decimal("5e-19")
        assert bool(rounded(session(), f"(select '{written}' as BilledCost)")) == (read != number)
