"""/metrics for Prometheus: what the processes counted, and the state of the database.

Each module counts what it does where it does it; here is what is common. Whoever scrapes sends METRICS_TOKEN.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.types import Receive, Scope, Send

from mcp_api.threads import Pool
from pricing_site import health
from pricing_site.database_state import DatabaseState

PATH = "/metrics"
MULTIPROCESS = "PROMETHEUS_MULTIPROC_DIR"  # prometheus-client's name; gunicorn.conf.py sets it

REQUESTS = Counter(
    "cloud_pricing_http_requests", "Requests that Django answered.", ["route", "method", "status"]
)
# From the start at 0, so that the first one is an increase.
FAULTS = Counter("cloud_pricing_http_faults", "Answers of Django with a status of 500 and more.")
SECONDS = Histogram(
    "cloud_pricing_http_request_duration_seconds",
    "How long Django took to answer.",
    ["route"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})

_pool = Pool("metrics", 1)


async def application(scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer a scrape; without METRICS_TOKEN there is nothing at this address."""
    if scope["method"] not in ("GET", "HEAD"):
        await health.respond(
            send, HTTPStatus.METHOD_NOT_ALLOWED, {"error": "Use GET."}, [(b"allow", b"GET, HEAD")]
        )
    elif not settings.METRICS_TOKEN:
        await health.respond(send, HTTPStatus.NOT_FOUND, {"error": "METRICS_TOKEN is not set."})
    elif not _may_read(scope):
        challenge = [(b"www-authenticate", b'Bearer realm="metrics"')]
        error = {"error": "Send Authorization: Bearer and the METRICS_TOKEN of this server."}
        await health.respond(send, HTTPStatus.UNAUTHORIZED, error, challenge)
    else:
        body = await _pool.run(exposition)
        kind = CONTENT_TYPE_PLAIN_0_0_4.encode()
        headers = [
            (b"content-type", kind),
            (b"content-length", b"%d" % len(body)),
            (b"cache-control", b"no-store"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def _may_read(scope: Scope) -> bool:
    sent = [value for name, value in scope["headers"] if name == b"authorization"]
    scheme, _, token = sent[0].strip().partition(b" ") if len(sent) == 1 else (b"", b"", b"")
    is_right = secrets.compare_digest(token.strip(), settings.METRICS_TOKEN.encode())
    return is_right and scheme.lower() == b"bearer"


def exposition() -> bytes:
    """All metrics in Prometheus's text format: of all workers if there are several."""
    counted = REGISTRY
    if MULTIPROCESS in os.environ:
        counted = CollectorRegistry()
        MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
    state = CollectorRegistry()
    state.register(DatabaseState())
    return generate_latest(counted) + generate_latest(state)


class RequestMetrics:
    """Counts what Django answers, by the route that matched and not the address: that would have no end."""

    sync_capable = async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse | Awaitable[HttpResponse]]) -> None:
        self._get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponse | Awaitable[HttpResponse]:
        began = time.perf_counter()
        response = self._get_response(request)
        if isinstance(response, HttpResponse):
            return _counted(request, response, began)
        return self._later(request, response, began)

    async def _later(
        self, request: HttpRequest, response: Awaitable[HttpResponse], began: float
    ) -> HttpResponse:
        return _counted(request, await response, began)


def _counted(request: HttpRequest, response: HttpResponse, began: float) -> HttpResponse:
    match = request.resolver_match
    route = f"/{match.route}" if match else "none"
    method = request.method if request.method in METHODS else "other"
    REQUESTS.labels(route, method, response.status_code).inc()
    if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        FAULTS.inc()
    SECONDS.labels(route).observe(time.perf_counter() - began)
    return response
