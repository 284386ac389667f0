"""A stand-in for the Cloud Billing Catalog API over gRPC: wire JSON in, protobuf pages out.

The client package holds the messages but no servicer, so the two methods are generic handlers.
"""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

import grpc
from google.cloud.billing_v1 import (
    CloudCatalogAsyncClient,
    ListServicesRequest,
    ListServicesResponse,
    ListSkusRequest,
    ListSkusResponse,
)
from google.cloud.billing_v1.services.cloud_catalog.transports import CloudCatalogGrpcAsyncIOTransport
from google.protobuf.json_format import ParseDict

from tests.catalog.wire import Wire

Failure: TypeAlias = grpc.StatusCode | Callable[[], object]

LOS_ANGELES = ZoneInfo("America/Los_Angeles")
SERVICE = "google.cloud.billing.v1.CloudCatalog"


def client(address: str) -> CloudCatalogAsyncClient:
    """Google's own client, connected to a server on this machine."""
    channel = grpc.aio.insecure_channel(address, options=[("grpc.max_receive_message_length", -1)])
    return CloudCatalogAsyncClient(transport=CloudCatalogGrpcAsyncIOTransport(channel=channel))


class FakeBilling:
    """Serves `services` and `skus` by service id, `page_size` entries a page, `empty_pages` before each.

    `failures` holds, by parent ("services" for the list of services) and page token where one is sent
    ("services/ID 5000"), what the next calls meet: a code, or something else to do before the answer.
    `calls` holds the requests that came and `times` when.
    """

    def __init__(self, services: Sequence[Wire], skus: dict[str, list[Wire]]) -> None:
        self.services = services
        self.skus = skus
        self.page_size = 5000
        self.empty_pages = 0
        self.failures: defaultdict[str, deque[Failure]] = defaultdict(deque)
        self.calls: list[ListServicesRequest | ListSkusRequest] = []
        self.times: list[float] = []

    @contextmanager
    def served(self) -> Iterator[str]:
        """The address of a server on the loopback interface."""
        server = grpc.server(ThreadPoolExecutor(max_workers=16))
        server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(SERVICE, self._handlers())])
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        try:
            yield f"127.0.0.1:{port}"
        finally:
            server.stop(grace=None).wait()

    def _handlers(self) -> dict[str, grpc.RpcMethodHandler]:
        return {
            "ListServices": grpc.unary_unary_rpc_method_handler(
                self._list_services, ListServicesRequest.deserialize, ListServicesResponse.serialize
            ),
            "ListSkus": grpc.unary_unary_rpc_method_handler(
                self._list_skus, ListSkusRequest.deserialize, ListSkusResponse.serialize
            ),
        }

    def _list_services(self, request: ListServicesRequest, context: grpc.ServicerContext) -> Any:
        self._meet(request, "services", context)
        return self._page(ListServicesResponse, "services", self.services, request.page_token)

    def _list_skus(self, request: ListSkusRequest, context: grpc.ServicerContext) -> Any:
        self._meet(request, request.parent, context)
        skus = self.skus.get(request.parent.removeprefix("services/"), [])
        if request.start_time:
            _require_one_month(request, context)
            skus = list(_priced_between(skus, request.start_time, request.end_time))
        return self._page(ListSkusResponse, "skus", skus, request.page_token)

    def _meet(self, request: Any, parent: str, context: grpc.ServicerContext) -> None:
        self.calls.append(request)
        self.times.append(time.monotonic())
        failures = self.failures[f"{parent} {request.page_token}".strip()]
        if failures:
            failure = failures.popleft()
            if isinstance(failure, grpc.StatusCode):
                context.abort(failure, "as the test wants it")
            failure()

    def _page(self, response: Callable[[], Any], name: str, entries: Sequence[Wire], token: str) -> Any:
        start, _, empty_before = (token or "0").partition(" after ")
        if int(empty_before or 0) < self.empty_pages:
            body: Wire = {"nextPageToken": f"{start} after {int(empty_before or 0) + 1}"}
        else:
            end = int(start) + self.page_size
            body = {
                name: entries[int(start) : end],
                "nextPageToken": str(end) if end < len(entries) else "",
            }
        message = response()
        ParseDict(body, type(message).pb(message))
        return message


def _require_one_month(request: ListSkusRequest, context: grpc.ServicerContext) -> None:
    last = request.end_time - timedelta(microseconds=1)
    start, end = (time.astimezone(LOS_ANGELES) for time in (request.start_time, last))
    if (start.year, start.month) != (end.year, end.month) or end > datetime.now(UTC):
        context.abort(grpc.StatusCode.INVALID_ARGUMENT, "the range spans months or lies in the future")


def _priced_between(skus: Sequence[Wire], start: datetime, end: datetime) -> Iterator[Wire]:
    for sku in skus:
        prices = [
            price
            for price in sku["pricingInfo"]
            if start <= datetime.fromisoformat(price["effectiveTime"]) < end
        ]
        if prices:
            yield sku | {"pricingInfo": prices}
