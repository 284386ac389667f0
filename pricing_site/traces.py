"""Traces: the id that ties the log lines of a request together, and OpenTelemetry if a collector is set up.

The id is the caller's (W3C Trace Context, or Google's header of Cloud Run), else one of our own.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from contextvars import ContextVar
from typing import Any, NamedTuple

from django.core.exceptions import ImproperlyConfigured

from tools.version import product_version


class Trace(NamedTuple):
    """Where a log line belongs; ids in hexadecimal, as Cloud Logging wants them."""

    trace_id: str
    span_id: str = ""
    is_sampled: bool = False


current: ContextVar[Trace | None] = ContextVar("trace", default=None)

# Both come from strangers and go to the log, so nothing but their digits is taken.
_TRACEPARENT = re.compile(rb"[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?")
_GOOGLES = re.compile(rb"([0-9a-f]{32})(?:/(\d{1,20}))?(?:;o=([01]))?")
_NONE = "0" * 32


def of(headers: Iterable[tuple[bytes, bytes]]) -> Trace:
    """The trace of a request: the caller's if its headers name one, else a new one."""
    found = {name: value for name, value in headers if name in (b"traceparent", b"x-cloud-trace-context")}
    if match := _TRACEPARENT.fullmatch(found.get(b"traceparent", b"")):
        trace, span, flags = (group.decode() for group in match.groups())
        if trace != _NONE:
            return Trace(trace, span, is_sampled=bool(int(flags, 16) & 1))
    if match := _GOOGLES.fullmatch(found.get(b"x-cloud-trace-context", b"")):
        trace, span, sampled = (group.decode() if group else "" for group in match.groups())
        return Trace(trace, f"{int(span or 0) % 2**64:016x}" if span else "", is_sampled=sampled == "1")
    return Trace(secrets.token_hex(16))


def export(application: Any, endpoint: str) -> Any:
    """The ASGI application with a span for each request, which a batch sends to the collector.

    The MCP SDK adds a span for each message. The environment's OTEL_ variables say the rest: headers, the
    sampler, the service's name.

    Args:
        application: the ASGI application.
        endpoint: OTEL_EXPORTER_OTLP_ENDPOINT; "" for no traces.

    Raises:
        ImproperlyConfigured: the extra otel is not installed.
    """
    if not endpoint:
        return application
    try:
        from opentelemetry import trace  # noqa: PLC0415  # the extra
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
        from opentelemetry.instrumentation.asgi import OpenTelemetryMiddleware  # noqa: PLC0415
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ImportError as error:
        raise ImproperlyConfigured(
            "OTEL_EXPORTER_OTLP_ENDPOINT is set, but the extra otel is not installed: cloud-pricing[otel]."
        ) from error
    resource = Resource.create({"service.name": "cloud-pricing", "service.version": product_version()})
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    return OpenTelemetryMiddleware(application, excluded_urls="healthz?$,readyz?$,metrics$")
