"""Cloud Monitoring's own client, against a gRPC server on loopback."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import grpc
import pytest

from live.errors import CollectError
from live.providers.google_cloud import CloudMonitoring, open_source
from live.providers.source import Measure, Reading, Requests, Series, minute_of
from tests.harness.fake_monitoring import FakeMonitoring, Measured, minutes, tokens

START = datetime(2026, 11, 28, 14, 0, tzinfo=UTC)
END = START + timedelta(minutes=10)


def read(monitoring: FakeMonitoring, requests: Requests | None = None) -> Reading:
    return CloudMonitoring("proj-alpha", monitoring.client()).read(START, END, requests or Requests())


def by_kind(reading: Reading) -> Mapping[tuple[str, str, str, str], int]:
    return {
        (series.direction, series.cache, series.tier, series.scope): value
        for (series, _), value in reading.points.items()
    }


def test_a_point_is_of_the_minute_that_it_ends(monitoring: FakeMonitoring) -> None:
    monitoring.series = [tokens("input", minutes(START, [40000, 5]))]

    found = read(monitoring).points

    assert {minute - minute_of(START): value for (_, minute), value in found.items()} == {0: 40000, 1: 5}


def test_each_minute_is_asked_for_as_a_sum_of_its_own(monitoring: FakeMonitoring) -> None:
    read(monitoring)

    [first, _] = monitoring.asked
    assert first.name == "projects/proj-alpha"
    assert first.aggregation.per_series_aligner.name == "ALIGN_DELTA"
    assert first.aggregation.alignment_period == timedelta(minutes=1)


def test_a_series_has_the_project_the_location_and_the_model(monitoring: FakeMonitoring) -> None:
    monitoring.series = [tokens("output", {START: 1}, request_type="shared")]

    [(series, _)] = read(monitoring).points

    assert series == Series(
        account="proj-alpha",
        region="us-central1",
        name="gemini-2.5-pro",
        measure=Measure.TOKENS,
        direction="Output",
        cache="Uncached",
        tier="standard",
        scope="regional",
    )


def test_input_of_google_hides_what_was_cached_and_that_of_partners_does_not(
    monitoring: FakeMonitoring,
) -> None:
    partner = {"model": "claude-opus-4-6", "publisher": "anthropic", "location": "global"}
    monitoring.series = [
        tokens("input", {START: 1}),
        tokens("input", {START: 2}, **partner),
        tokens("cache_read_input", {START: 3}, **partner),
        tokens("cache_write_input", {START: 4}, **partner),
    ]

    assert by_kind(read(monitoring)) == {
        ("Input", "", "", "regional"): 1,
        ("Input", "Uncached", "", "global"): 2,
        ("Input", "Read", "", "global"): 3,
        ("Input", "Write", "", "global"): 4,
    }


def test_batches_and_provisioned_throughput_are_tiers(monitoring: FakeMonitoring) -> None:
    monitoring.series = [
        tokens("output", {START: 1}, source="batch_prediction", location="eu"),
        tokens("output", {START: 2}, request_type="dedicated", location="eu"),
    ]

    assert by_kind(read(monitoring)) == {
        ("Output", "Uncached", "batch", "geo"): 1,
        ("Output", "Uncached", "provisioned", "geo"): 2,
    }


def test_series_that_differ_in_other_labels_are_one(monitoring: FakeMonitoring) -> None:
    monitoring.series = [
        tokens("input", {START: size}, max_token_size=f"{size}") for size in (1000, 2000, 4000)
    ]

    # Three series need two pages.
    assert list(read(monitoring, requests := Requests()).points.values()) == [7000]
    assert requests.calls["ListTimeSeries"] == 3


def test_tokens_of_an_unknown_type_are_counted_without_a_direction(monitoring: FakeMonitoring) -> None:
    monitoring.series = [tokens("thoughts", {START: 9})]

    assert by_kind(read(monitoring)) == {("", "", "", "regional"): 9}


def test_calls_are_counted_as_requests(monitoring: FakeMonitoring) -> None:
    resource = {"model_user_id": "gemini-2.5-pro", "publisher": "google", "location": "us-central1"}
    monitoring.series = [
        Measured("model_invocation_count", {"response_code": code}, resource, {START: 5})
        for code in ("200", "429")
    ]

    [((series, _), value)] = read(monitoring).points.items()

    assert (series.measure, series.direction, value) == (Measure.REQUESTS, "", 10)


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (grpc.StatusCode.PERMISSION_DENIED, "roles/monitoring.viewer"),
        (grpc.StatusCode.NOT_FOUND, "There is no project proj-alpha"),
        (grpc.StatusCode.RESOURCE_EXHAUSTED, "ask no more for now"),
        (grpc.StatusCode.UNAUTHENTICATED, "expired or were revoked"),
        (grpc.StatusCode.INVALID_ARGUMENT, "refuses to tell of proj-alpha"),
    ],
)
def test_a_refusal_says_what_to_do(monitoring: FakeMonitoring, status: Any, said: str) -> None:
    monitoring.refusal = status

    with pytest.raises(CollectError, match=said):
        read(monitoring)


@pytest.mark.parametrize(
    "location", ["monitoring://", "monitoring://A", "monitoring://proj/alpha", "x://proj-alpha"]
)
def test_a_location_that_is_no_project_is_refused(location: str) -> None:
    with pytest.raises(CollectError, match="write monitoring://PROJECT"):
        open_source(location)
