from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.errors import UnitMismatchError
from catalog.pricing import unit_words
from catalog.pricing.decimals import EXACT, ROUNDED
from catalog.pricing.unit_words import Unit, parse_unit
from catalog.pricing.units import UsageUnit

HOUR = UsageUnit("h", "hour", "s", Decimal(3600))
MONTH = UsageUnit("mo", "month", "s", Decimal(2_678_400))
GIB = UsageUnit("GiBy", "gibibyte", "By", Decimal(2**30))
GIB_HOUR = UsageUnit("GiBy.h", "gibibyte hour", "By.s", Decimal(2**30 * 3600))
GIB_MONTH = UsageUnit("GiBy.mo", "gibibyte month", "By.s", Decimal(2875910101401600))
COUNT = UsageUnit("count", "count", "count", Decimal(1))
IOPS = UsageUnit("mo", "month", "s", Decimal(2_678_400), "Hyperdisk Extreme IOPS in Iowa")
GB_HOUR = UsageUnit("GBy.h", "gigabyte hour", "By.s", Decimal(10**9 * 3600))
GIB_DAY = UsageUnit("GiBy.d", "gibibyte day", "By.s", Decimal(2**30 * 86_400))


def counted(sku_name: str) -> UsageUnit:
    return UsageUnit("count", "count", "count", Decimal(1), sku_name)


def kept(sku_name: str) -> UsageUnit:
    return UsageUnit("mo", "month", "s", Decimal(2_678_400), sku_name)


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
        ("10k operations", Unit(10_000, "count")),
        ("10K operations", Unit(10_000, "count")),
        ("10,000 operations", Unit(10_000, "count")),
        ("1,000,000 tokens", Unit(10**6, "count")),
        ("10k", Unit(10_000, "count")),
        ("1M requests", Unit(10**6, "count")),
        ("1m tokens", Unit(10**6, "count")),
        ("M tokens", Unit(10**6, "count")),
        ("k requests", Unit(1000, "count")),
        ("million input tokens", Unit(10**6, "count")),
        ("API calls", Unit(1, "count")),
        ("read operations", Unit(1, "count")),
        ("entities", Unit(1, "count")),
        ("searches", Unit(1, "count")),
        ("IP addresses", Unit(1, "count")),
        ("IOPS", Unit(1, "count")),
        ("10k hours", Unit(36_000_000, "s")),
        ("1M hours", Unit(3_600_000_000, "s")),
        ("slot hours", Unit(3600, "s")),
        ("cluster-hours", Unit(3600, "s")),
        ("tunnel hours", Unit(3600, "s")),
        ("gateway hours", Unit(3600, "s")),
        ("build minutes", Unit(60, "s")),
        ("1024 GiB", Unit(2**40, "By")),
        ("GB/month", Unit(10**9, "By")),
        ("GiB / mo", Unit(2**30, "By")),
        ("GiB per month", Unit(2**30, "By")),
        ("GiB a month", Unit(2**30, "By")),
        ("requests/month", Unit(1, "count")),
        ("vCPU hours/month", Unit(3600, "s")),
        ("{request}/month", Unit(1, "count")),
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
        "GB GB",
        "GB/day",
        "requests/s",
        "MiB/s",
        "/month",
        "GB/month/user",
        "request hours",
        "token months",
        "GB requests",
        "1.5 million requests",
        "10.000 operations",
        "10 500 requests",
        "10 000 operations",
        "10,00 requests",
        "requests 10",
        "2 3 requests",
        "-5 GiB",
        "-GiB",
        "k",
        "5m",
        "1M",
        "10m hours",
        "M hours",
        "input",
        "outputs",
        "APIs",
        "any",
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
        (GIB, "1", "GB/month", "0.931322574615478515625"),
        (GIB_MONTH, "150", "GiB", "150"),
        (GIB_MONTH, "1", "GB", "0.931322574615478515625"),
        (GIB_MONTH, "2", "TiB", "2048"),
        (GIB_MONTH, "1", "GB/month", "0.931322574615478515625"),
        (GIB_MONTH, "3", "GiB per month", "3"),
        (IOPS, "350000", "IOPS", "350000"),
        (IOPS, "350000", "IOPS/month", "350000"),
        (IOPS, "2", "units", "2"),
        (IOPS, "1", "IOPS hours", "1/744"),
        (GB_HOUR, "32", "GiB hours", "34.359738368"),
        (HOUR, "1", "slot month", "730"),
        (kept("Active HSM RSA 2048 bit key versions"), "4", "key versions", "4"),
        (kept("ManagedZone"), "4", "zones", "4"),
        (kept("Dual Core Server Iowa (us-central1) 1 month"), "4", "servers", "4"),
        (kept("Essential Plan QUser"), "4", "users", "4"),
        (counted("Gemini 2.5 Pro Text Input - Predictions"), "1", "million input tokens", "1000000"),
        (counted("Cloud Firestore Read Ops"), "3000000", "reads", "3000000"),
        (counted("Cloud Firestore Read Ops"), "3", "operations", "3"),
    ],
)
def test_quantities_are_converted_exactly(
    usage_unit: UsageUnit, quantity: str, unit: str | None, usage: str
) -> None:
    base = usage_unit.base_quantity(Decimal(quantity), unit)

    assert Fraction(base) == Fraction(usage) * Fraction(usage_unit.factor)


@pytest.mark.parametrize(
    ("usage_unit", "unit", "compatible"),
    [
        (GIB, "hours", ["GiBy", "MiBy", "TiBy", "GBy", "TBy", "By"]),
        (GIB_MONTH, "hours", ["GiBy.mo", "GiBy.h", "TiBy.mo", "GBy.mo", "GBy.h", "By.s"]),
        (GIB_MONTH, "requests", ["GiBy.mo", "GiBy.h", "TiBy.mo", "GBy.mo", "GBy.h", "By.s"]),
        (GIB_HOUR, "GiB", ["GiBy.h", "GiBy.mo", "TiBy.mo", "GBy.mo", "GBy.h", "By.s"]),
        (GIB_DAY, "GiB", ["GiBy.d", "GiBy.mo", "GiBy.h", "TiBy.mo", "GBy.mo", "GBy.h", "By.s"]),
        (IOPS, "requests", ["mo", "h", "s", "min", "d"]),
        (IOPS, "GiB", ["mo", "h", "s", "min", "d"]),
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


@pytest.mark.parametrize(
    ("usage_unit", "unit"),
    [
        (counted("PD IO Requests"), "IOPS"),
        (counted("Requests"), "vCPUs"),
        (kept("Hyperdisk Throughput Throughput in Iowa"), "IOPS"),
        (counted("Cloud Firestore Entity Writes"), "reads"),
        (counted("Gemini 2.5 Pro Text Output - Predictions"), "million input tokens"),
        (counted("Gemini 1.0 Pro Input Characters"), "tokens"),
        (counted("Cryptographic operations with a software symmetric key"), "keys"),
        (kept("Active HSM RSA 2048 bit key versions"), "keys"),
        (kept("Secret version replica storage"), "secret versions"),
        (kept("Dual Core Server Iowa (us-central1) 1 month"), "cores"),
        (kept("Connected Server Gen1 64vCPU FI 6mo"), "vCPUs"),
    ],
)
def test_a_unit_of_things_that_the_sku_does_not_price_is_refused(usage_unit: UsageUnit, unit: str) -> None:
    with pytest.raises(UnitMismatchError) as caught:
        usage_unit.base_quantity(Decimal(1), unit)

    assert caught.value.message == f"{unit!r} does not fit this SKU, {usage_unit.sku_name}."


@pytest.mark.parametrize(
    ("usage_unit", "quantity", "unit", "hint"),
    [
        (HOUR, "8", "vCPU", "For 8 running all month, send 5840 h."),
        (HOUR, "1", "8 vCPUs", "For 8 running all month, send 5840 h."),
        (HOUR, "8", "vCPU/month", "For 8 running all month, send 5840 h."),
        (GIB_HOUR, "32", "GiB", "For 32 GiBy running all month, send 23360 GiBy.h."),
        (GIB_HOUR, "1", "TiB/month", "For 1024 GiBy running all month, send 747520 GiBy.h."),
    ],
)
def test_a_refused_unit_without_hours_says_what_to_send_for_a_month(
    usage_unit: UsageUnit, quantity: str, unit: str, hint: str
) -> None:
    with pytest.raises(UnitMismatchError) as caught:
        usage_unit.base_quantity(Decimal(quantity), unit)

    assert caught.value.hint == f"{hint} Send the quantity in one of the candidates, or omit the unit."


@pytest.mark.parametrize(
    ("usage_unit", "quantity", "note"),
    [
        (HOUR, "4", "4 without a unit is 4 h. For 4 running all month, send 2920 h."),
        (HOUR, "0.5", "0.5 without a unit is 0.5 h. For 0.5 running all month, send 365 h."),
        (
            GIB_HOUR,
            "32",
            "32 without a unit is 32 GiBy.h. For 32 GiBy running all month, send 23360 GiBy.h.",
        ),
        (HOUR, "730", None),
        (HOUR, "0", None),
        (MONTH, "4", None),
        (GIB_MONTH, "4", None),
        (COUNT, "4", None),
    ],
)
def test_a_small_quantity_of_hours_without_a_unit_is_noted(
    usage_unit: UsageUnit, quantity: str, note: str | None
) -> None:
    assert usage_unit.hours_note(Decimal(quantity)) == note


def test_a_note_explains_a_conversion_and_the_usage_unit_needs_none() -> None:
    assert GIB.conversion_note("GB") == "1 GB is 0.931322574615478515625 GiBy."
    assert HOUR.conversion_note("mo") == "1 mo is 730 h."
    assert HOUR.conversion_note("months") == "1 month is 730 h."
    assert COUNT.conversion_note("10k operations") == "10k operations are 10000 count."
    assert COUNT.conversion_note("million tokens") == "1 million tokens is 1000000 count."
    assert GIB.conversion_note("1 TiB") == "1 TiB is 1024 GiBy."
    assert GIB_MONTH.conversion_note("GiB") == "The quantity is kept for the whole month: 1 GiB is 1 GiBy.mo."
    assert IOPS.conversion_note("IOPS") == "The quantity is kept for the whole month: 1 IOPS is 1 mo."
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


@settings(deadline=None)
@given(QUANTITIES, st.sampled_from([GIB, GIB_HOUR, GIB_DAY, GIB_MONTH, HOUR, MONTH, IOPS, COUNT]))
def test_every_word_converts_to_its_own_dimension_or_is_refused(
    quantity: Decimal, usage_unit: UsageUnit
) -> None:
    month = usage_unit.month_seconds if usage_unit.code.endswith("mo") else None
    for word in unit_words.WORDS:
        unit = parse_unit(word)
        if unit is None:
            continue
        try:
            base = usage_unit.base_quantity(quantity, word)
        except UnitMismatchError:
            continue
        lasting = {"By": "By.s", "count": "s"}.get(unit.dimension)
        if unit.dimension == usage_unit.base_unit:
            seconds = Fraction(usage_unit.month_seconds * unit.months) if unit.months else Fraction(1)
        else:
            assert month is not None
            assert lasting == usage_unit.base_unit
            seconds = Fraction(month)
        assert Fraction(base) == Fraction(quantity) * unit.size * seconds


@given(QUANTITIES)
def test_a_quantity_means_the_same_in_each_unit(quantity: Decimal) -> None:
    assert GIB.base_quantity(quantity, "TiB") == GIB.base_quantity(quantity, "1024 GiB")
    assert GIB_MONTH.base_quantity(quantity, "GB") == GIB_MONTH.base_quantity(quantity, "GB month")
    assert GIB_MONTH.base_quantity(quantity, "GB/month") == GIB_MONTH.base_quantity(quantity, "GB month")
    assert IOPS.base_quantity(quantity, "IOPS") == IOPS.base_quantity(quantity, None)
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


@pytest.mark.parametrize("unit", ["million writes", "million reads", "deletes"])
def test_accesses_that_the_name_does_not_have_are_refused(unit: str) -> None:
    operations = UsageUnit("count", "count", "count", Decimal(1), "Standard Storage Class A Operations")

    with pytest.raises(UnitMismatchError, match="does not fit this SKU"):
        operations.base_quantity(Decimal(1), unit)
    assert operations.base_quantity(Decimal(1), "million requests") == 1_000_000
