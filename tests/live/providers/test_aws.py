"""CloudWatch as moto has it, read by boto3."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import boto3
import pytest
import requests as http
from werkzeug import Response

from live.errors import CollectError
from live.providers import aws
from live.providers.aws import CloudWatch, open_source
from live.providers.scopes import scope_of
from live.providers.source import Measure, Points, Reading, Requests, Series, floor_minute, minute_of
from tests.harness import moto_server
from tests.harness.moto_server import Door

CLAUDE = "us.anthropic.claude-opus-4-6-v1:0"
NOW = floor_minute(datetime.now(UTC))
START = NOW - timedelta(minutes=10)


@pytest.fixture(autouse=True)
def client(cloudwatch: Door) -> Iterator[Any]:
    with moto_server.of_aws(moto_server.with_key(cloudwatch.url)):
        yield boto3.client("cloudwatch", region_name="us-east-1")
        _reset(cloudwatch)


def _reset(door: Door) -> None:
    door.hook = None
    http.post(f"{door.url}/moto-api/reset", timeout=10)


def put(client: Any, metric: str, values: Mapping[int, float], **dimensions: str) -> None:
    """Values by how many minutes after START they are of."""
    namespace = dimensions.pop("namespace", "AWS/Bedrock")
    found = dimensions or {"ModelId": CLAUDE}
    client.put_metric_data(
        Namespace=namespace,
        MetricData=[
            {
                "MetricName": metric,
                "Dimensions": [{"Name": name, "Value": value} for name, value in found.items()],
                "Timestamp": START + timedelta(minutes=minute, seconds=20),
                "Value": value,
            }
            for minute, value in values.items()
        ],
    )


def read(requests: Requests | None = None, *, region: str = "us-east-1") -> Reading:
    return CloudWatch(region, "").read(START, NOW, requests or Requests())


def tokens(points: Points) -> Mapping[tuple[str, str, str], Sequence[tuple[int, int]]]:
    """Minutes after START with their counts, by name, direction and cache."""
    found: dict[tuple[str, str, str], list[tuple[int, int]]] = {}
    for (series, minute), value in sorted(points.items()):
        if series.measure is Measure.TOKENS:
            key = (series.name, series.direction, series.cache)
            found.setdefault(key, []).append((minute - minute_of(START), value))
    return found


def test_tokens_are_read_by_minute_direction_and_cache(client: Any) -> None:
    put(client, "InputTokenCount", {0: 45000, 3: 100})
    put(client, "OutputTokenCount", {0: 9000})
    put(client, "CacheReadInputTokenCount", {1: 100000})
    put(client, "CacheWriteInputTokenCount", {2: 7})

    assert tokens(read().points) == {
        (CLAUDE, "Input", "Uncached"): [(0, 45000), (3, 100)],
        (CLAUDE, "Output", "Uncached"): [(0, 9000)],
        (CLAUDE, "Input", "Read"): [(1, 100000)],
        (CLAUDE, "Input", "Write"): [(2, 7)],
    }


def test_requests_throttles_and_latency_are_read_as_sums(client: Any) -> None:
    for metric, values in (
        ("Invocations", (1, 1)),
        ("InvocationThrottles", (1,)),
        ("InvocationLatency", (300, 500)),
    ):
        for value in values:
            put(client, metric, {4: value})

    found = {series.measure: value for (series, _), value in read().points.items()}

    assert found == {Measure.REQUESTS: 2, Measure.THROTTLES: 1, Measure.LATENCY_MS: 800}


def test_a_series_has_the_account_the_region_and_the_scope(client: Any) -> None:
    put(client, "InputTokenCount", {0: 1})

    [(series, _)] = read().points

    assert series == Series(
        account="123456789012",
        region="us-east-1",
        name=CLAUDE,
        measure=Measure.TOKENS,
        direction="Input",
        cache="Uncached",
        scope="geo",
    )


def test_the_same_calls_by_further_dimensions_are_not_counted_again(client: Any) -> None:
    put(client, "InputTokenCount", {0: 10})
    put(client, "InputTokenCount", {0: 10}, ModelId=CLAUDE, ServiceTier="default")
    client.put_metric_data(
        Namespace="AWS/Bedrock",
        MetricData=[{"MetricName": "InputTokenCount", "Value": 10, "Timestamp": START}],
    )

    assert sum(read().points.values()) == 10


def test_the_other_endpoint_is_read_and_hides_what_was_cached(client: Any) -> None:
    put(client, "TotalInputTokens", {0: 50}, namespace="AWS/BedrockMantle", Model="openai.gpt-5.5")
    put(
        client,
        "TotalInputTokens",
        {0: 50},
        namespace="AWS/BedrockMantle",
        Project="p",
        Model="openai.gpt-5.5",
    )

    assert tokens(read().points) == {("openai.gpt-5.5", "Input", ""): [(0, 50)]}


def test_another_region_has_other_calls(client: Any) -> None:
    put(client, "InputTokenCount", {0: 1})

    assert read(region="eu-west-1").points == {}


def test_more_metrics_than_one_call_takes_are_all_read(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aws, "QUERIES", 3)
    for at in range(7):
        put(client, "InputTokenCount", {0: at + 1}, ModelId=f"amazon.model-{at}")
    requests = Requests()

    found = read(requests)

    assert sorted(found.points.values()) == [1, 2, 3, 4, 5, 6, 7]
    assert (requests.calls["GetMetricData"], requests.units["GetMetricData"]) == (3, 7)


def test_what_a_call_costs_is_known_by_the_metrics_that_it_asks_for() -> None:
    tariff = CloudWatch.tariffs["GetMetricData"]

    assert tariff.unit_price * 1000 == Decimal("0.01")
    assert "aws.amazon.com/cloudwatch/pricing" in tariff.source


def test_a_role_of_another_account_is_assumed(client: Any) -> None:
    role = "arn:aws:iam::999988887777:role/reader"
    put(client, "InputTokenCount", {0: 1})

    CloudWatch("us-east-1", role).read(START, NOW, requests := Requests())

    assert requests.calls["AssumeRole"] == 1


@pytest.mark.parametrize(
    ("code", "status", "said"),
    [
        (
            "AccessDenied",
            403,
            "CloudWatch in us-east-1 may not be read: give the credentials sts:GetCallerIdentity.",
        ),
        ("InvalidClientTokenId", 403, "does not accept the credentials"),
        ("Throttling", 400, "throttled or down in spite of retries"),
    ],
)
def test_a_refusal_says_what_to_do(cloudwatch: Door, code: str, status: int, said: str) -> None:
    body = f"<ErrorResponse><Error><Code>{code}</Code><Message>no</Message></Error></ErrorResponse>"
    cloudwatch.hook = lambda _: Response(body, status, content_type="text/xml")

    with pytest.raises(CollectError, match=said):
        read()


@pytest.mark.parametrize(
    "location", ["cloudwatch://", "cloudwatch://nowhere", "cloudwatch://us-east-1/role", "s3://x"]
)
def test_a_location_that_is_none_is_refused(location: str) -> None:
    with pytest.raises(CollectError, match="write cloudwatch://REGION"):
        open_source(location)


@pytest.mark.parametrize(
    ("model", "scope"),
    [
        ("anthropic.claude-opus-4-6-v1:0", "regional"),
        ("eu.anthropic.claude-opus-4-6-v1:0", "geo"),
        ("global.anthropic.claude-opus-4-6-v1:0", "global"),
        ("arn:aws:bedrock:us-east-1:1:application-inference-profile/x.y", ""),
        ("plain", ""),
    ],
)
def test_the_scope_is_what_the_id_says(model: str, scope: str) -> None:
    assert scope_of(model) == scope
