from __future__ import annotations

from datetime import timedelta

import pytest

from catalog.models import PricingInfo, PricingUpdate, Sku
from catalog.pricing.list_prices import look_up, snapshot
from tests.catalog.factories import NOON, make_price, make_sku, make_update

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def in_effect(sku: Sku, days: float) -> PricingInfo | None:
    """The price in effect so many days after the first sync."""
    then = snapshot(NOON + days * DAY, PricingUpdate.objects.latest_completed())
    price = look_up([sku.sku_id], then)[sku.sku_id].list_price
    return price.info if price else None


@pytest.fixture
def sku() -> Sku:
    make_update(completed_at=NOON)
    return make_sku()


def test_the_latest_price_to_take_effect_applies(sku: Sku) -> None:
    make_price(sku, effective_time=NOON - 9 * DAY)
    newer = make_price(sku, effective_time=NOON - DAY)

    assert in_effect(sku, 1) == newer


def test_a_price_that_has_not_taken_effect_does_not_apply(sku: Sku) -> None:
    now = make_price(sku, effective_time=NOON - DAY)
    soon = make_price(sku, effective_time=NOON + 2 * DAY)

    assert in_effect(sku, 1) == now
    assert in_effect(sku, 2) == soon


def test_prices_from_a_later_sync_do_not_change_an_earlier_answer(sku: Sku) -> None:
    then = make_price(sku, effective_time=NOON - 9 * DAY)
    backdated = make_price(sku, effective_time=NOON - 5 * DAY, created_at=NOON + 2 * DAY)
    make_update(completed_at=NOON + 2.1 * DAY)

    assert in_effect(sku, 1) == then
    assert in_effect(sku, 2) == then
    assert in_effect(sku, 2.1) == backdated


def test_prices_from_a_failed_sync_apply_once_a_later_one_completes(sku: Sku) -> None:
    then = make_price(sku, effective_time=NOON - DAY)
    learned = make_price(sku, effective_time=NOON + DAY, created_at=NOON + DAY)
    make_update(completed_at=NOON + DAY, status=PricingUpdate.Status.FAILED)

    assert in_effect(sku, 2) == then

    make_update(completed_at=NOON + 3 * DAY)
    assert in_effect(sku, 3) == learned


def test_a_time_before_the_first_sync_gets_the_prices_that_were_learned_first(sku: Sku) -> None:
    first = make_price(sku, effective_time=NOON - 9 * DAY)
    make_price(sku, effective_time=NOON - 8 * DAY, created_at=NOON + DAY)

    assert in_effect(sku, -5) == first


def test_a_sku_has_no_price_before_its_first_took_effect(sku: Sku) -> None:
    make_price(sku, effective_time=NOON - DAY)

    assert in_effect(sku, -2) is None


def test_a_price_without_an_effective_time_is_older_than_any_with_one(sku: Sku) -> None:
    timeless = make_price(sku, effective_time=None)

    assert in_effect(sku, -1000) == timeless

    dated = make_price(sku, effective_time=NOON - DAY)
    assert in_effect(sku, 1) == dated


def test_the_newer_row_applies_when_two_took_effect_at_once(sku: Sku) -> None:
    make_price(sku, effective_time=NOON)
    newer = make_price(sku, effective_time=NOON)

    assert in_effect(sku, 1) == newer


def test_a_withdrawn_price_no_longer_applies(sku: Sku) -> None:
    make_price(sku, effective_time=NOON - DAY)
    make_price(sku, [], effective_time=NOON + DAY, usage_unit="", created_at=NOON + DAY)
    make_update(completed_at=NOON + DAY)

    assert in_effect(sku, 1) is None
    assert in_effect(sku, 0.5) is not None


def test_tiers_come_lowest_first(sku: Sku) -> None:
    make_price(sku, [(10, "0", 1), (0, "0", 2)])

    price = look_up([sku.sku_id], snapshot(None, None))[sku.sku_id].list_price

    assert price is not None
    assert [tier.start for tier in price.tiers] == [0, 10]
