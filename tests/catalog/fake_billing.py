"""A stand-in for the Cloud Billing Catalog API over gRPC: wire JSON in, protobuf pages out.

The client package holds the messages but no servicer, so the two methods are generic handlers.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import grpc
from google.cloud.billing_v1 import (
    CloudCatalogClient,
    ListServicesRequest,
    ListServicesResponse,
    ListSkusRequest,
    ListSkusResponse,
)
from google.cloud.billing_v1.services.cloud_catalog.transports import CloudCatalogGrpcTransport
from google.protobuf.json_format import ParseDict

from tests.catalog.wire import Wire

SERVICE = "google.cloud.billing.v1.CloudCatalog"


class FakeBilling:
    """Serves `services` and `skus` by service id, `page_size` entries a page.

    `failures` holds, by parent ("services" for the list of services) and page token where one is sent
    ("services/ID 5000"), the codes that the next calls are answered with; `calls` the requests that came.
    """

    def __init__(self, services: Sequence[Wire], skus: dict[str, list[Wire]]) -> None:
        self.services = services
        self.skus = skus
        self.page_size = 5000
        self.failures: defaultdict[str, deque[grpc.StatusCode]] = defaultdict(deque)
        self.calls: list[ListServicesRequest | ListSkusRequest] = []

    @contextmanager
    def client(self) -> Iterator[CloudCatalogClient]:
        """Google's own client, connected to this server on the loopback interface."""
        server = grpc.server(ThreadPoolExecutor(max_workers=2))
        server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(SERVICE, self._handlers())])
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        try:
            with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
                yield CloudCatalogClient(transport=CloudCatalogGrpcTransport(channel=channel))
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
        return self._page(ListSkusResponse, "skus", skus, request.page_token)

    def _meet(self, request: Any, parent: str, context: grpc.ServicerContext) -> None:
        self.calls.append(request)
        failures = self.failures[f"{parent} {request.page_token}".strip()]
        if failures:
            context.abort(failures.popleft(), "as the test wants it")

    def _page(self, response: Callable[[], Any], name: str, entries: Sequence[Wire], token: str) -> Any:
        start = int(token or 0)
        end = start + self.page_size
        message = response()
        body = {name: entries[start:end], "nextPageToken": str(end) if end < len(entries) else ""}
        ParseDict(body, type(message).pb(message))
        return message
