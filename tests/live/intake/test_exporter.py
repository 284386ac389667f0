"""The exporter of OpenTelemetry's own SDK against the server, whose workers are killed meanwhile."""

from __future__ import annotations

import os
import signal
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter, SpanExportResult

from tests.harness import product
from tests.harness.product import Product

SPANS = 120


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Product, int, Path]]:
    """A server, the id of its master, and its database."""
    folder = tmp_path_factory.mktemp("intake")
    installed = product.install(folder)
    with product.serve(installed, folder / "log") as started:
        yield installed, started.pid, folder / "catalog.db"


def token(installed: Product) -> str:
    code = (
        "from accounts.models import User\nfrom accounts.oauth import tokens\n"
        "user, _ = User.objects.get_or_create(username='sam', is_staff=True)\n"
        "print(tokens.issue(user, days=1, scopes=['usage:write']))"
    )
    return installed.manage("shell", "-v0", "-c", code).strip()


def exporter(installed: Product, raw: str) -> OTLPSpanExporter:
    return OTLPSpanExporter(
        f"{installed.url}/api/intake/v1/traces",
        headers={"Authorization": f"Bearer {raw}"},
        compression=Compression.Gzip,
        timeout=60,
    )


def record(provider: TracerProvider, number: int, prefix: str) -> None:
    with provider.get_tracer("test").start_as_current_span("chat nova-lite") as span:
        span.set_attributes(
            {
                "gen_ai.operation.name": "chat",
                "gen_ai.provider.name": "aws.bedrock",
                "gen_ai.request.model": "amazon.nova-lite-v1:0",
                "gen_ai.usage.input_tokens": 1000 + number,
                "gen_ai.usage.output_tokens": 10,
                "gen_ai.input.messages": "a prompt",
                "customer.id": f"{prefix}{number % 3}",
            }
        )


def counted(path: Path, prefix: str) -> dict[str, int]:
    """The sums by direction or measure of the customers with a prefix."""
    statement = """
        SELECT coalesce(nullif(direction, ''), measure), sum(value) FROM live_minutes
        JOIN live_series ON live_series.id = series_id WHERE customer LIKE ? || '%' GROUP BY 1
    """
    with closing(sqlite3.connect(path, timeout=30)) as connection:
        return dict(connection.execute(statement, [prefix]))


def test_the_sdk_of_opentelemetry_sends_calls_that_are_live_by_customer(
    served: tuple[Product, int, Path],
) -> None:
    installed, _, path = served
    provider = TracerProvider(resource=Resource.create({"service.name": "shop"}))
    provider.add_span_processor(SimpleSpanProcessor(exporter(installed, token(installed))))
    for number in range(3):
        record(provider, number, "sdk-")
    provider.shutdown()

    assert counted(path, "sdk-") == {"Input": 3003, "Output": 30, "requests": 3}
    with closing(sqlite3.connect(path, timeout=30)) as connection, connection:
        # An answer ends with the last whole minute.
        connection.execute("UPDATE live_minutes SET minute = minute - 1")
    shown = installed.manage("live_usage", "--by", "customer")
    assert "sdk-0: 1,010 tokens, 1 requests" in shown
    assert "Basis: calls." in shown


@pytest.mark.slow
def test_workers_that_are_killed_neither_lose_nor_double_a_call(served: tuple[Product, int, Path]) -> None:
    installed, master, path = served
    raw = token(installed)
    results: list[SpanExportResult] = []
    is_done = threading.Event()

    kept: list[ReadableSpan] = []
    provider = TracerProvider()
    target = exporter(installed, raw)
    provider.add_span_processor(SimpleSpanProcessor(_Keeping(kept)))
    for number in range(SPANS):
        record(provider, number, "kill-")

    def send() -> None:
        for at in range(0, SPANS, 10):
            batch = kept[at : at + 10]
            while (result := target.export(batch)) is not SpanExportResult.SUCCESS:
                time.sleep(0.2)
            results.append(result)
            results.append(target.export(batch))
        is_done.set()

    sending = threading.Thread(target=send)
    sending.start()
    killed = 0
    while not is_done.wait(0.15 + killed * 0.07) and killed < 8:
        for worker in _children(master):
            os.kill(worker, signal.SIGKILL)
            killed += 1
    sending.join(120)

    assert killed
    assert is_done.is_set()
    expected = sum(1000 + number for number in range(SPANS))
    assert counted(path, "kill-") == {"Input": expected, "Output": 10 * SPANS, "requests": SPANS}


class _Keeping(SpanExporter):
    """Keeps spans, to send them in batches."""

    def __init__(self, kept: list[ReadableSpan]) -> None:
        self._kept = kept

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self._kept.extend(spans)
        return SpanExportResult.SUCCESS


def _children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in found.split()]
