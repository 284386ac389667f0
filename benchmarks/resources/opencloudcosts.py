"""OpenCloudCosts, an MCP server that prices machines of Google Cloud, over the same price list.

Its package has a program that speaks MCP over stdio and reads the Cloud Billing API. A proxy on the loopback
interface stands in for the API: the program reaches it as HTTPS_PROXY and trusts it by SSL_CERT_FILE.
"""

from __future__ import annotations

import gzip
import json
import os
import ssl
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from functools import cache
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO, Any, cast
from urllib.parse import parse_qs, urlsplit

import trustme

HOST = "cloudbilling.googleapis.com"
PROGRAM = "from opencloudcosts._binary import main; main()"
TERMS = {"OnDemand": "on_demand", "Preemptible": "spot", "Commit1Yr": "cud_1yr", "Commit3Yr": "cud_3yr"}


class OpenCloudCosts:
    """The running program."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._requests = cast("IO[str]", process.stdin)
        self._answers = cast("IO[str]", process.stdout)
        self._number = 0
        client = {"name": "benchmark", "version": "1"}
        self._call("initialize", {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client})
        self._send({"jsonrpc": "2.0", "method": "notifications/initialized"})

    def tools(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._call("tools/list", {})["tools"]
        return found

    def price(self, machine: str, region: str, usage_type: str) -> dict[str, Any]:
        """The answer to what a machine costs."""
        spec = {
            "provider": "gcp",
            "domain": "compute",
            "resource_type": machine,
            "region": region,
            "term": TERMS[usage_type],
        }
        result = self._call("tools/call", {"name": "get_price", "arguments": {"spec": spec}})
        answer: dict[str, Any] = result["structuredContent"]
        return answer

    def _call(self, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
        self._number += 1
        self._send({"jsonrpc": "2.0", "id": self._number, "method": method, "params": params})
        result: dict[str, Any] = json.loads(self._answers.readline())["result"]
        return result

    def _send(self, message: Mapping[str, Any]) -> None:
        self._requests.write(f"{json.dumps(message)}\n")
        self._requests.flush()


def hourly(answer: Mapping[str, Any]) -> Decimal | None:
    """The price an hour of an answer; None if it has none. It is a float, so nine places are read."""
    prices = answer.get("public_prices") or [{}]
    amount = prices[0].get("price_per_unit", {}).get("amount")
    return None if amount is None else Decimal(repr(amount)).quantize(Decimal("1e-9"))


@contextmanager
def running(interpreter: Path, catalog: Path, folder: Path) -> Iterator[OpenCloudCosts]:
    """The program over a catalog folder, with an empty cache in `folder`, until the block ends."""
    with _billing(catalog, folder) as settings:
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "OCC_CACHE_DIR": str(folder / "cache"),
            "OCC_GCP_API_KEY": "benchmark",
            **settings,
        }
        command = [str(interpreter), "-c", PROGRAM]
        with subprocess.Popen(  # noqa: S603 the interpreter of who runs the benchmark
            command,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as process:
            yield OpenCloudCosts(process)
            process.terminate()


@contextmanager
def _billing(catalog: Path, folder: Path) -> Iterator[dict[str, str]]:
    """Serve the Cloud Billing API; yields the settings by which a program finds it."""
    authority, certificates = trustme.CA(), folder / "authority.pem"
    authority.cert_pem.write_to_path(str(certificates))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(HOST).configure_cert(context)
    handler = type("Billing", (_Billing,), {"catalog": catalog, "context": context})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        address = f"http://127.0.0.1:{server.server_address[1]}"
        yield {"HTTPS_PROXY": address, "SSL_CERT_FILE": str(certificates)}
    finally:
        server.shutdown()
        server.server_close()


class _Billing(BaseHTTPRequestHandler):
    """A proxy that answers for the Cloud Billing API itself."""

    protocol_version = "HTTP/1.1"
    catalog: Path
    context: ssl.SSLContext

    def do_CONNECT(self) -> None:
        self.send_response(HTTPStatus.OK)
        self.end_headers()
        self.connection = self.context.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)
        self.close_connection = False

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        sent = {name: values[0] for name, values in parse_qs(address.query).items()}
        rows = _skus(self.catalog, address.path.removeprefix("/v1/services/").removesuffix("/skus"))
        start, size = int(sent.get("pageToken", 0)), int(sent.get("pageSize", 5000))
        token = str(start + size) if start + size < len(rows) else ""
        body = json.dumps({"skus": rows[start : start + size], "nextPageToken": token}).encode()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Log nothing."""


@cache
def _skus(catalog: Path, service: str) -> list[dict[str, Any]]:
    file = catalog / "skus" / f"{service}.json.gz"
    if not file.exists():
        return []
    with gzip.open(file) as content:
        rows: list[dict[str, Any]] = json.load(content)["skus"]
    return rows
