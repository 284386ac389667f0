"""Tokens of Vertex AI from Cloud Monitoring, by model and location.

The metrics are in "Google Cloud metrics: P to Z" and of the monitored resource PublisherModel. Gemini's
implicit cache reads are within its input, of which the metric gives no part.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from google.api_core import exceptions as api
from google.api_core.retry import Retry, if_exception_type
from google.auth import exceptions as auth
from google.cloud.monitoring_v3 import MetricServiceClient

from live.errors import CollectError
from live.providers.source import MAX_SERIES, MINUTE, Measure, Reading, Requests, Series, Tariff, minute_of

_LOCATION = re.compile(r"monitoring://(?P<project>(?:[a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9])")
_METRIC = "aiplatform.googleapis.com/publisher/online_serving"
_FILTER = 'metric.type = "{}/{}" AND resource.type = "aiplatform.googleapis.com/PublisherModel"'
TOKENS, CALLS = "token_count", "model_invocation_count"
# Direction and cache by the label `type`. Partner models tell what of their input was cached.
_TYPES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "input": ("Input", ""),
        "output": ("Output", "Uncached"),
        "cache_read_input": ("Input", "Read"),
        "cache_write_input": ("Input", "Write"),
    }
)
_MULTI_REGIONS = frozenset({"us", "eu", "asia"})
_TIMEOUT = 30
_PAGE = 10_000
_RETRY = Retry(if_exception_type(api.ServiceUnavailable, api.InternalServerError), initial=1, timeout=60)


def open_source(location: str) -> CloudMonitoring:
    """Open the metrics of a project, by Google's application default credentials.

    Raises:
        CollectError: the location is none of a project, or there are no credentials.
    """
    found = _LOCATION.fullmatch(location)
    if not found:
        raise CollectError(f"{location} is no project of Google Cloud: write monitoring://PROJECT.")
    return CloudMonitoring(found["project"])


class CloudMonitoring:
    """The counts of a project.

    Args:
        project: its id.
        client: where they are; None for one by the default credentials.
    """

    tariffs: Mapping[str, Tariff] = MappingProxyType({})

    def __init__(self, project: str, client: MetricServiceClient | None = None) -> None:
        self._project, self._client = project, client

    def read(self, start: datetime, end: datetime, requests: Requests) -> Reading:
        """The counts of a time; see Collector."""
        reading = Reading()
        with self._explained():
            client = self._client or MetricServiceClient()
            for metric in (TOKENS, CALLS):
                self._read(client, metric, (start, end), reading, requests)
        return reading

    def _read(
        self,
        client: MetricServiceClient,
        metric: str,
        window: tuple[datetime, datetime],
        reading: Reading,
        requests: Requests,
    ) -> None:
        """Add the counts of a metric. Its series are not reduced: each of their labels may tell something."""
        request = {
            "name": f"projects/{self._project}",
            "filter": _FILTER.format(_METRIC, metric),
            "interval": {"start_time": window[0], "end_time": window[1]},
            "aggregation": {"alignment_period": MINUTE, "per_series_aligner": "ALIGN_DELTA"},
            "page_size": _PAGE,
        }
        pages = client.list_time_series(request=request, retry=_RETRY, timeout=_TIMEOUT).pages
        count = 0
        for page in pages:
            requests.count("ListTimeSeries")
            for found in page.time_series:
                count += 1
                self._add(found, metric, reading)
        if count > MAX_SERIES:
            raise CollectError(
                f"{self._project} has {count:,} series of tokens; at most {MAX_SERIES:,} can be read."
            )

    def _add(self, found: Any, metric: str, reading: Reading) -> None:
        series = self._series(found.metric.labels, found.resource.labels, metric)
        for point in found.points:
            # An aligned point has the time of its end.
            minute = minute_of(point.interval.end_time.replace(tzinfo=UTC) - MINUTE)
            reading.add(series, minute, int(point.value.int64_value))

    def _series(self, labels: Mapping[str, str], resource: Mapping[str, str], metric: str) -> Series:
        """What a series of Cloud Monitoring counts."""
        measure = Measure.TOKENS if metric == TOKENS else Measure.REQUESTS
        # Tokens of a type that is not known have no direction, and so no price.
        told = _TYPES.get(labels.get("type", ""), ("", ""))
        publisher, place = resource.get("publisher", ""), resource.get("location", "")
        direction, cache = told
        return Series(
            account=self._project,
            region=place,
            name=resource.get("model_user_id", "").rpartition("/")[2],
            measure=measure,
            direction=direction,
            # Only models of Google count cached tokens among the others.
            cache="Uncached" if told == _TYPES["input"] and publisher not in ("google", "") else cache,
            tier=_tier(labels) if measure is Measure.TOKENS else "",
            scope=_scope(place) if measure is Measure.TOKENS else "",
        )

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (api.GoogleAPICallError, api.RetryError, auth.GoogleAuthError) as error:
            raise CollectError(_sentence(error, self._project)) from error


_REFUSALS: Mapping[type[Exception], str] = MappingProxyType(
    {
        api.PermissionDenied: "The credentials may not read the metrics of {project}: grant them Monitoring "
        "Viewer (roles/monitoring.viewer) on it, and enable the Cloud Monitoring API there.",
        api.NotFound: "There is no project {project}: correct the location.",
        api.TooManyRequests: "Cloud Monitoring lets {project} ask no more for now: it is asked again later.",
        api.ServerError: "Cloud Monitoring cannot be reached, in spite of retries ({error}).",
        api.RetryError: "Cloud Monitoring cannot be reached, in spite of retries ({error}).",
    }
)


def _tier(labels: Mapping[str, str]) -> str:
    """The tier that labels tell: batches are a source, provisioned throughput a type of request."""
    if labels.get("source", "").startswith("batch"):
        return "batch"
    return {"dedicated": "provisioned", "shared": "standard"}.get(labels.get("request_type", ""), "")


def _scope(location: str) -> str:
    if not location:
        return ""
    return "global" if location == "global" else "geo" if location in _MULTI_REGIONS else "regional"


def _sentence(error: Exception, project: str) -> str:
    """What is wrong and what to do."""
    if isinstance(error, auth.DefaultCredentialsError):
        return (
            "There are no credentials of Google Cloud: attach a service account to this machine, set "
            "GOOGLE_APPLICATION_CREDENTIALS to the file of one, or run gcloud auth application-default login."
        )
    if isinstance(error, auth.GoogleAuthError | api.Unauthenticated):
        return "The credentials of Google Cloud have expired or were revoked: renew them."
    if known := next((said for kind, said in _REFUSALS.items() if isinstance(error, kind)), None):
        return known.format(project=project, error=type(error).__name__)
    message = getattr(error, "message", "") or f"{error}"
    return f"Cloud Monitoring refuses to tell of {project}: {message.splitlines()[0].rstrip('.')}."
