from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

import grpc
import pytest

from catalog.errors import SourceError, SyncRefusedError
from catalog.models import PricingInfo, PricingUpdate, Sku
from catalog.pricing.list_prices import look_up, snapshot
from catalog.providers.google_cloud.client import DEFAULT_POLICY, ApiSource
from catalog.providers.sample.source import SampleSource
from catalog.sync.backfill import backfill
from catalog.sync.run import sync
from catalog.sync.scope import EVERYTHING, Scope
from tests.catalog.tables import UNCHANGED, last_update, written_tables
from tests.catalog.wire import COMPUTE, STORAGE, Wire, compute, wire_price, wire_rate, wire_service, wire_sku
from tests.harness.fake_billing import FakeBilling, client

pytestmark = pytest.mark.django_db

SINCE = datetime(2026, 1, 1, tzinfo=UTC)
UNTIL = datetime(2026, 4, 15, tzinfo=UTC)


def priced(*prices: tuple[int, str], sku_id: str = "A") -> Wire:
    """A SKU with the given nanos from each day on."""
    timeline = [wire_price(wire_rate(nanos=nanos), effective=f"{day}T12:00:00Z") for nanos, day in prices]
    return wire_sku(sku_id, *timeline)


@pytest.fixture
def billing() -> FakeBilling:
    return FakeBilling(
        [wire_service(COMPUTE), wire_service(STORAGE)],
        {COMPUTE: [priced((1, "2026-01-05"), (2, "2026-02-05"), (3, "2026-04-05"))]},
    )


@pytest.fixture
def source(billing: FakeBilling) -> Iterator[ApiSource]:
    with (
        billing.served() as address,
        ApiSource.open(partial(client, address), 60_000, DEFAULT_POLICY) as source,
    ):
        yield source


def timeline(sku_id: str = "A") -> list[tuple[int, str]]:
    rows = PricingInfo.objects.filter(sku=sku_id).order_by("effective_time", "id")
    return [(row.tiers.get().price_nanos, f"{row.effective_time:%m-%d}") for row in rows]


def test_past_prices_are_added_to_the_stored_ones(source: ApiSource) -> None:
    sync(compute(priced((3, "2026-04-06"))))

    result = backfill(source, EVERYTHING, SINCE, UNTIL)

    assert timeline() == [(1, "01-05"), (2, "02-05"), (3, "04-05"), (3, "04-06")]
    assert (result.update.status, result.update.skus_changed) == (PricingUpdate.Status.COMPLETED, 1)


def test_each_request_is_for_one_month(billing: FakeBilling, source: ApiSource) -> None:
    sync(compute(priced((3, "2026-04-06"))))

    backfill(source, Scope(names=[COMPUTE]), SINCE, UNTIL)

    asked = [call.start_time.date().isoformat() for call in billing.calls[1:]]
    assert asked == ["2026-01-01", "2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01"]


def test_a_second_backfill_adds_nothing(source: ApiSource) -> None:
    sync(compute(priced((3, "2026-04-06"))))
    backfill(source, EVERYTHING, SINCE, UNTIL)

    backfill(source, EVERYTHING, SINCE, UNTIL)

    assert len(timeline()) == 4


def test_the_next_sync_finds_nothing_new(source: ApiSource) -> None:
    sync(compute(priced((3, "2026-04-06"))))
    backfill(source, EVERYTHING, SINCE, UNTIL)

    assert written_tables(compute(priced((3, "2026-04-07")))) == UNCHANGED
    sync(compute(priced((3, "2026-04-08")) | {"description": "N2 Core"}))
    assert len(timeline()) == 4


def test_a_query_about_the_past_uses_the_added_prices(source: ApiSource) -> None:
    sync(compute(priced((3, "2026-04-06"))))
    backfill(source, EVERYTHING, SINCE, UNTIL)

    price = look_up(["A"], snapshot(datetime(2026, 2, 10, tzinfo=UTC), None))["A"].list_price

    assert price is not None
    assert price.tiers[0].price_nanos == 2


def test_skus_missing_from_the_tables_are_ignored(billing: FakeBilling, source: ApiSource) -> None:
    sync(compute(priced((3, "2026-04-06"))))
    billing.skus[COMPUTE].append(priced((1, "2026-01-05"), sku_id="GONE"))

    backfill(source, EVERYTHING, SINCE, UNTIL)

    assert list(Sku.objects.values_list("pk", flat=True)) == ["A"]


def test_a_service_that_fails_halfway_gains_nothing_and_the_others_go_on(
    billing: FakeBilling, source: ApiSource
) -> None:
    billing.services = [wire_service(STORAGE), wire_service(COMPUTE)]
    billing.skus[STORAGE] = [priced((1, "2026-01-05"), sku_id="B")]
    sync(compute(priced((3, "2026-04-06")), priced((3, "2026-04-06"), sku_id="B")))
    billing.failures[f"services/{STORAGE}"] += [lambda: None, grpc.StatusCode.PERMISSION_DENIED]

    result = backfill(source, EVERYTHING, SINCE, UNTIL)

    assert result.failures.keys() == {STORAGE}
    assert timeline("B") == [(3, "04-06")]
    assert len(timeline("A")) == 4


def test_a_backfill_that_can_read_nothing_fails(billing: FakeBilling, source: ApiSource) -> None:
    sync(compute(priced((3, "2026-04-06"))))
    billing.failures[f"services/{COMPUTE}"].append(grpc.StatusCode.PERMISSION_DENIED)

    with pytest.raises(SourceError, match=r"could be read\. Compute Engine \(6F81-5844-456A\): The list"):
        backfill(source, Scope(names=[COMPUTE]), SINCE, UNTIL)

    assert last_update().status == PricingUpdate.Status.FAILED
    assert not last_update().is_full


def test_the_future_is_not_requested(source: ApiSource) -> None:
    sync(compute(priced((3, "2026-04-06"))))

    result = backfill(source, EVERYTHING, datetime.now(UTC), datetime(2999, 1, 1, tzinfo=UTC))

    assert result.failures == {}


@pytest.mark.parametrize("synced", [None, SampleSource()])
def test_a_backfill_without_a_real_price_list_is_refused(source: ApiSource, synced: Any) -> None:
    if synced:
        sync(synced)

    with pytest.raises(SyncRefusedError, match="Sync one first"):
        backfill(source, EVERYTHING, SINCE, UNTIL)
