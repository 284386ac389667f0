from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from catalog.changes.moves import Move, move
from catalog.models import PricingInfo, PricingTier, SkuChange
from catalog.pricing.list_prices import ListPrice

Kind = SkuChange.Kind
HOURLY = {"usage_unit": "h", "base_unit": "s", "base_unit_conversion_factor": "3600"}


def price(*tiers: tuple[float, str, int], **fields: Any) -> ListPrice:
    rows = (
        PricingTier(start_usage_amount=start, price_units=units, price_nanos=nanos)
        for start, units, nanos in tiers
    )
    return ListPrice(PricingInfo(**HOURLY | fields), tuple(rows))


ONE = price((0, "1", 0))


@pytest.mark.parametrize(
    ("units", "nanos", "expected"),
    [
        ("1", 250_000_000, Move(Kind.DEARER, Decimal(1), Decimal("1.25"), Decimal(25))),
        ("0", 666_666_667, Move(Kind.CHEAPER, Decimal(1), Decimal("0.666666667"), Decimal("-33.3333"))),
        ("0", 0, Move(Kind.CHEAPER, Decimal(1), Decimal(0), Decimal(-100))),
    ],
)
def test_a_move_says_the_prices_and_how_many_percent_lie_between(
    units: str, nanos: int, expected: Move
) -> None:
    assert move(ONE, price((0, units, nanos))) == expected


def test_the_first_tier_that_is_not_free_is_compared() -> None:
    before, after = price((0, "0", 0), (60, "2", 0)), price((0, "0", 0), (60, "3", 0))

    assert move(before, after) == Move(Kind.DEARER, Decimal(2), Decimal(3), Decimal(50))


def test_what_was_free_becomes_dearer_without_a_percent() -> None:
    before, after = price((0, "0", 0), (60, "2", 0)), price((0, "1", 0), (60, "2", 0))

    assert move(before, after) == Move(Kind.DEARER, Decimal(0), Decimal(1))


def test_a_larger_discount_is_cheaper() -> None:
    assert move(price((0, "-1", 0)), price((0, "-2", 0))) == Move(
        Kind.CHEAPER, Decimal(-1), Decimal(-2), Decimal(-100)
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (ONE, price((0, "2", 0), usage_unit="mo")),
        (ONE, price((0, "2", 0), base_unit_conversion_factor="60")),
        (ONE, price((0, "2", 0), (10, "1", 0))),
        (price((0, "2", 0), (10, "1", 0)), price((0, "3", 0), (20, "1", 0))),
        (ONE, price()),
        (price(), ONE),
        (None, ONE),
    ],
)
def test_prices_that_cannot_be_compared_have_no_percent(before: ListPrice | None, after: ListPrice) -> None:
    found = move(before, after)

    assert found is not None
    assert (found.kind, found.percent) == (Kind.REPRICED, None)


def test_a_change_of_a_later_tier_alone_has_no_percent() -> None:
    before, after = price((0, "2", 0), (10, "1", 0)), price((0, "2", 0), (10, "0", 5))

    assert move(before, after) == Move(Kind.REPRICED, Decimal(2), Decimal(2))


def test_another_aggregation_is_a_change_without_percent() -> None:
    assert move(ONE, price((0, "1", 0), aggregation_level="PROJECT")) == Move(
        Kind.REPRICED, Decimal(1), Decimal(1)
    )


@pytest.mark.parametrize("after", [price((0, "1", 0), summary="Reworded"), ONE])
def test_a_price_whose_terms_are_the_same_has_not_moved(after: ListPrice) -> None:
    assert move(ONE, after) is None


def test_no_price_before_and_after_is_no_move() -> None:
    assert move(None, price()) is None
