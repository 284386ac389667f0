from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import timezone
from prometheus_client import CollectorRegistry, generate_latest
from pytest_django.fixtures import Settings

from costs.store import configured
from live import now
from live.idle import idle_capacity
from live.models import LiveRun, LiveSource
from live.providers.source import floor_minute
from pricing_site.database_state import DatabaseState
from tests.costs.stores import MemoryStore, charge
from tests.live.scripted import INPUT, Cloud, Clouds, bill, make_source

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
PREFIX = "cloud_pricing_live_"


@pytest.fixture(autouse=True)
def priced(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.COSTS_DIR = tmp_path / "lake"
    monkeypatch.setattr(configured, "open_store", bill)


def used(*names: str) -> Clouds:
    """A cloud that was read just now, on which each name had a million tokens five minutes ago."""
    source, cloud, at = make_source(), Cloud(), floor_minute(timezone.now())
    for name in names:
        cloud.tell(at - 5 * MINUTE, 1_000_000, INPUT._replace(name=name))
    clouds = Clouds({source.location: cloud})
    clouds.collect(at)
    return clouds


def metrics() -> Mapping[str, float]:
    registry = CollectorRegistry()
    registry.register(DatabaseState())
    lines = [line for line in generate_latest(registry).decode().splitlines() if line.startswith(PREFIX)]
    return {
        line.rpartition(" ")[0].removeprefix(PREFIX): float(line.rpartition(" ")[2])
        for line in lines
        if not line.startswith("#")
    }


def test_an_hour_at_the_pace_of_now_is_told_by_model_and_cloud() -> None:
    used("amazon.nova-lite-v1:0", "secret-name", "other-name")

    found = metrics()

    assert found['cost_per_hour{cloud="aws",currency="USD",model="nova-lite"}'] == 0.24
    assert found['tokens_per_hour{cloud="aws",model="nova-lite"}'] == 4_000_000
    # Names that no table of models has are one label together.
    assert found['unpriced_tokens_per_hour{cloud="aws",model="(unmapped)"}'] == 8_000_000
    assert found['tokens_per_hour{cloud="aws",model="(others)"}'] == 0
    assert not [name for name in found if "secret" in name]
    assert 180 <= found['lag_seconds{cloud="aws"}'] < 400
    assert found['pace_known{cloud="aws"}'] == 1
    assert (found['collections{outcome="completed"}'], found['collections{outcome="failed"}']) == (1, 0)
    assert found['source_late{cloud="aws",source="aws"}'] == 0


def test_models_beyond_those_that_are_named_are_added_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(now, "MAX_ROWS", 1)
    used("amazon.nova-lite-v1:0", "unknown")

    found = metrics()

    assert found['unpriced_tokens_per_hour{cloud="aws",model="(unmapped)"}'] == 4_000_000
    assert found['tokens_per_hour{cloud="aws",model="(others)"}'] == 4_000_000
    assert found['cost_per_hour{cloud="aws",currency="USD",model="(others)"}'] == 0.24


def test_a_cloud_that_is_late_has_no_cost_rather_than_none() -> None:
    used("amazon.nova-lite-v1:0")
    make_source("eu", "eu-west-1")

    found = metrics()

    assert (found['pace_known{cloud="aws"}'], found['source_late{cloud="aws",source="eu"}']) == (0, 1)
    assert not [name for name in found if name.startswith(("cost_per_hour", "tokens_per_hour"))]


def test_calls_that_were_sent_are_no_source_that_is_collected() -> None:
    used("amazon.nova-lite-v1:0")
    at = timezone.now()
    for name, kind, location in (("demo-calls", "demo", "demo://calls"), ("calls-7", "calls", "calls://7")):
        LiveSource.objects.create(name=name, kind=kind, location=location, is_enabled=True, through=at)

    found = [name for name in metrics() if name.startswith("source_")]

    assert len(found) == 3
    assert all('cloud="aws",source="aws"' in name for name in found)


def test_a_collection_that_failed_is_counted() -> None:
    at = timezone.now()
    LiveRun.objects.create(started_at=at, heartbeat_at=at, finished_at=at, error="Stopped.")
    LiveRun.objects.create(started_at=at, heartbeat_at=at, finished_at=at, failed=1)

    found = metrics()

    counts = [found[f'collections{{outcome="{each}"}}'] for each in ("failed", "partial", "completed")]
    assert counts == [1, 1, 0]


def paid(**values: str) -> MemoryStore:
    """Yesterday's bill of provisioned throughput, 480 USD."""
    day = f"{(timezone.now() - timedelta(days=1)).date()}"
    same = {
        "x_UsageKind": "provisioned-throughput",
        "x_ServiceTier": "provisioned",
        "SubAccountId": "111122223333",
    }
    return MemoryStore([charge(day, "480", **{**same, **values})])


def test_capacity_that_is_paid_and_not_used_is_told_where_it_is_collected() -> None:
    used("amazon.nova-lite-v1:0")
    at = timezone.now()

    assert idle_capacity(paid(), at) == {("aws", "USD"): Decimal(480)}
    assert idle_capacity(paid(SubAccountId="another"), at) == {}
    assert idle_capacity(bill(), at) == {}


def test_capacity_that_is_used_or_of_which_minutes_are_missing_is_not_idle() -> None:
    clouds = used("amazon.nova-lite-v1:0")
    [cloud] = clouds.by_location.values()
    make_source("eu", "eu-west-1")
    assert idle_capacity(paid(), timezone.now()) == {}

    clouds.by_location["cloudwatch://eu-west-1"] = Cloud()
    clouds.collect(timezone.now())
    assert idle_capacity(paid(), timezone.now()) != {}
    cloud.tell(timezone.now() - 9 * MINUTE, 5, INPUT._replace(tier="provisioned"))
    clouds.collect(timezone.now())
    assert idle_capacity(paid(), timezone.now()) == {}
