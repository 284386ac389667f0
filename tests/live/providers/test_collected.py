"""The command with the clouds' own clients: from what a cloud has to what an answer says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from io import StringIO
from typing import Any

import boto3
import pytest
from django.core.management import call_command
from django.utils import timezone

from live.models import LiveSource
from tests.harness import moto_server
from tests.harness.fake_azure_monitor import SUBSCRIPTION, Deployed, FakeAzure
from tests.harness.fake_monitoring import FakeMonitoring, tokens
from tests.harness.moto_server import Door

pytestmark = pytest.mark.django_db


def run(command: str, *arguments: str) -> Mapping[str, Any]:
    out = StringIO()
    call_command(command, *arguments, "--json", stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def test_three_clouds_are_read_and_read_again_into_one_answer(
    cloudwatch: Door, monitoring: FakeMonitoring, azure: FakeAzure, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = timezone.now().replace(second=0, microsecond=0) - timedelta(minutes=8)
    monkeypatch.setattr("live.providers.google_cloud.MetricServiceClient", monitoring.client)
    monkeypatch.setattr("live.providers.azure._Default", lambda _: azure.client())
    monitoring.series = [tokens("input", {at: 4000})]
    azure.accounts = {
        "acc": ("eastus2", {"chat": Deployed("gpt-4.1", counts={"GeneratedTokens": {at: 500.0}})})
    }
    locations = ("cloudwatch://us-east-1", "monitoring://proj-alpha", f"azure-monitor://{SUBSCRIPTION}")
    sources = [part for location in locations for part in ("--source", location)]
    with moto_server.of_aws(moto_server.with_key(cloudwatch.url)):
        _put(at, 30)
        first = run("collect_live", "--once", *sources)
        # CloudWatch adds what comes late to its minute.
        _put(at, 12)
        again = run("collect_live", "--once")

    assert (first["status"], first["counts"]) == ("completed", 3)
    assert (again["counts"], len(again["sources"])) == (1, 3)
    [asked] = [each["today"] for each in again["sources"] if each["source"] == "aws-us-east-1"]
    assert float(asked["cost"]) > 0
    answer = run("live_usage", "--minutes", "30")
    assert {(row["cloud"], row["model"]): _tokens(row) for row in answer["rows"]} == {
        ("aws", "nova-lite"): 42,
        ("gcp", "gemini-2.5-pro"): 4000,
        ("azure", "gpt-4.1"): 500,
    }
    assert answer["lag_seconds"].keys() == {"aws", "azure", "gcp"}
    assert answer["complete"]
    assert {source.failures for source in LiveSource.objects.all()} == {0}
    # Nothing is loaded or listed here.
    assert run("live_cost", "--minutes", "30")["unpriced_tokens"] == "4542"


def _put(at: Any, value: int) -> None:
    boto3.client("cloudwatch", region_name="us-east-1").put_metric_data(
        Namespace="AWS/Bedrock",
        MetricData=[
            {
                "MetricName": "InputTokenCount",
                "Dimensions": [{"Name": "ModelId", "Value": "amazon.nova-lite-v1:0"}],
                "Timestamp": at,
                "Value": value,
            }
        ],
    )


def _tokens(row: Mapping[str, Any]) -> int:
    return sum(int(row[name] or 0) for name in ("input_tokens", "output_tokens"))
