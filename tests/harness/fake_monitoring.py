"""A Cloud Monitoring on loopback: the one method of its gRPC service that is called."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent import futures
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import grpc
from google.cloud.monitoring_v3 import MetricServiceClient
from google.cloud.monitoring_v3.services.metric_service.transports import MetricServiceGrpcTransport
from google.cloud.monitoring_v3.types import metric, metric_service

_METHOD = "ListTimeSeries"
_SERVICE = "google.monitoring.v3.MetricService"
_PREFIX = "aiplatform.googleapis.com/publisher/online_serving/"
# Small, so that tests see more than one page.
PAGE = 2


@dataclass
class Measured:
    """A series: its metric, labels and counts by the start of the minute."""

    name: str
    labels: Mapping[str, str]
    resource: Mapping[str, str]
    counts: Mapping[datetime, int]

    def proto(self, start: datetime, end: datetime) -> Any:
        points = [
            metric.Point(
                interval={"start_time": at, "end_time": at + timedelta(minutes=1)},
                value={"int64_value": value},
            )
            for at, value in self.counts.items()
            if start <= at < end
        ]
        return metric.TimeSeries(
            metric={"type": f"{_PREFIX}{self.name}", "labels": dict(self.labels)},
            resource={
                "type": "aiplatform.googleapis.com/PublisherModel",
                "labels": dict(self.resource),
            },
            points=points,
        )


@dataclass
class FakeMonitoring:
    """What the service has, what it was asked, and what it refuses.

    Args:
        refusal: the status of each answer, None to answer.
    """

    series: list[Measured] = field(default_factory=list)
    asked: list[Any] = field(default_factory=list)
    refusal: grpc.StatusCode | None = None
    target: str = ""

    def answer(self, request: Any, context: grpc.ServicerContext) -> Any:
        self.asked.append(request)
        if self.refusal:
            context.abort(self.refusal, "made up")
        named = request.filter.split('"')[1].removeprefix(_PREFIX)
        start, end = (
            each.replace(tzinfo=UTC) for each in (request.interval.start_time, request.interval.end_time)
        )
        found = [each.proto(start, end) for each in self.series if each.name == named]
        at = int(request.page_token or 0)
        return metric_service.ListTimeSeriesResponse(
            time_series=found[at : at + PAGE],
            next_page_token=f"{at + PAGE}" if at + PAGE < len(found) else "",
        )

    def client(self) -> MetricServiceClient:
        """A client of Google's that asks this service."""
        channel = grpc.insecure_channel(self.target)
        return MetricServiceClient(transport=MetricServiceGrpcTransport(channel=channel))


@contextlib.contextmanager
def serve(fake: FakeMonitoring) -> Iterator[FakeMonitoring]:
    """The service on a port of its own."""
    server = grpc.server(futures.ThreadPoolExecutor(2))
    method = grpc.unary_unary_rpc_method_handler(
        fake.answer,
        request_deserializer=metric_service.ListTimeSeriesRequest.deserialize,
        response_serializer=metric_service.ListTimeSeriesResponse.serialize,
    )
    handlers: Mapping[str, Callable[..., Any]] = {_METHOD: method}
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(_SERVICE, handlers),))
    fake.target = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    server.start()
    try:
        yield fake
    finally:
        server.stop(None).wait()


def tokens(
    kind: str, counts: Mapping[datetime, int], *, model: str = "gemini-2.5-pro", **labels: str
) -> Measured:
    """Tokens of a model; the labels of its resource are those of Google's in us-central1."""
    resource = {"model_user_id": model, "publisher": "google", "location": "us-central1"}
    for name in ("publisher", "location"):
        resource[name] = labels.pop(name, resource[name])
    return Measured("token_count", {"type": kind, **labels}, resource, counts)


def minutes(start: datetime, values: Sequence[int]) -> Mapping[datetime, int]:
    return {start + timedelta(minutes=at): value for at, value in enumerate(values)}
