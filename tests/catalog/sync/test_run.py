from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from catalog.errors import SourceError, SyncRefusedError
from catalog.models import PricingInfo, PricingUpdate, Service, Sku
from catalog.providers.google_cloud.parse import parse_sku
from catalog.providers.sample.source import SampleSource
from catalog.sync.run import sync
from tests.catalog.tables import UNCHANGED, last_update, nanos_of, priced, written_tables
from tests.catalog.wire import (
    COMPUTE,
    STORAGE,
    Wire,
    WireSource,
    compute,
    wire_price,
    wire_rate,
    wire_sku,
)

pytestmark = pytest.mark.django_db


def test_a_first_sync_fills_all_tables() -> None:
    price = wire_price(wire_rate("0", 0), wire_rate("1", 5, start=100))
    price["aggregationInfo"] = {"aggregationLevel": "ACCOUNT"}
    price["pricingExpression"] |= {"baseUnitConversionFactor": 2.8759101014016e15, "displayQuantity": 0.1}

    update = sync(compute(wire_sku("A", price))).update

    service, sku = Service.objects.get(), Sku.objects.get()
    assert (service.pk, service.display_name) == (COMPUTE, f"Service {COMPUTE}")
    assert sku.service == service
    assert sku.display_name == "N2 Instance Core running in Frankfurt"
    assert sku.description == "Compute Engine CPU, on demand, per hour, Frankfurt (europe-west3)"
    assert sku.service_regions == sku.geo_taxonomy_regions == ["europe-west3"]
    assert sku.last_seen_update == update
    assert sku.retired_at is None
    info = sku.pricing.get()
    assert info.effective_time == datetime(2023, 10, 30, tzinfo=UTC)
    assert info.pricing_expression_json == price["pricingExpression"]
    assert info.aggregation_json == {"aggregationLevel": "ACCOUNT"}
    assert (info.usage_unit, info.usage_unit_description) == ("h", "hour")
    assert (info.base_unit, info.base_unit_description) == ("s", "second")
    assert (info.base_unit_conversion_factor, info.display_quantity) == ("2875910101401600", "0.1")
    assert (info.aggregation_level, info.aggregation_interval, info.aggregation_count) == ("ACCOUNT", "", 1)
    assert [(tier.start_usage_amount, tier.price_units, tier.price_nanos) for tier in info.tiers.all()] == [
        (0, "0", 0),
        (100, "1", 5),
    ]


def test_a_run_records_its_counts() -> None:
    sync(compute(priced(1, "A"), priced(1, "B")))

    sync(WireSource({COMPUTE: [priced(2, "A"), priced(1, "C")], STORAGE: []}))

    update = last_update()
    assert update.status == PricingUpdate.Status.COMPLETED
    assert update.source == "folder"
    assert update.completed_at
    assert update.started_at < update.completed_at
    assert (update.services_synced, update.services_failed) == (2, 0)
    assert (update.skus_synced, update.pricing_records_synced) == (2, 2)
    assert (update.skus_changed, update.skus_retired) == (2, 1)
    assert update.error_message is None


def test_a_service_moved_in_several_statements_is_written_completely(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("catalog.sync.writer.CHUNK", 2)
    monkeypatch.setattr("catalog.sync.staging.ROWS_PER_STATEMENT", 4)
    names = "ABCDEFG"

    sync(compute(*(priced(nanos, name) for nanos, name in enumerate(names, 1))))
    sync(compute(*(priced(nanos, name) for nanos, name in enumerate(names, 11))))

    assert {name: nanos_of(name) for name in names} == {
        name: [nanos, nanos + 10] for nanos, name in enumerate(names, 1)
    }


def test_an_unchanged_list_writes_only_the_runs_own_row() -> None:
    source = WireSource({COMPUTE: [priced(1, "A"), priced(1, "B")], STORAGE: [priced(1, "C")]})
    sync(source)

    assert written_tables(source) == UNCHANGED


def test_a_service_without_skus_takes_no_query() -> None:
    empty = {f"0000-0000-{number:04}": list[Wire]() for number in range(50)}
    sync(WireSource({COMPUTE: [priced(1)], **empty}))

    with CaptureQueriesContext(connection) as queries:
        sync(WireSource({COMPUTE: [priced(1)], **empty}))

    assert len(queries) < 20


def test_a_price_with_only_a_new_effective_time_writes_nothing() -> None:
    sync(compute(wire_sku("A", wire_price(effective="2025-01-01T00:00:00Z"))))

    written = written_tables(compute(wire_sku("A", wire_price(effective="2025-01-02T11:00:00Z"))))

    assert written == UNCHANGED


def test_a_price_that_changes_and_changes_back_has_three_rows() -> None:
    for nanos in (1, 2, 1):
        sync(compute(priced(nanos, "A"), priced(9, "B")))

    assert nanos_of("A") == [1, 2, 1]
    assert nanos_of("B") == [9]


def test_a_new_name_is_written_without_a_new_price_row() -> None:
    sync(compute(priced(1)))

    update = sync(compute(priced(1, description="N2 Core"))).update

    sku = Sku.objects.get()
    assert (sku.display_name, sku.last_seen_update) == ("N2 Core", update)
    assert nanos_of("A") == [1]


def test_a_renamed_service_is_renamed_in_the_tables() -> None:
    sync(compute(priced(1)))
    source = compute(priced(1))
    source.names[COMPUTE] = "Engines 🚀"

    sync(source)

    assert Service.objects.get().display_name == "Engines 🚀"


def test_a_timeline_of_prices_is_stored_in_order_and_continued() -> None:
    first, second, third = (wire_price(wire_rate(nanos=nanos)) for nanos in (1, 2, 3))
    sync(compute(wire_sku("A", first, first, second)))
    assert nanos_of("A") == [1, 2]

    sync(compute(wire_sku("A", first, second, third)))

    assert nanos_of("A") == [1, 2, 3]


def test_a_sku_that_is_no_longer_listed_is_retired_and_comes_back_with_its_history() -> None:
    both = compute(priced(1, "A"), priced(1, "B"))
    sync(both)

    sync(compute(priced(1, "A")))
    assert Sku.objects.get(pk="B").retired_at
    assert written_tables(compute(priced(1, "A"))) == UNCHANGED

    sync(both)
    assert Sku.objects.get(pk="B").retired_at is None
    assert nanos_of("B") == [1]


def test_an_empty_list_retires_nothing() -> None:
    sync(WireSource({COMPUTE: [priced(1, "A")], STORAGE: [priced(1, "B")]}))

    update = sync(WireSource({COMPUTE: [], STORAGE: [priced(1, "B")]})).update

    assert Sku.objects.offered().count() == 2
    assert update.skus_retired == 0


def test_the_sample_does_not_replace_a_real_price_list() -> None:
    sync(compute(priced(1)))

    with pytest.raises(SyncRefusedError, match="contains a real price list"):
        sync(SampleSource())

    assert Sku.objects.offered().count() == 1
    assert PricingUpdate.objects.count() == 1


def test_a_real_price_list_removes_the_whole_sample() -> None:
    sync(SampleSource())
    sync(SampleSource())
    sample_sku = Sku.objects.filter(service_id=COMPUTE).values_list("pk", flat=True)[0]

    sync(compute(priced(1, sample_sku)))

    assert list(Sku.objects.values_list("pk", flat=True)) == [sample_sku]
    assert PricingInfo.objects.count() == 1
    assert nanos_of(sample_sku) == [1]


@pytest.mark.parametrize("failure", [SourceError("503 out of order."), KeyboardInterrupt()])
def test_a_failed_real_price_list_leaves_the_sample_in_place(failure: BaseException) -> None:
    sync(SampleSource())
    prices = PricingInfo.objects.count()

    with pytest.raises(type(failure)):
        sync(WireSource({COMPUTE: failure}, "api"))

    assert Sku.objects.from_sample().count() == Sku.objects.count() == prices


@pytest.mark.parametrize("skus", [[], SourceError("503 out of order.")])
def test_an_empty_or_unreadable_source_fails_and_changes_nothing(skus: Any) -> None:
    sync(compute(priced(1)))

    with pytest.raises(SourceError, match="The price list cannot be used"):
        sync(WireSource({STORAGE: skus}))

    assert set(Service.objects.values_list("pk", flat=True)) == {COMPUTE}
    assert Sku.objects.offered().count() == 1
    assert last_update().status == PricingUpdate.Status.FAILED
    assert "The price list cannot be used" in (last_update().error_message or "")


def test_a_failed_write_leaves_the_service_unchanged() -> None:
    sync(compute(priced(1)))
    nameless = replace(parse_sku(priced(1, "B"), COMPUTE), service_provider_name=None)  # type: ignore[arg-type]

    with pytest.raises(IntegrityError):
        sync(compute(priced(2), nameless))

    assert nanos_of("A") == [1]
    assert last_update().status == PricingUpdate.Status.FAILED
    assert "IntegrityError" in (last_update().error_message or "")


def test_ctrl_c_marks_the_run_failed_and_is_raised() -> None:
    with pytest.raises(KeyboardInterrupt):
        sync(WireSource({COMPUTE: [priced(1, "A")], STORAGE: KeyboardInterrupt()}))

    assert (last_update().status, last_update().error_message) == ("failed", "Interrupted.")
    assert last_update().skus_synced == 1
    assert Sku.objects.count() == 1
