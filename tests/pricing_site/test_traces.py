from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from pytest_httpserver import HTTPServer

from pricing_site import traces
from pricing_site.logs import CloudFormatter
from pricing_site.traces import Trace
from tests.harness.product import install, serve

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


@pytest.mark.parametrize(
    ("name", "value", "trace"),
    [
        ("traceparent", f"00-{TRACE}-{SPAN}-01", Trace(TRACE, SPAN, is_sampled=True)),
        ("traceparent", f"00-{TRACE}-{SPAN}-00", Trace(TRACE, SPAN)),
        ("traceparent", f"cc-{TRACE}-{SPAN}-01-later", Trace(TRACE, SPAN, is_sampled=True)),
        ("x-cloud-trace-context", f"{TRACE}/255;o=1", Trace(TRACE, f"{255:016x}", is_sampled=True)),
        ("x-cloud-trace-context", f"{TRACE}/255", Trace(TRACE, f"{255:016x}")),
        ("x-cloud-trace-context", TRACE, Trace(TRACE)),
    ],
)
def test_a_request_belongs_to_the_trace_that_its_headers_name(name: str, value: str, trace: Trace) -> None:
    assert traces.of([(b"host", b"x"), (name.encode(), value.encode())]) == trace


@pytest.mark.parametrize(
    "value",
    [
        "",
        "00",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-01\n",
        "x" * 9999,
    ],
)
def test_a_header_of_anything_else_is_not_taken(value: str) -> None:
    first, second = (traces.of([(b"traceparent", value.encode())]) for _ in range(2))

    assert len(first.trace_id) == 32
    assert first.trace_id not in (second.trace_id, TRACE, TRACE.upper())


def line(record: logging.LogRecord, project: str = "prices") -> dict[str, object]:
    text = CloudFormatter(project).format(record)
    assert "\n" not in text
    fields: dict[str, object] = json.loads(text)
    return fields


def record_of(message: str, **extra: object) -> logging.LogRecord:
    record = logging.LogRecord("costs.load", logging.WARNING, "load.py", 7, message, (), None)
    record.__dict__.update(extra)
    return record


def test_a_line_of_the_log_has_the_fields_that_cloud_logging_reads() -> None:
    token = traces.current.set(Trace(TRACE, SPAN, is_sampled=True))
    try:
        fields = line(record_of("first\nsecond"))
    finally:
        traces.current.reset(token)

    assert fields.pop("time")
    assert fields == {
        "message": "first\nsecond",
        "severity": "WARNING",
        "logger": "costs.load",
        "logging.googleapis.com/trace": f"projects/prices/traces/{TRACE}",
        "logging.googleapis.com/spanId": SPAN,
        "logging.googleapis.com/trace_sampled": True,
    }


def test_an_event_has_its_values_as_fields_and_libraries_add_none() -> None:
    fields = line(record_of("x", request={"Authorization": "secret"}, event={"user": 7, "severity": "DEBUG"}))

    assert fields["user"] == 7
    assert fields["severity"] == "WARNING"
    assert "secret" not in f"{fields}"


def test_a_traceback_is_a_field_of_its_line() -> None:
    try:
        raise ValueError("wrong")  # noqa: TRY301 to have a traceback
    except ValueError as error:
        record = record_of("Error")
        record.exc_info = (ValueError, error, error.__traceback__)

    assert "ValueError: wrong" in f"{line(record)['stack_trace']}"


def test_requests_and_calls_are_spans_at_a_collector(tmp_path: Path, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/v1/traces", method="POST").respond_with_data(b"")
    product = install(tmp_path, OTEL_EXPORTER_OTLP_ENDPOINT=httpserver.url_for("/").rstrip("/"))
    token = product.token("ada")

    with serve(product, tmp_path / "log"):
        product.ask(token, "search", {"query": "a secret project"})

    sent = [ExportTraceServiceRequest.FromString(request.data) for request, _ in httpserver.log]
    spans = [
        span
        for each in sent
        for part in each.resource_spans
        for scope in part.scope_spans
        for span in scope.spans
    ]
    assert "tools/call search" in {span.name for span in spans}
    assert "POST /mcp" in {span.name for span in spans}
    [service] = {
        attribute.value.string_value
        for each in sent
        for part in each.resource_spans
        for attribute in part.resource.attributes
        if attribute.key == "service.name"
    }
    assert service == "cloud-pricing"
    # Neither the token nor the question is in a span.
    assert not any(
        text in request.data for request, _ in httpserver.log for text in (token.encode(), b"secret")
    )
