from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from catalog.pricing.decimals import EXACT, NANO, exact_sum, plain
from catalog.pricing.tiers import Aggregation, Price, Slice, cost_of_month, price_month
from catalog.pricing.unit_words import parse_unit
from catalog.pricing.units import UsageUnit

ALONE = Aggregation("", "", 1)
ACCOUNT = Aggregation("ACCOUNT", "MONTHLY", 1)
DAILY = Aggregation("ACCOUNT", "DAILY", 1)
GIB = Decimal(2**30)


@dataclass(frozen=True)
class Tier:
    start: Decimal
    unit_price: Decimal


def price(*tiers: tuple[str, str], aggregation: Aggregation = ALONE, unit_size: Decimal = GIB) -> Price:
    return Price(
        tuple(Tier(Decimal(start), Decimal(amount)) for start, amount in tiers), unit_size, aggregation
    )


def month(usage: str, of: Price) -> list[Slice]:
    """One item's slices for a usage in usage units."""
    return price_month([Decimal(usage) * of.unit_size], of)[0]


def cost(slices: list[Slice]) -> Decimal:
    return exact_sum(part.cost for part in slices)


EGRESS = price(("0", "0"), ("100", "0.12"), ("1024", "0.11"), ("10240", "0.08"), aggregation=ACCOUNT)


def test_a_tebibyte_of_egress_costs_what_google_charges() -> None:
    # Cloud Storage egress 22EB-AAE8-FBCD: 100 GiB are free, the next 924 cost 0.12 USD each.
    slices = month("1024", EGRESS)

    assert cost(slices) == Decimal("110.88")
    assert [(part.end, part.quantity) for part in slices] == [
        (Decimal(100), Decimal(100)),
        (Decimal(1024), Decimal(924)),
    ]


def test_each_slice_costs_its_own_tiers_rate() -> None:
    slices = month("20000", EGRESS)

    assert [part.cost for part in slices] == [0, Decimal("110.88"), Decimal("1013.76"), Decimal("780.8")]
    assert slices[-1].end is None


def test_operations_beyond_the_free_tier_are_charged_one_by_one() -> None:
    # Class A operations 4DBF-185F-A415: 5,000 free, then 5,000 nanos each; shown per 1,000, priced per one.
    class_a = price(("0", "0"), ("5000", "0.000005"), aggregation=ACCOUNT, unit_size=Decimal(1))

    assert cost(month("5000", class_a)) == 0
    assert cost(month("5001", class_a)) == Decimal("0.000005")
    assert cost(month("1000000", class_a)) == Decimal("4.975")


def test_the_negative_rate_of_a_discount_lowers_the_cost() -> None:
    # E2 free tier discount 168E-35F8-9C79: -5,452,898 nanos an hour for the first 744 hours.
    discount = price(("0", "-0.005452898"), ("744", "0"), aggregation=ACCOUNT, unit_size=Decimal(3600))

    assert cost(month("730", discount)) == Decimal("-3.98061554")
    assert cost(month("1000", discount)) == Decimal("-4.056956112")


def test_a_price_counts_its_units_and_its_nanos() -> None:
    # A100 commitment DBF8-D0A6-2F53: 1 unit and 848,362,040 nanos an hour.
    a100 = price(("0", "1.848362040"), unit_size=Decimal(3600))

    assert cost(month("730", a100)) == Decimal("1349.3042892")


def test_an_item_without_usage_has_no_slices() -> None:
    assert price_month([Decimal(0), Decimal(0)], EGRESS) == [[], []]


def test_a_cost_is_rounded_half_even_to_the_nano() -> None:
    half_nanos = price(("0", "0.000000001"), unit_size=Decimal(1))

    assert [cost(month(usage, half_nanos)) / NANO for usage in ("0.5", "1.5", "2.5", "2.500001")] == [
        0,
        2,
        2,
        3,
    ]


def test_the_order_of_tiers_does_not_matter() -> None:
    assert month("20000", EGRESS) == month("20000", Price(EGRESS.tiers[::-1], GIB, ACCOUNT))


def test_a_free_tier_is_granted_once_when_two_items_share_a_sku() -> None:
    one, other = price_month([512 * GIB, 512 * GIB], EGRESS)

    assert cost(one) == cost(other) == Decimal("55.44")
    assert [part.quantity for part in one] == [50, 462]


def test_each_item_has_its_own_tiers_when_usage_is_not_aggregated() -> None:
    tiered = Price(EGRESS.tiers, GIB, ALONE)

    assert [cost(slices) for slices in price_month([100 * GIB, 100 * GIB], tiered)] == [0, 0]


def test_items_share_tiers_within_a_project_as_within_an_account() -> None:
    by_project = Price(EGRESS.tiers, GIB, Aggregation("PROJECT", "MONTHLY", 1))

    assert [cost(slices) for slices in price_month([100 * GIB, 100 * GIB], by_project)] == [6, 6]


def test_an_item_without_usage_gets_no_share_of_shared_slices() -> None:
    unused, used = price_month([Decimal(0), 1024 * GIB], EGRESS)

    assert unused == []
    assert cost(used) == Decimal("110.88")


def test_indivisible_nanos_go_to_the_largest_remainders() -> None:
    penny = price(("0", "0.00000001"), aggregation=ACCOUNT, unit_size=Decimal(1))

    shares = price_month([Decimal("0.5"), Decimal("0.25"), Decimal("0.25")], penny)

    assert [cost(slices) / NANO for slices in shares] == [5, 3, 2]


def test_a_daily_allowance_is_granted_on_each_day_of_730_hours() -> None:
    # App Engine egress 07A4-C7D5-D204: 1 GiB a day is free, then 0.12 USD each.
    daily = price(("0", "0"), ("1", "0.12"), aggregation=DAILY)

    slices = month("100", daily)

    assert cost(slices) == Decimal("8.35")  # (100 - 365/12) x 0.12
    assert plain(slices[0].quantity) == "30.416666666666666666666666666667"


def test_tiers_over_several_months_are_spread_over_them() -> None:
    quarterly = price(("0", "0"), ("3", "1"), aggregation=Aggregation("ACCOUNT", "MONTHLY", 3))

    assert cost(month("2", quarterly)) == 1


def test_tiers_over_several_days_start_over_that_often_in_a_month() -> None:
    every_five_days = price(("0", "0"), ("3", "1"), aggregation=Aggregation("ACCOUNT", "DAILY", 5))

    assert cost(month("20", every_five_days)) == Decimal("1.75")  # 20 - 3 x 365/60


def test_a_price_without_a_rate_for_the_first_unit_is_incomplete() -> None:
    assert not price().is_complete
    assert not price(("10", "0.5")).is_complete
    assert price(("10", "0.5"), ("0", "1")).is_complete


AMOUNTS = st.decimals(min_value=0, max_value=10**12, places=12)
RATES = st.integers(0, 10**13).map(lambda nanos: nanos * NANO)
ANY_RATES = st.integers(-(10**13), 10**13).map(lambda nanos: nanos * NANO)
STARTS = st.sets(st.floats(0.001, 1e6), max_size=4).map(lambda starts: [0.0, *sorted(starts)])
SIZES = st.sampled_from([Decimal(1), Decimal(3600), GIB, Decimal(2875910101401600)])
AGGREGATIONS = st.sampled_from([ALONE, ACCOUNT, DAILY, Aggregation("PROJECT", "MONTHLY", 3)])


@st.composite
def prices(
    draw: st.DrawFn, rates: st.SearchStrategy[Decimal] = ANY_RATES, aggregation: Aggregation | None = None
) -> Price:
    tiers = tuple(Tier(Decimal(repr(start)), draw(rates)) for start in draw(STARTS))
    return Price(tiers, draw(SIZES), aggregation or draw(AGGREGATIONS))


@given(prices(rates=RATES), AMOUNTS, AMOUNTS)
def test_more_usage_never_costs_less_unless_a_rate_is_negative(
    of: Price, usage: Decimal, more: Decimal
) -> None:
    less_cost, more_cost = (cost(price_month([amount], of)[0]) for amount in (usage, usage + more))

    assert less_cost <= more_cost


@given(prices(), AMOUNTS)
def test_slices_cover_the_usage_without_gap_or_overlap(of: Price, usage: Decimal) -> None:
    slices = price_month([usage], of)[0]

    covered = sum(Fraction(part.quantity) for part in slices) * Fraction(of.unit_size)
    assert abs(covered - Fraction(usage)) < Fraction(1, 10**100)
    assert all(before.end == after.start for before, after in pairwise(slices))


@given(prices(aggregation=ACCOUNT), st.lists(AMOUNTS, min_size=2, max_size=6))
def test_splitting_an_item_does_not_change_the_total(of: Price, parts: list[Decimal]) -> None:
    whole = price_month([exact_sum(parts)], of)[0]
    shares = price_month(parts, of)

    assert exact_sum(cost(slices) for slices in shares) == cost(whole)
    assert all(part.cost % NANO == 0 for slices in shares for part in slices)


@given(prices(rates=RATES, aggregation=ACCOUNT), st.lists(AMOUNTS, min_size=2, max_size=6))
def test_each_share_is_proportional_to_within_a_nano_per_slice(of: Price, parts: list[Decimal]) -> None:
    whole = price_month([exact_sum(parts)], of)[0]

    for slices, part in zip(price_month(parts, of), parts, strict=True):
        fair = Fraction(cost(whole)) * Fraction(part) / (Fraction(exact_sum(parts)) or 1)
        assert abs(Fraction(cost(slices)) - fair) <= Fraction(NANO) * len(slices)


def oracle(base: Decimal, of: Price) -> Fraction:
    """The cost of one item's month in rational numbers, implemented independently of the code under test."""
    usage = Fraction(base) / Fraction(of.unit_size)
    often = Fraction(1, of.aggregation.count) * (Fraction(730, 24) if of.aggregation.is_daily else 1)
    tiers = sorted((Fraction(tier.start) * often, Fraction(tier.unit_price)) for tier in of.tiers)
    cost = Fraction(0)
    for index, (start, rate) in enumerate(tiers):
        end = tiers[index + 1][0] if index + 1 < len(tiers) else usage
        cost += Fraction(round(max(min(usage, end) - start, Fraction(0)) * rate * 10**9), 10**9)
    return cost


@given(prices(), AMOUNTS)
def test_decimals_agree_with_rational_numbers(of: Price, usage: Decimal) -> None:
    assert Fraction(cost(price_month([usage], of)[0])) == oracle(usage, of)
    assert Fraction(cost_of_month(usage, of)) == oracle(usage, of)


def test_the_largest_usage_at_the_highest_price_is_shared_to_the_nano() -> None:
    highest = price(("0", "9223372036854775807.999999999"), aggregation=ACCOUNT, unit_size=Decimal(3600))
    exbibyte_weeks = 99_999 * 2**60 * 604_800
    parts = [Decimal(f"{part}.000000000000000000001") for part in (10**18 - 1, 10**17 + 3, 7)]
    usage = [EXACT.multiply(part, exbibyte_weeks) for part in parts]

    shares = price_month(usage, highest)

    assert Fraction(exact_sum(cost(slices) for slices in shares)) == oracle(exact_sum(usage), highest)


def wire_prices(folder: Path) -> Iterator[tuple[UsageUnit, Price]]:
    for path in sorted((folder / "skus").iterdir()):
        for sku in json.loads(gzip.decompress(path.read_bytes()))["skus"]:
            for info in sku.get("pricingInfo", []):
                yield wire_price(info)


def wire_price(info: dict[str, Any]) -> tuple[UsageUnit, Price]:
    expression = info["pricingExpression"]
    unit = UsageUnit(
        expression["usageUnit"],
        expression["usageUnitDescription"],
        expression["baseUnit"],
        Decimal(repr(expression["baseUnitConversionFactor"])),
    )
    aggregation = ALONE
    if sent := info.get("aggregationInfo"):
        aggregation = Aggregation(
            sent["aggregationLevel"], sent["aggregationInterval"], sent["aggregationCount"]
        )
    tiers = tuple(
        Tier(
            Decimal(repr(rate["startUsageAmount"])),
            int(rate["unitPrice"]["units"]) + rate["unitPrice"]["nanos"] * NANO,
        )
        for rate in expression["tieredRates"]
    )
    return unit, Price(tiers, unit.factor, aggregation)


def test_every_sku_of_the_real_catalog_costs_what_rational_numbers_say(real_catalog: Path) -> None:
    quantities = [Decimal(text) for text in ("0.000000001", "1", "33.333333333", "5000.5", "987654321.1")]
    seen = 0
    for number, (unit, of) in enumerate(wire_prices(real_catalog)):
        units = unit.compatible_units()
        base = unit.base_quantity(quantities[number % len(quantities)], units[number % len(units)])
        assert Fraction(cost(price_month([base], of)[0])) == oracle(base, of)
        seen += 1
    assert seen == 19_781


def test_each_unit_of_the_real_catalog_has_the_size_that_google_says(real_catalog: Path) -> None:
    units = {unit for unit, _ in wire_prices(real_catalog)}

    assert {unit.code for unit in units} == {"h", "mo", "s", "count", "GiBy", "GiBy.h", "GiBy.d", "GiBy.mo"}
    for unit in units:
        named = parse_unit(unit.code)
        assert named is not None
        assert parse_unit(unit.description) == named
        assert named.size * (31 * 86_400 if named.months else 1) == unit.factor
