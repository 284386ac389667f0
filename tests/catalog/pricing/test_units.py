from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from catalog.errors import UnitMismatchError
from catalog.pricing import unit_words
from catalog.pricing.decimals import EXACT, ROUNDED
from catalog.pricing.unit_words import Unit, parse_unit, read_unit
from catalog.pricing.units import UsageUnit
from catalog.pricing.written_numbers import SUFFIXES

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
        ("2.5 million requests", Unit(2_500_000, "count")),
        ("2.5M requests", Unit(2_500_000, "count")),
        ("1,000.5k requests", Unit(1_000_500, "count")),
        ("1e6 requests", Unit(10**6, "count")),
        ("1E+6 requests", Unit(10**6, "count")),
        ("25e-1 requests", Unit(Decimal("2.5"), "count")),
        (".5 million requests", Unit(500_000, "count")),
        ("1B requests", Unit(10**9, "count")),
        ("1b tokens", Unit(10**9, "count")),
        ("1bn requests", Unit(10**9, "count")),
        ("1 bn", Unit(10**9, "count")),
        ("B tokens", Unit(10**9, "count")),
        ("2T tokens", Unit(2 * 10**12, "count")),
        ("trillion tokens", Unit(10**12, "count")),
        ("10 M requests", Unit(10**7, "count")),
        ("millions of requests", Unit(10**6, "count")),
        ("1TB", Unit(10**12, "By")),
        ("500GiB", Unit(500 * 2**30, "By")),
        ("1.5 TB", Unit(1_500_000_000_000, "By")),
        ("0.125 GiB", Unit(2**27, "By")),
        ("730h", Unit(730 * 3600, "s")),
        ("8vCPU", Unit(8, "count")),
        ("1.5 hours", Unit(5400, "s")),
        ("0.5 month", Unit(Decimal("0.5"), "s", months=1)),
        ("GB\u00a0month", Unit(10**9, "By.s", months=1)),
        ("1 B hours", Unit(3600, "By.s")),
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
        "10.000 operations",
        "1.234 million",
        "0.0000001 requests",
        "1e31 requests",
        "1,5 million requests",
        "1.5.2 hours",
        "1b",
        "1T",
        "1B GiB",
        "per million requests",
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
    ("text", "dimension", "unit"),
    [
        ("1M", "count", Unit(10**6, "count")),
        ("5m", "count", Unit(5 * 10**6, "count")),
        ("2.5M", "count", Unit(2_500_000, "count")),
        ("M", "count", Unit(10**6, "count")),
        ("k", "count", Unit(1000, "count")),
        ("1B", "count", Unit(10**9, "count")),
        ("1b", "count", Unit(10**9, "count")),
        ("1T", "count", Unit(10**12, "count")),
        ("1B", "By", Unit(1, "By")),
        ("1M", "s", None),
        ("5m", "s", None),
        ("1M", "By", None),
        ("1T", "By", None),
        ("m", "count", None),
    ],
)
def test_a_letter_alone_means_what_the_sku_can_measure(text: str, dimension: str, unit: Unit | None) -> None:
    reading = read_unit(text, dimension)

    assert (reading and reading.unit) == unit


@pytest.mark.parametrize(
    ("usage_unit", "unit", "message"),
    [
        (GIB, "Gb", "'Gb' means bits; bytes are written GB or GiB."),
        (GIB, "8 gigabits", "'gigabits' means bits; bytes are written GB or GiB."),
        (GIB_MONTH, "10Mib", "'Mib' means bits; bytes are written GB or GiB."),
        (GIB, "MiB/s", "'MiB/s' is a rate: send what adds up in one month."),
        (GIB, "Gbps", "'Gbps' is a rate: send what adds up in one month."),
        (COUNT, "requests per second", "'requests per second' is a rate: send what adds up in one month."),
        (HOUR, "1M", "'1M' may be a million or a month: write the word."),
        (MONTH, "5m", "'5m' may be minutes, months or millions: write the word."),
        (HOUR, "10m hours", "'10m hours' may be minutes, months or millions: write the word."),
        (GIB, "1T", "'1T' may be a trillion or terabytes: write the word."),
        (
            COUNT,
            "10.000 requests",
            "'10.000' may be 10 or 10000: send the number in quantity, where a point is decimal.",
        ),
        (COUNT, "10 500 requests", "'10 500' has spaces in it: send 10500."),
        (
            COUNT,
            "1,5 million requests",
            "'1,5 million requests' has a decimal comma: send a decimal point.",
        ),
        (COUNT, "frobs", "'frobs' cannot be converted to this SKU's usage unit, count (count)."),
        (HOUR, "8 GB", "'8 GB' cannot be converted to this SKU's usage unit, h (hour)."),
        (IOPS, "MiB/s", "'MiB/s' cannot be converted to this SKU's usage unit, mo (month)."),
    ],
)
def test_a_refusal_says_what_is_wrong_with_the_unit(usage_unit: UsageUnit, unit: str, message: str) -> None:
    with pytest.raises(UnitMismatchError) as caught:
        usage_unit.base_quantity(Decimal(1), unit)

    assert caught.value.message == message
    assert caught.value.hint == "Send the quantity in one of the candidates, or check the SKU."


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
        (COUNT, "3", "2.5 million requests", "7500000"),
        (COUNT, "3", "1M", "3000000"),
        (COUNT, "3", "1B", "3000000000"),
        (HOUR, "2", "1.5 months", "2190"),
        (GIB_MONTH, "2", "1.5 TiB", "3072"),
        (IOPS, "2", "1.5k IOPS", "3000"),
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

    assert caught.value.hint == f"{hint} Send the quantity in one of the candidates, or check the SKU."


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
    assert COUNT.conversion_note("2.5M tokens") == "2.5M tokens are 2500000 count."
    assert COUNT.conversion_note("millions of tokens") == "1 millions of tokens is 1000000 count."
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
        assert Fraction(base) == Fraction(quantity) * Fraction(unit.size) * seconds


NUMBERS = st.decimals(min_value="0.001", max_value=10**6, places=3).map(Decimal.normalize)
MULTIPLIED = {
    "": 1,
    "e3": 10**3,
    "k": 10**3,
    " K": 10**3,
    " thousand": 10**3,
    "e+6": 10**6,
    "M": 10**6,
    "m": 10**6,
    " M": 10**6,
    " million": 10**6,
    " millions of": 10**6,
    "B": 10**9,
    "b": 10**9,
    "bn": 10**9,
    " billion": 10**9,
    "T": 10**12,
    " trillion": 10**12,
}


@given(NUMBERS, st.sampled_from(list(MULTIPLIED)), st.sampled_from(["requests", "tokens/month", "{call}"]))
def test_a_number_of_things_is_read_exactly_however_it_is_written(
    number: Decimal, multiplier: str, things: str
) -> None:
    reading = read_unit(f"{number:f}{multiplier} {things}", "count")

    if is_ambiguous(f"{number:f}") and not multiplier.startswith("e"):
        assert reading is None
    else:
        assert reading
        assert reading.unit == Unit(EXACT.multiply(number, MULTIPLIED[multiplier]), "count")


@given(NUMBERS, st.sampled_from(["k", "K", "M", "m", "B", "b", "bn", "T"]))
def test_a_letter_after_a_number_multiplies_what_is_counted_and_is_no_number_of_hours(
    number: Decimal, letter: str
) -> None:
    text = f"{number:f}{letter}"
    reading = read_unit(text, "count")

    if is_ambiguous(f"{number:f}"):
        assert reading is None
    else:
        assert reading
        assert reading.unit == Unit(EXACT.multiply(number, SUFFIXES[letter.lower()]), "count")
    with pytest.raises(UnitMismatchError):
        HOUR.base_quantity(Decimal(1), text)


@given(QUANTITIES, NUMBERS, st.sampled_from(["", " "]), st.data())
def test_a_number_before_a_unit_multiplies_the_quantity(
    quantity: Decimal, number: Decimal, gap: str, data: st.DataObject
) -> None:
    usage_unit = data.draw(st.sampled_from([GIB, GIB_HOUR, GIB_MONTH, HOUR, MONTH, COUNT]))
    unit = data.draw(st.sampled_from(usage_unit.compatible_units()))
    assume(not is_ambiguous(f"{number:f}"))

    base = usage_unit.base_quantity(quantity, f"{number:f}{gap}{unit}")

    assert base == usage_unit.base_quantity(EXACT.multiply(quantity, number), unit)


@given(
    st.text(alphabet="0123456789.,eEkKmMbBtTn GiByhreqs/·-", max_size=30), st.sampled_from([GIB, HOUR, COUNT])
)
def test_any_text_is_a_unit_or_is_refused_in_one_sentence(text: str, usage_unit: UsageUnit) -> None:
    try:
        base = usage_unit.base_quantity(Decimal(1), text)
    except UnitMismatchError as error:
        refusal = error.message
    else:
        assert base > 0
        return

    assert refusal.endswith(".")
    assert "\n" not in refusal


def is_ambiguous(number: str) -> bool:
    return re.fullmatch(r"[1-9]\d{0,2}\.\d{3}", number) is not None


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
