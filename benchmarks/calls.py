"""Tool calls over HTTP with a minimal client, and the server's CPU time per call."""

from __future__ import annotations

import http.client
import json
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import quantiles
from typing import Any
from urllib.parse import urlsplit

from tests.harness.product import Product, serve

REVISION = "2026-07-28"
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of one call: the server's CPU time, and percentiles of the client's wait, in seconds."""

    cpu: float
    p50: float
    p99: float


class Caller:
    """A client on one kept-alive connection that reads the CPU time of the server's processes."""

    def __init__(self, product: Product, token: str, process_ids: list[int]) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(product.url).netloc)
        self._token = token
        self._process_ids = process_ids

    def measure(self, tool: str, arguments: dict[str, Any], calls: int) -> Cost:
        """The cost of a call, measured after a warm-up."""
        self.measure_each(tool, [arguments] * max(calls // 10, 5))
        return self.measure_each(tool, [arguments] * calls)

    def measure_each(self, tool: str, arguments: Sequence[dict[str, Any]]) -> Cost:
        """The average cost of calls, each with its own arguments."""
        waits = []
        before = self._cpu_seconds()
        for body in [_body(tool, each) for each in arguments]:
            start = time.perf_counter()
            self._call(tool, body)
            waits.append(time.perf_counter() - start)
        cpu = (self._cpu_seconds() - before) / len(waits)
        percentiles = quantiles(waits, n=100)
        return Cost(cpu, percentiles[49], percentiles[98])

    def answer(self, tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """The structured content of the tool's answer.

        Raises:
            RuntimeError: the tool answered with an error.
        """
        result: dict[str, Any] = json.loads(self._call(tool, _body(tool, arguments)))["result"]
        if result.get("isError"):
            raise RuntimeError(result["structuredContent"])
        content: dict[str, Any] = result["structuredContent"]
        return content

    def _call(self, tool: str, body: bytes) -> bytes:
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Accept": "application/json, text/event-stream",
            "Content-Type": "application/json",
            "MCP-Protocol-Version": REVISION,
            "Mcp-Method": "tools/call",
            "Mcp-Name": tool,
        }
        self._connection.request("POST", "/mcp", body, headers)
        response = self._connection.getresponse()
        text = response.read()
        if response.status != http.HTTPStatus.OK:
            raise RuntimeError(f"{response.status}: {text.decode()}")
        return text

    def _cpu_seconds(self) -> float:
        return sum(map(_process_cpu_seconds, self._process_ids))


@contextmanager
def calling(
    product: Product, folder: Path, application: str = "benchmarks.asgi_with_noop:application"
) -> Iterator[Caller]:
    """Serve the product with the no-op tool and without a rate limit, until the block ends."""
    product = replace(product, environment={**product.environment, "TOOL_CALLS_PER_MINUTE": "0"})
    token = product.token("benchmark")
    with serve(product, folder / "server.log", application=application) as process:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
        yield Caller(product, token, [int(pid) for pid in children.split()])


def _body(tool: str, arguments: dict[str, Any]) -> bytes:
    meta = {
        "io.modelcontextprotocol/protocolVersion": REVISION,
        "io.modelcontextprotocol/clientInfo": {"name": "benchmark", "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": {},
    }
    params = {"name": tool, "arguments": arguments, "_meta": meta}
    return json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}).encode()


def _process_cpu_seconds(process_id: int) -> float:
    """User and system time, fields 14 and 15 of proc_pid_stat(5)."""
    fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND
