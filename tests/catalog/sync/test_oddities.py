"""Odd price lists, and how the sync handles them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from catalog.errors import SourceError
from catalog.models import PricingInfo, PricingTier, PricingUpdate, Service, Sku, StagedRows
from catalog.pricing.list_prices import look_up, snapshot
from catalog.sync.run import sync
from tests.catalog.factories import make_update
from tests.catalog.tables import UNCHANGED, last_update, nanos_of, priced, written_tables
from tests.catalog.wire import COMPUTE, STORAGE, Wire, WireSource, compute, wire_price, wire_rate, wire_sku

pytestmark = pytest.mark.django_db


def malformed(sku_id: str) -> Wire:
    return wire_sku(sku_id, wire_price(wire_rate(nanos=10**9)))


def test_a_sku_without_a_price_has_no_price_row() -> None:
    sync(compute(wire_sku("A", pricingInfo=[])))

    assert Sku.objects.count() == 1
    assert PricingInfo.objects.count() == 0


@pytest.mark.parametrize("order", [(COMPUTE, STORAGE), (STORAGE, COMPUTE)])
def test_a_sku_that_moves_to_another_service_is_not_duplicated(order: tuple[str, str]) -> None:
    sync(WireSource({COMPUTE: [priced(1, "A"), priced(1, "B")], STORAGE: [priced(1, "C")]}))
    lists = {COMPUTE: [priced(1, "A")], STORAGE: [priced(1, "C"), priced(1, "B")]}

    sync(WireSource({service_id: lists[service_id] for service_id in order}))

    moved = Sku.objects.get(pk="B")
    assert (moved.service_id, moved.retired_at) == (STORAGE, None)
    assert nanos_of("B") == [1]


def test_a_service_that_fails_keeps_its_prices_and_the_others_go_on() -> None:
    sync(WireSource({COMPUTE: [priced(1, "A")], STORAGE: [priced(1, "B")]}))

    result = sync(WireSource({COMPUTE: SourceError("403 no."), STORAGE: [priced(2, "B")]}))

    assert result.failures == {COMPUTE: "403 no."}
    assert Sku.objects.get(pk="A").retired_at is None
    assert nanos_of("B") == [1, 2]
    assert last_update().status == PricingUpdate.Status.PARTIAL
    assert (last_update().services_synced, last_update().services_failed) == (1, 1)
    assert last_update().error_message == f"Service {COMPUTE} ({COMPUTE}): 403 no."
    assert PricingUpdate.objects.latest_completed() == last_update()


def test_a_malformed_sku_is_skipped_and_named_and_keeps_its_price() -> None:
    sync(compute(priced(1, "A"), priced(1, "X"), priced(1, "Y")))

    result = sync(compute(priced(2, "A"), malformed("X")))

    assert nanos_of("A") == [1, 2]
    assert nanos_of("X") == [1]
    assert set(Sku.objects.offered().values_list("pk", flat=True)) == {"A", "X"}
    assert result.failures == {}
    assert last_update().status == PricingUpdate.Status.PARTIAL
    assert last_update().error_message == (
        f"Service {COMPUTE} ({COMPUTE}): SKU X: nanos must be under 10^9, not 1000000000."
    )


def test_an_entry_without_an_id_lets_no_sku_of_its_service_be_retired() -> None:
    sync(compute(priced(1, "A"), priced(1, "B")))

    sync(compute(priced(2, "A"), {"description": "no id"}))

    assert nanos_of("A") == [1, 2]
    assert Sku.objects.offered().count() == 2


@pytest.mark.parametrize(("good", "bad", "is_skipped"), [(1, 10, True), (1, 11, False), (1089, 11, True)])
def test_a_service_fails_if_over_ten_skus_and_one_percent_are_malformed(
    good: int, bad: int, is_skipped: bool
) -> None:
    sync(compute(priced(1, "A")))
    skus = [*(priced(2, f"G{number}") for number in range(good)), *(malformed(f"X{n}") for n in range(bad))]

    result = sync(WireSource({COMPUTE: [priced(2, "A"), *skus][1 - is_skipped :], STORAGE: [priced(1, "Z")]}))

    assert (result.failures == {}) == is_skipped
    assert nanos_of("A") == ([1, 2] if is_skipped else [1])
    assert Sku.objects.offered().filter(pk="A").exists()


def test_a_service_of_malformed_skus_alone_fails() -> None:
    result = sync(WireSource({COMPUTE: [malformed("X"), malformed("Y")], STORAGE: [priced(1, "Z")]}))

    assert result.failures == {
        COMPUTE: "SKU X: nanos must be under 10^9, not 1000000000 (2 of 2 SKUs are malformed)."
    }


def test_a_withdrawn_price_is_no_longer_quoted() -> None:
    sync(compute(priced(1)))
    before = datetime.now(UTC)

    sync(compute(wire_sku("A", pricingInfo=[])))
    sync(compute(wire_sku("A", pricingInfo=[], description="N2 Core")))

    now = look_up(["A"], snapshot(None, None))["A"]
    assert now.list_price is None
    assert [len(price.tiers) for price in now.history] == [0, 1]
    taken_back = now.history[0].info
    assert (taken_back.usage_unit, taken_back.base_unit_conversion_factor) == ("", "1")
    assert taken_back.aggregation_level is None
    then = look_up(["A"], snapshot(before, None))["A"].list_price
    assert then is not None
    assert then.tiers[0].price_nanos == 1


def test_a_negative_price_is_stored_unchanged() -> None:
    sync(compute(wire_sku("A", wire_price(wire_rate("-1", -500_000_000)))))

    tier = PricingTier.objects.get()
    assert (tier.price_units, tier.price_nanos) == ("-1", -500_000_000)


def test_a_sku_priced_in_another_currency_is_counted_and_left_unchanged() -> None:
    sync(compute(priced(1, "A"), priced(1, "B")))
    euros = wire_sku("A", wire_price(wire_rate(nanos=7, currency="EUR")))

    result = sync(compute(euros, priced(1, "B")))

    assert result.skus_skipped == 1
    assert nanos_of("A") == [1]
    assert Sku.objects.offered().count() == 2
    assert last_update().skus_synced == 1


def test_the_first_entry_of_a_repeated_sku_counts() -> None:
    sync(compute(priced(1), priced(2)))
    assert nanos_of("A") == [1]
    assert (last_update().skus_synced, last_update().pricing_records_synced) == (1, 1)

    assert written_tables(compute(priced(1), priced(2))) == UNCHANGED


def test_a_future_price_is_stored_and_the_current_one_stays_in_effect() -> None:
    sync(compute(priced(1)))
    announced = wire_price(wire_rate(nanos=2), effective="2999-01-01T00:00:00Z")

    sync(compute(wire_sku("A", announced)))

    assert nanos_of("A") == [1, 2]
    quoted = look_up(["A"], snapshot(None, None))["A"].list_price
    assert quoted is not None
    assert quoted.tiers[0].price_nanos == 1


def test_tiers_out_of_order_are_the_same_price_as_in_order() -> None:
    rates = [wire_rate(nanos=3, start=0), wire_rate(nanos=2, start=10), wire_rate(nanos=1, start=20)]
    sync(compute(wire_sku("A", wire_price(*rates))))

    written = written_tables(compute(wire_sku("A", wire_price(*reversed(rates)))))

    assert written == UNCHANGED
    assert list(PricingTier.objects.values_list("price_nanos", flat=True)) == [3, 2, 1]


def test_fields_that_google_adds_are_stored_and_compared() -> None:
    sync(compute(priced(1, category={"resourceFamily": "Compute", "carbon": "low"})))

    update = sync(compute(priced(1, category={"resourceFamily": "Compute", "carbon": "lower"}))).update

    assert Sku.objects.get().category_json == {"resourceFamily": "Compute", "carbon": "lower"}
    assert update.skus_changed == 1


def test_two_skus_with_the_same_name_stay_separate() -> None:
    sync(compute(priced(1, "A"), priced(2, "B")))

    assert Sku.objects.filter(display_name="N2 Instance Core running in Frankfurt").count() == 2


def test_two_services_with_the_same_name_stay_separate() -> None:
    source = WireSource({COMPUTE: [priced(1, "A")], STORAGE: [priced(1, "B")]})
    source.names = dict.fromkeys((COMPUTE, STORAGE), "Engine")

    sync(source)

    assert Service.objects.filter(display_name="Engine").count() == 2


def test_a_sku_listed_by_two_services_belongs_to_the_first_and_is_written_once() -> None:
    source = WireSource({COMPUTE: [priced(1, "A")], STORAGE: [priced(2, "A")]})
    sync(source)

    assert Sku.objects.get().service_id == COMPUTE
    assert nanos_of("A") == [1]
    assert written_tables(source) == UNCHANGED


def test_a_price_that_returns_within_the_hour_is_quoted_despite_its_older_time() -> None:
    price = wire_price(wire_rate(nanos=1), effective="2026-01-01T00:00:00Z")
    for prices in ([price], [], [price]):
        sync(compute(wire_sku("A", pricingInfo=prices)))

    quoted = look_up(["A"], snapshot(None, None))["A"].list_price
    assert quoted is not None
    assert quoted.tiers[0].price_nanos == 1


def test_a_service_that_fails_halfway_leaves_nothing_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("catalog.sync.writer.CHUNK", 2)
    sync(compute(priced(1, "A")))
    broken = [malformed(f"X{number}") for number in range(11)]

    sync(WireSource({COMPUTE: [*(priced(2, name) for name in "ABCDE"), *broken], STORAGE: [priced(1, "Z")]}))

    assert set(Sku.objects.values_list("pk", flat=True)) == {"A", "Z"}
    assert nanos_of("A") == [1]
    assert not StagedRows.objects.exists()


def test_a_service_larger_than_a_chunk_is_written_completely(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalog.sync.writer.CHUNK", 2)
    tiers = [wire_rate(nanos=1), wire_rate(nanos=2, start=5)]

    sync(compute(*(wire_sku(name, wire_price(*tiers)) for name in "ABCDE")))

    rows = PricingTier.objects.order_by("pricing_info__sku", "start_usage_amount")
    assert [(row.pricing_info.sku_id, row.price_nanos) for row in rows] == [
        (name, nanos) for name in "ABCDE" for nanos in (1, 2)
    ]
    assert not StagedRows.objects.exists()


def test_staged_rows_of_a_killed_run_are_deleted() -> None:
    StagedRows.objects.create(update=make_update(status="failed"), kind="skus", rows="[]")

    sync(compute(priced(1)))

    assert not StagedRows.objects.exists()
