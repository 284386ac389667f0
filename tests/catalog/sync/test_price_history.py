from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.providers.google_cloud.parse import parse_sku
from catalog.providers.records import PricingRecord
from catalog.sync.content_hash import price_hash
from catalog.sync.price_history import HeldPrice, NewPrice, completed, continued
from tests.catalog.wire import COMPUTE, wire_price, wire_rate, wire_sku

DAY = timedelta(days=1)
START = datetime(2026, 1, 1, tzinfo=UTC)
NOW = START + 30 * DAY


def price(nanos: int, day: float | None = 0) -> PricingRecord:
    """A price of so many nanos that took effect on that day of January 2026."""
    effective = "" if day is None else (START + day * DAY).isoformat()
    return parse_sku(wire_sku("A", wire_price(wire_rate(nanos=nanos), effective=effective)), COMPUTE).pricing[
        0
    ]


def held(*prices: PricingRecord) -> list[HeldPrice]:
    return [HeldPrice(price.effective_time, price_hash(price)) for price in prices]


def said(news: list[NewPrice]) -> list[tuple[int, float]]:
    """Nanos and day of each."""
    return [
        (new.price.tiers[0].nanos, (new.price.effective_time - START) / DAY)
        for new in news
        if new.price.effective_time
    ]


def test_the_first_price_of_a_sku_is_news() -> None:
    assert said(continued([], [price(1, 3)], NOW)) == [(1, 3)]


def test_a_price_that_only_moved_its_time_is_no_news() -> None:
    assert continued(held(price(1, 3)), [price(1, 4)], NOW) == []
    assert continued(held(price(1, 3)), [price(1, 2)], NOW) == []
    assert continued(held(price(1, 3)), [price(1, None)], NOW) == []


def test_a_price_that_came_back_is_news_again() -> None:
    assert said(continued(held(price(1, 3), price(2, 4)), [price(1, 5)], NOW)) == [(1, 5)]


def test_of_a_timeline_what_follows_the_latest_held_price_is_news() -> None:
    listed = [price(1, 1), price(2, 2), price(2, 2.5), price(3, 4)]

    assert said(continued(held(price(1, 1)), listed, NOW)) == [(2, 2), (3, 4)]
    assert said(continued(held(price(9, 0)), listed, NOW)) == [(1, 1), (2, 2), (3, 4)]


def test_what_is_listed_now_never_takes_effect_before_the_price_that_it_replaces() -> None:
    assert said(continued(held(price(1, 10)), [price(2, 9.5)], NOW)) == [(2, 10)]
    assert said(continued(held(price(1, 10)), [price(2, None)], NOW)) == [(2, 10)]


def test_a_price_that_was_withdrawn_is_followed_by_an_empty_one_once() -> None:
    [empty] = continued(held(price(1, 3)), [], NOW)

    assert (empty.price.effective_time, empty.price.expression, empty.price.tiers) == (NOW, {}, ())
    assert continued([*held(price(1, 3)), HeldPrice(NOW, empty.content_hash)], [], NOW + DAY) == []
    assert continued([], [], NOW) == []


def test_a_price_announced_for_the_future_is_news_once_and_leaves_the_present_alone() -> None:
    today, announced = price(1, 1), price(2, 60)

    assert said(continued(held(today), [announced], NOW)) == [(2, 60)]
    assert continued(held(today, announced), [announced], NOW) == []
    assert continued(held(today, announced), [price(1, 29)], NOW) == []
    assert said(continued(held(today, announced), [price(3, 29)], NOW)) == [(3, 29)]


def test_a_price_added_to_the_past_is_not_taken_for_the_latest() -> None:
    past_added_later = held(price(5, 2), price(1, 10))

    assert continued(past_added_later, [price(1, 29)], NOW) == []


def test_prices_of_the_past_that_are_missing_are_found_between_those_held() -> None:
    known = held(price(1, 5), price(3, 15))

    assert said(completed(known, [price(9, 2), price(1, 6), price(2, 10), price(3, 16)])) == [(9, 2), (2, 10)]


def test_a_price_of_the_past_that_began_earlier_than_known_is_added_at_its_beginning() -> None:
    assert said(completed(held(price(1, 10)), [price(1, 4)])) == [(1, 4)]


nanos_and_days = st.lists(st.tuples(st.integers(1, 3), st.integers(0, 9)), max_size=8)


@given(nanos_and_days, nanos_and_days)
def test_history_completed_once_is_complete(
    before: list[tuple[int, int]], listed: list[tuple[int, int]]
) -> None:
    in_order = sorted({day: nanos for nanos, day in listed}.items())
    prices = [price(nanos, day) for day, nanos in in_order]
    known = sorted(held(*(price(*one) for one in before)), key=lambda row: row.began)

    news = completed(known, prices)
    after = sorted(
        [*known, *(HeldPrice(new.price.effective_time, new.content_hash) for new in news)],
        key=lambda row: row.began,
    )

    assert completed(after, prices) == []


@given(
    st.lists(st.integers(1, 3), min_size=1, max_size=12), st.lists(st.floats(0, 12), min_size=12, max_size=12)
)
def test_a_row_is_kept_for_each_real_change_whatever_times_the_api_puts_on_prices(
    days: list[int], hours_late: list[float]
) -> None:
    rows: list[HeldPrice] = []
    kept = []
    for day, (nanos, late) in enumerate(zip(days, hours_late, strict=False)):
        news = continued(rows, [price(nanos, day - late / 24)], START + day * DAY)
        rows += [HeldPrice(new.price.effective_time, new.content_hash) for new in news]
        kept += [new.price.tiers[0].nanos for new in news]

    changes = [nanos for position, nanos in enumerate(days) if position == 0 or days[position - 1] != nanos]
    assert kept == changes
    assert rows == sorted(rows, key=lambda row: row.began)


@pytest.mark.parametrize("listed", [[price(2, 9)], [price(1, 3), price(2, 9)]])
def test_a_price_without_a_time_is_the_oldest(listed: list[PricingRecord]) -> None:
    assert said(continued(held(price(1, None)), listed, NOW)) == [(2, 9)]
