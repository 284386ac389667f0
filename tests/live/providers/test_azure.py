"""Azure's own clients, against an HTTP server on loopback."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from live.errors import CollectError
from live.providers import azure as provider
from live.providers.azure import AzureMonitor, open_source
from live.providers.source import Measure, Reading, Requests, Series, minute_of
from tests.harness.fake_azure_monitor import SUBSCRIPTION, Deployed, FakeAzure

START = datetime(2026, 11, 28, 14, 0, tzinfo=UTC)
END = START + timedelta(minutes=10)
PROMPT, GENERATED, CALLS = "ProcessedPromptTokens", "GeneratedTokens", "AzureOpenAIRequests"


def read(azure: FakeAzure, requests: Requests | None = None) -> Reading:
    return AzureMonitor(SUBSCRIPTION, azure.client()).read(START, END, requests or Requests())


def one(metric: str = PROMPT, value: float | None = 1, **values: str) -> Deployed:
    return Deployed(**{"model": "gpt-4o", **values}, counts={metric: {START: value}})


def names(reading: Reading) -> Mapping[tuple[str, str], int]:
    return {(series.deployment, series.name): value for (series, _), value in reading.points.items()}


def test_a_deployment_is_counted_as_the_model_that_it_has(azure: FakeAzure) -> None:
    counts = {PROMPT: {START: 3000.0}, GENERATED: {START: 500.0}, CALLS: {START: 4.0}}
    azure.accounts = {"acc": ("East US 2", {"prod": Deployed("gpt-4o", "2024-11-20", counts=counts)})}

    points = read(azure).points

    same = {
        "account": SUBSCRIPTION,
        "region": "eastus2",
        "name": "gpt-4o",
        "deployment": "acc/prod",
        "version": "2024-11-20",
    }
    minute = minute_of(START)
    assert points == {
        (Series(**same, measure=Measure.TOKENS, direction="Input", scope="global"), minute): 3000,
        (
            Series(**same, measure=Measure.TOKENS, direction="Output", cache="Uncached", scope="global"),
            minute,
        ): 500,
        (Series(**same, measure=Measure.REQUESTS), minute): 4,
    }


@pytest.mark.parametrize(
    ("sku", "tier", "scope"),
    [
        ("Standard", "", "regional"),
        ("DataZoneStandard", "", "geo"),
        ("GlobalBatch", "batch", "global"),
        ("ProvisionedManaged", "provisioned", "regional"),
        ("NewSku", "", ""),
    ],
)
def test_how_a_deployment_is_sold_says_tier_and_scope(
    azure: FakeAzure, sku: str, tier: str, scope: str
) -> None:
    azure.accounts = {"acc": ("eastus2", {"prod": one(sku=sku)})}

    [(series, _)] = read(azure).points

    assert (series.tier, series.scope) == (tier, scope)


def test_accounts_of_several_regions_are_told_apart(azure: FakeAzure) -> None:
    azure.accounts = {
        "one": ("eastus2", {"chat": one(value=1)}),
        "two": ("eastus2", {"chat": one(value=2, model="gpt-4.1")}),
        "three": ("swedencentral", {"chat": one(value=3, model="o3")}),
        "empty": ("eastus2", {}),
    }

    assert names(read(azure, requests := Requests())) == {
        ("one/chat", "gpt-4o"): 1,
        ("two/chat", "gpt-4.1"): 2,
        ("three/chat", "o3"): 3,
    }
    # One query a region; an account without deployments is not asked for.
    assert (requests.calls["getBatch"], requests.units["getBatch"]) == (2, 3)


def test_more_accounts_than_one_query_takes_are_all_read(
    azure: FakeAzure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provider, "_BATCH", 2)
    azure.accounts = {f"acc{at}": ("eastus2", {"chat": one(value=at + 1)}) for at in range(5)}

    assert sorted(names(read(azure)).values()) == [1, 2, 3, 4, 5]


def test_more_than_ten_deployments_are_all_counted(azure: FakeAzure) -> None:
    azure.accounts = {"acc": ("eastus2", {f"d{at}": one(value=1) for at in range(25)})}

    assert len(read(azure).points) == 25


def test_a_minute_without_a_total_is_not_one_of_none(azure: FakeAzure) -> None:
    azure.accounts = {"acc": ("eastus2", {"late": one(value=None), "idle": one(value=0)})}

    assert names(read(azure)) == {("acc/idle", "gpt-4o"): 0}


def test_a_deployment_that_is_deleted_keeps_its_name_and_has_no_model(azure: FakeAzure) -> None:
    azure.accounts = {"acc": ("eastus2", {"chat": one()})}
    azure.unlisted = {"acc": {"gone": one(value=7)}}

    assert names(read(azure))["acc/gone", "gone"] == 7


@pytest.mark.parametrize(
    ("status", "said"),
    [(403, "Monitoring Reader"), (404, "no subscription"), (400, "it says 400")],
)
def test_a_refusal_says_what_to_do(azure: FakeAzure, status: int, said: str) -> None:
    azure.status = status

    with pytest.raises(CollectError, match=said):
        read(azure)


def test_a_server_that_is_down_is_asked_again_and_then_said_to_be(
    azure: FakeAzure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("azure.core.pipeline.policies.RetryPolicy.sleep", lambda *_, **__: None)
    azure.status = 503

    with pytest.raises(CollectError, match="in spite of retries"):
        read(azure)
    assert len(azure.asked) > 1


@pytest.mark.parametrize(
    "location", ["azure-monitor://", "azure-monitor://name", f"azure-monitor://{SUBSCRIPTION}/x"]
)
def test_a_location_that_is_no_subscription_is_refused(location: str) -> None:
    with pytest.raises(CollectError, match="write azure-monitor://SUBSCRIPTION"):
        open_source(location)
