"""Tokens of Amazon Bedrock from CloudWatch: the namespaces of its two endpoints, by model.

A call is in the series of its model alone, and again in those with further dimensions, so only the former
count (docs.aws.amazon.com, "Monitor bedrock-runtime inference using CloudWatch metrics" and "Monitor
bedrock-mantle inference using CloudWatch metrics").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

import boto3
from botocore.config import Config

from costs.errors import LoadError
from costs.providers.aws_errors import AGAIN, explained
from live.errors import CollectError
from live.providers.scopes import scope_of
from live.providers.source import MAX_SERIES, Measure, Reading, Requests, Series, Tariff, minute_of

_LOCATION = re.compile(
    r"cloudwatch://(?P<region>[a-z]{2}(?:-[a-z]+)+-\d)(?:/(?P<role>arn:[^\s/]+:role/\S+))?"
)
# Queries of one call, and how old a metric may be that ListMetrics lists as active (API reference).
QUERIES = 500
RECENTLY = timedelta(hours=3)
_REQUESTS = 4
_PERIOD = 60


class Metric(NamedTuple):
    """What a metric of CloudWatch counts."""

    measure: Measure
    direction: str = ""
    cache: str = ""


# By namespace and the dimension that names the model. AWS/BedrockMantle counts all billable input in one.
METRICS: Mapping[tuple[str, str], Mapping[str, Metric]] = MappingProxyType(
    {
        ("AWS/Bedrock", "ModelId"): {
            "InputTokenCount": Metric(Measure.TOKENS, "Input", "Uncached"),
            "OutputTokenCount": Metric(Measure.TOKENS, "Output", "Uncached"),
            "CacheReadInputTokenCount": Metric(Measure.TOKENS, "Input", "Read"),
            "CacheWriteInputTokenCount": Metric(Measure.TOKENS, "Input", "Write"),
            "Invocations": Metric(Measure.REQUESTS),
            "InvocationThrottles": Metric(Measure.THROTTLES),
            "InvocationLatency": Metric(Measure.LATENCY_MS),
        },
        ("AWS/BedrockMantle", "Model"): {
            "TotalInputTokens": Metric(Measure.TOKENS, "Input"),
            "TotalOutputTokens": Metric(Measure.TOKENS, "Output", "Uncached"),
            "Inferences": Metric(Measure.REQUESTS),
        },
    }
)
_PRICING = "aws.amazon.com/cloudwatch/pricing, us-east-1, without the free tier"


class _Found(NamedTuple):
    namespace: str
    dimension: str
    model: str
    metric: str


def open_source(location: str) -> CloudWatch:
    """Open CloudWatch in a region, by AWS's default credential chain and a role if one is named.

    Raises:
        CollectError: the location is none of CloudWatch, or there are no credentials.
    """
    found = _LOCATION.fullmatch(location)
    if not found:
        raise CollectError(
            f"{location} is no location of CloudWatch: write cloudwatch://REGION, or for another account "
            "cloudwatch://REGION/arn:aws:iam::ACCOUNT:role/NAME."
        )
    return CloudWatch(found["region"], found["role"] or "")


class CloudWatch:
    """The counts of an account in a region.

    Args:
        region: as us-east-1.
        role: the ARN of a role of that account; "" for the account of the credentials.
    """

    tariffs: Mapping[str, Tariff] = MappingProxyType(
        {
            "GetMetricData": Tariff(Decimal("0.00001"), f"$0.01 per 1,000 metrics requested ({_PRICING})"),
            "ListMetrics": Tariff(Decimal("0.00001"), f"$0.01 per 1,000 requests ({_PRICING})"),
        }
    )

    def __init__(self, region: str, role: str) -> None:
        self._region, self._role = region, role
        self._where = f"CloudWatch in {region}"

    def read(self, start: datetime, end: datetime, requests: Requests) -> Reading:
        """The counts of a time; see Collector."""
        reading = Reading()
        with self._explained("sts:AssumeRole" if self._role else "sts:GetCallerIdentity"):
            session = self._session(requests)
            account = self._account(session, requests)
        client = session.client("cloudwatch", config=_CONFIG, region_name=self._region)
        metrics = self._metrics(client, requests, is_recent=start >= datetime.now(UTC) - RECENTLY)
        for at in range(0, len(metrics), QUERIES):
            self._read(client, metrics[at : at + QUERIES], (start, end), account, reading, requests)
        return reading

    def _session(self, requests: Requests) -> Any:
        session = boto3.session.Session(region_name=self._region)
        if not self._role:
            return session
        requests.count("AssumeRole")
        sts = session.client("sts", config=_CONFIG)
        given = sts.assume_role(RoleArn=self._role, RoleSessionName="cloud-pricing-live")["Credentials"]
        return boto3.session.Session(
            given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"], region_name=self._region
        )

    def _account(self, session: Any, requests: Requests) -> str:
        requests.count("GetCallerIdentity")
        return f"{session.client('sts', config=_CONFIG).get_caller_identity()['Account']}"

    def _metrics(self, client: Any, requests: Requests, *, is_recent: bool) -> list[_Found]:
        """The metrics of models that there are; of a recent time, those that had data of late."""
        active = {"RecentlyActive": "PT3H"} if is_recent else {}
        found: list[_Found] = []
        with self._explained("cloudwatch:ListMetrics"):
            for namespace, dimension in METRICS:
                pages = client.get_paginator("list_metrics").paginate(Namespace=namespace, **active)
                for page in pages:
                    requests.count("ListMetrics")
                    found += _of_models(page["Metrics"], namespace, dimension)
        if len(found) > MAX_SERIES:
            raise CollectError(
                f"{self._where} has {len(found):,} metrics of models; at most {MAX_SERIES:,} can be read."
            )
        return sorted(set(found))

    def _read(
        self,
        client: Any,
        metrics: Sequence[_Found],
        window: tuple[datetime, datetime],
        account: str,
        reading: Reading,
        requests: Requests,
    ) -> None:
        queries = [_query(f"m{at}", metric) for at, metric in enumerate(metrics)]
        pages = client.get_paginator("get_metric_data")
        with self._explained("cloudwatch:GetMetricData"):
            for page in pages.paginate(MetricDataQueries=queries, StartTime=window[0], EndTime=window[1]):
                requests.count("GetMetricData", len(queries))
                for result in page["MetricDataResults"]:
                    self._refuse_failed(result)
                    series = _series(metrics[int(result["Id"][1:])], account, self._region)
                    for moment, value in zip(result["Timestamps"], result["Values"], strict=True):
                        reading.add(series, minute_of(moment), round(value))

    def _refuse_failed(self, result: Mapping[str, Any]) -> None:
        """Half a result would look like minutes of no use."""
        if result.get("StatusCode") in ("InternalError", "Forbidden"):
            raise CollectError(
                f"{self._where} could not give all that was asked for ({result['StatusCode']})."
            )

    @contextmanager
    def _explained(self, permission: str) -> Iterator[None]:
        try:
            with explained(self._where, permission):
                yield
        except LoadError as error:
            raise CollectError(f"{error}".removesuffix(AGAIN).rstrip()) from error
        except ValueError as error:
            raise CollectError(f"{self._where} cannot be read: AWS_ENDPOINT_URL is no address.") from error


_CONFIG = Config(
    retries={"mode": "standard", "total_max_attempts": _REQUESTS}, connect_timeout=10, read_timeout=30
)


def _of_models(metrics: Sequence[Mapping[str, Any]], namespace: str, dimension: str) -> Iterator[_Found]:
    known = METRICS[namespace, dimension]
    for metric in metrics:
        dimensions = {each["Name"]: each["Value"] for each in metric["Dimensions"]}
        if dimensions.keys() == {dimension} and metric["MetricName"] in known:
            yield _Found(namespace, dimension, dimensions[dimension], metric["MetricName"])


def _query(name: str, metric: _Found) -> Mapping[str, Any]:
    what = {
        "Namespace": metric.namespace,
        "MetricName": metric.metric,
        "Dimensions": [{"Name": metric.dimension, "Value": metric.model}],
    }
    return {"Id": name, "MetricStat": {"Metric": what, "Period": _PERIOD, "Stat": "Sum"}}


def _series(found: _Found, account: str, region: str) -> Series:
    metric = METRICS[found.namespace, found.dimension][found.metric]
    return Series(
        account=account,
        region=region,
        name=found.model,
        measure=metric.measure,
        direction=metric.direction,
        cache=metric.cache,
        # A metric of a model alone counts its calls of every tier.
        tier="provisioned" if ":provisioned-model/" in found.model else "",
        scope=scope_of(found.model) if metric.measure is Measure.TOKENS else "",
    )
