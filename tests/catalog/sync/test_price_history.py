from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.providers.google_cloud.parse import parse_sku
from catalog.providers.records import PricingRecord
from catalog.sync.content_hash import price_hash
from catalog.sync.price_history import NewPrice, StoredPrice, missing_past_prices, new_prices
from tests.catalog.wire import COMPUTE, wire_price, wire_rate, wire_sku

DAY = timedelta(days=1)
START = datetime(2026, 1, 1, tzinfo=UTC)
NOW = START + 30 * DAY


def price(nanos: int, day: float | None = 0) -> PricingRecord:
    """A price of `nanos` that took effect on the given day of January 2026."""
    effective = "" if day is None else (START + day * DAY).isoformat()
    return parse_sku(wire_sku("A", wire_price(wire_rate(nanos=nanos), effective=effective)), COMPUTE).pricing[
        0
    ]


def stored(*prices: PricingRecord) -> list[StoredPrice]:
    return [StoredPrice(price.effective_time, price_hash(price)) for price in prices]


def nanos_and_days(changes: list[NewPrice]) -> list[tuple[int, float]]:
    """Nanos and day of each price."""
    return [
        (new.price.tiers[0].nanos, (new.price.effective_time - START) / DAY)
        for new in changes
        if new.price.effective_time
    ]


def test_the_first_price_of_a_sku_is_new() -> None:
    assert nanos_and_days(new_prices([], [price(1, 3)], NOW)) == [(1, 3)]


def test_a_price_with_only_a_new_time_is_not_new() -> None:
    assert new_prices(stored(price(1, 3)), [price(1, 4)], NOW) == []
    assert new_prices(stored(price(1, 3)), [price(1, 2)], NOW) == []
    assert new_prices(stored(price(1, 3)), [price(1, None)], NOW) == []


def test_a_price_that_came_back_is_new_again() -> None:
    assert nanos_and_days(new_prices(stored(price(1, 3), price(2, 4)), [price(1, 5)], NOW)) == [(1, 5)]


def test_the_prices_after_the_latest_stored_one_are_new() -> None:
    listed = [price(1, 1), price(2, 2), price(2, 2.5), price(3, 4)]

    assert nanos_and_days(new_prices(stored(price(1, 1)), listed, NOW)) == [(2, 2), (3, 4)]
    assert nanos_and_days(new_prices(stored(price(9, 0)), listed, NOW)) == [(1, 1), (2, 2), (3, 4)]


def test_a_listed_price_never_takes_effect_before_the_one_it_replaces() -> None:
    assert nanos_and_days(new_prices(stored(price(1, 10)), [price(2, 9.5)], NOW)) == [(2, 10)]
    assert nanos_and_days(new_prices(stored(price(1, 10)), [price(2, None)], NOW)) == [(2, 10)]


def test_a_withdrawn_price_is_followed_by_one_empty_price() -> None:
    [empty] = new_prices(stored(price(1, 3)), [], NOW)

    assert (empty.price.effective_time, empty.price.expression, empty.price.tiers) == (NOW, {}, ())
    assert new_prices([*stored(price(1, 3)), StoredPrice(NOW, empty.content_hash)], [], NOW + DAY) == []
    assert new_prices([], [], NOW) == []


def test_an_announced_price_is_new_once_and_leaves_the_current_one_alone() -> None:
    today, announced = price(1, 1), price(2, 60)

    assert nanos_and_days(new_prices(stored(today), [announced], NOW)) == [(2, 60)]
    assert new_prices(stored(today, announced), [announced], NOW) == []
    assert new_prices(stored(today, announced), [price(1, 29)], NOW) == []
    assert nanos_and_days(new_prices(stored(today, announced), [price(3, 29)], NOW)) == [(3, 29)]


def test_a_past_price_added_later_is_not_mistaken_for_the_latest() -> None:
    past_added_later = stored(price(5, 2), price(1, 10))

    assert new_prices(past_added_later, [price(1, 29)], NOW) == []


def test_missing_past_prices_are_found_between_stored_ones() -> None:
    known = stored(price(1, 5), price(3, 15))
    listed = [price(9, 2), price(1, 6), price(2, 10), price(3, 16)]

    assert nanos_and_days(missing_past_prices(known, listed)) == [(9, 2), (2, 10)]


def test_a_past_price_that_began_earlier_than_stored_is_added_at_its_start() -> None:
    assert nanos_and_days(missing_past_prices(stored(price(1, 10)), [price(1, 4)])) == [(1, 4)]


timelines = st.lists(st.tuples(st.integers(1, 3), st.integers(0, 9)), max_size=8)


@given(timelines, timelines)
def test_a_second_backfill_of_the_same_history_finds_nothing(
    before: list[tuple[int, int]], listed: list[tuple[int, int]]
) -> None:
    in_order = sorted({day: nanos for nanos, day in listed}.items())
    prices = [price(nanos, day) for day, nanos in in_order]
    known = sorted(stored(*(price(*one) for one in before)), key=lambda row: row.began)

    changes = missing_past_prices(known, prices)
    after = sorted(
        [*known, *(StoredPrice(new.price.effective_time, new.content_hash) for new in changes)],
        key=lambda row: row.began,
    )

    assert missing_past_prices(after, prices) == []


@given(
    st.lists(st.integers(1, 3), min_size=1, max_size=12), st.lists(st.floats(0, 12), min_size=12, max_size=12)
)
def test_each_real_change_adds_one_row_at_any_times_that_the_api_reports(
    days: list[int], hours_late: list[float]
) -> None:
    rows: list[StoredPrice] = []
    kept = []
    for day, (nanos, late) in enumerate(zip(days, hours_late, strict=False)):
        changes = new_prices(rows, [price(nanos, day - late / 24)], START + day * DAY)
        rows += [StoredPrice(new.price.effective_time, new.content_hash) for new in changes]
        kept += [new.price.tiers[0].nanos for new in changes]

    real_changes = [
        nanos for position, nanos in enumerate(days) if position == 0 or days[position - 1] != nanos
    ]
    assert kept == real_changes
    assert rows == sorted(rows, key=lambda row: row.began)


@pytest.mark.parametrize("listed", [[price(2, 9)], [price(1, 3), price(2, 9)]])
def test_a_price_without_a_time_is_the_oldest(listed: list[PricingRecord]) -> None:
    assert nanos_and_days(new_prices(stored(price(1, None)), listed, NOW)) == [(2, 9)]
