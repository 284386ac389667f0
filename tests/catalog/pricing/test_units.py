from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.errors import UnitMismatchError
from catalog.pricing.decimals import EXACT, ROUNDED
from catalog.pricing.units import Unit, UsageUnit, parse_unit

HOUR = UsageUnit("h", "hour", "s", Decimal(3600))
MONTH = UsageUnit("mo", "month", "s", Decimal(2_678_400))
GIB = UsageUnit("GiBy", "gibibyte", "By", Decimal(2**30))
GIB_HOUR = UsageUnit("GiBy.h", "gibibyte hour", "By.s", Decimal(2**30 * 3600))
GIB_MONTH = UsageUnit("GiBy.mo", "gibibyte month", "By.s", Decimal(2875910101401600))
COUNT = UsageUnit("count", "count", "count", Decimal(1))
QUANTITIES = st.decimals(min_value=0, max_value=10**18, places=9)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("By", Unit(1, "By")),
        ("GiBy", Unit(2**30, "By")),
        ("GiB", Unit(2**30, "By")),
        ("gibibytes", Unit(2**30, "By")),
        ("GBy", Unit(10**9, "By")),
        ("GB", Unit(10**9, "By")),
        ("gb", Unit(10**9, "By")),
        ("kB", Unit(10**3, "By")),
        ("KB", Unit(10**3, "By")),
        ("MiBy", Unit(2**20, "By")),
        ("TiB", Unit(2**40, "By")),
        ("TB", Unit(10**12, "By")),
        ("PiBy", Unit(2**50, "By")),
        ("h", Unit(3600, "s")),
        ("Hours", Unit(3600, "s")),
        ("hrs", Unit(3600, "s")),
        ("d", Unit(86_400, "s")),
        ("min", Unit(60, "s")),
        ("mo", Unit(1, "s", months=1)),
        ("years", Unit(1, "s", months=12)),
        ("vCPU hours", Unit(3600, "s")),
        ("core-hours", Unit(3600, "s")),
        ("By.s", Unit(1, "By.s")),
        ("GiBy.h", Unit(2**30 * 3600, "By.s")),
        ("GiBy.d", Unit(2**30 * 86_400, "By.s")),
        ("gigabyte hour", Unit(10**9 * 3600, "By.s")),
        ("GB-month", Unit(10**9, "By.s", months=1)),
        ("gb month", Unit(10**9, "By.s", months=1)),
        ("month GiB", Unit(2**30, "By.s", months=1)),
        ("count", Unit(1, "count")),
        ("1", Unit(1, "count")),
        ("{request}", Unit(1, "count")),
        ("requests", Unit(1, "count")),
        ("queries", Unit(1, "count")),
        ("million requests", Unit(10**6, "count")),
        ("1000 operations", Unit(1000, "count")),
    ],
)
def test_codes_and_words_name_units(text: str, unit: Unit) -> None:
    assert parse_unit(text) == unit


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "m",
        "furlong",
        "Gb",
        "Mib",
        "b",
        "GB/month",
        "GB GB",
        "h.h",
        "0 requests",
        "³",
        "9" * 5000,
        "billion " * 5,
    ],
)
def test_ambiguous_and_unknown_texts_are_not_units(text: str) -> None:
    assert parse_unit(text) is None


@pytest.mark.parametrize(
    ("usage_unit", "quantity", "unit", "usage"),
    [
        (GIB, "1", "GB", "0.931322574615478515625"),
        (GIB, "1", "GiB", "1"),
        (GIB, "2", "TiB", "2048"),
        (GIB, "1024", None, "1024"),
        (HOUR, "1", "month", "730"),
        (HOUR, "1", "year", "8760"),
        (HOUR, "2", "d", "48"),
        (HOUR, "8", "vCPU hours", "8"),
        (MONTH, "1", "mo", "1"),
        (MONTH, "1", "year", "12"),
        (MONTH, "744", "h", "1"),
        (GIB_MONTH, "3", "GiB-month", "3"),
        (GIB_MONTH, "3", "gibibyte month", "3"),
        (GIB_MONTH, "31", "GiBy.d", "1"),
        (GIB_MONTH, "1", "GB month", "0.931322574615478515625"),
        (GIB_HOUR, "1", "GiB month", "730"),
        (GIB_HOUR, "1", "GB-hour", "0.931322574615478515625"),
        (COUNT, "2.5", "million requests", "2500000"),
    ],
)
def test_quantities_are_converted_exactly(
    usage_unit: UsageUnit, quantity: str, unit: str | None, usage: str
) -> None:
    base = usage_unit.base_quantity(Decimal(quantity), unit)

    assert base == Decimal(usage) * usage_unit.factor


@pytest.mark.parametrize(
    ("usage_unit", "unit", "compatible"),
    [
        (GIB, "hours", ["GiBy", "MiBy", "TiBy", "GBy", "TBy", "By"]),
        (GIB_MONTH, "GiB", ["GiBy.mo", "GiBy.h", "TiBy.mo", "GBy.mo", "GBy.h", "By.s"]),
        (HOUR, "vCPU", ["h", "s", "min", "d", "mo"]),
        (COUNT, "frobs", ["count", "thousand", "million", "billion"]),
        (UsageUnit("Zorkmid", "", "zm", Decimal(1)), "h", ["Zorkmid"]),
        (UsageUnit("d", "day", "h", Decimal(24)), "min", ["d"]),
    ],
)
def test_a_unit_of_another_dimension_is_refused_with_the_compatible_ones(
    usage_unit: UsageUnit, unit: str, compatible: list[str]
) -> None:
    with pytest.raises(UnitMismatchError) as caught:
        usage_unit.base_quantity(Decimal(1), unit)

    assert caught.value.candidates == compatible
    for candidate in compatible:
        assert usage_unit.base_quantity(Decimal(1), candidate) > 0


def test_a_note_explains_a_conversion_and_the_usage_unit_needs_none() -> None:
    assert GIB.conversion_note("GB") == "1 GB is 0.931322574615478515625 GiBy."
    assert HOUR.conversion_note("mo") == "1 mo is 730 h."
    assert MONTH.conversion_note("d") == (
        "1 d is 0.032258064516129032258064516129 mo. This SKU's month has 744 hours."
    )
    assert MONTH.conversion_note("year") == "1 year is 12 mo."
    assert GIB.conversion_note("giby") is None
    assert HOUR.conversion_note("vCPU hours") is None
    assert GIB.conversion_note(None) is None


def test_the_month_of_a_sku_priced_by_the_month_has_31_days() -> None:
    assert GIB_MONTH.factor == 2**30 * 31 * 86_400
    assert GIB_MONTH.month_seconds == 31 * 86_400


def test_a_unit_without_a_base_unit_counts_itself() -> None:
    widget = UsageUnit("widget", "", "", Decimal(1))

    assert widget.base_quantity(Decimal(3), "Widget") == 3
    assert widget.compatible_units() == ["widget"]


def test_a_month_of_a_sku_priced_by_the_year_is_a_twelfth_of_it() -> None:
    year = UsageUnit("a", "year", "s", Decimal(365 * 86_400))

    assert year.base_quantity(Decimal(12), "mo") == year.base_quantity(Decimal(1), None)


@given(QUANTITIES)
def test_a_quantity_means_the_same_in_each_unit(quantity: Decimal) -> None:
    assert GIB.base_quantity(quantity, "TiB") == GIB.base_quantity(quantity, "1024 GiB")
    assert HOUR.base_quantity(quantity, "mo") == HOUR.base_quantity(EXACT.multiply(quantity, 730), "h")
    assert GIB_MONTH.base_quantity(quantity, "GiB mo") == GIB_MONTH.base_quantity(quantity, None)
    assert GIB_MONTH.base_quantity(EXACT.multiply(quantity, 31), "GiB d") == GIB_MONTH.base_quantity(
        quantity, "GiB mo"
    )


@given(QUANTITIES, st.sampled_from([GIB, GIB_HOUR, GIB_MONTH, HOUR, MONTH, COUNT]), st.data())
def test_converting_there_and_back_gives_the_same_quantity(
    quantity: Decimal, usage_unit: UsageUnit, data: st.DataObject
) -> None:
    unit = data.draw(st.sampled_from(usage_unit.compatible_units()))

    base = usage_unit.base_quantity(quantity, unit)
    one = usage_unit.base_quantity(Decimal(1), unit)

    assert ROUNDED.divide(base, one) == quantity
