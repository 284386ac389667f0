"""Requests that strangers send to exhaust the server, against the real server."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest

from pricing_site import request_body
from pricing_site.request_body import MAX_BYTES, MAX_UPLOAD_BYTES, UPLOADS
from tests.harness.product import Product, install, serve

PATHS = ["/nothing-here", "/", "/oauth/register", "/oauth/token", "/admin/login/", "/accounts/login/"]


@dataclass(frozen=True)
class Server:
    product: Product
    log: Path

    def text(self, path: str) -> str:
        return self.product.url + path

    def raw(self, request: bytes, *, then_hang_up: bool = False) -> bytes:
        """The response to these bytes, up to the end of the connection."""
        address = urlsplit(self.product.url)
        with socket.create_connection(("127.0.0.1", address.port or 0), timeout=10) as connection:
            connection.sendall(request)
            if then_hang_up:
                time.sleep(0.3)  # until the server waits for the rest
                return b""
            return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("bodies")
    product = install(folder)
    log = folder / "server.log"
    with serve(product, log):
        yield Server(product, log)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["POST", "GET", "PUT"])
def test_a_body_over_the_limit_is_refused_before_anything_reads_it(
    server: Server, method: str, path: str
) -> None:
    response = httpx2.request(method, server.text(path), content=b"x" * (MAX_BYTES + 1))

    assert response.status_code == 413
    assert response.text == "The request body exceeds 65536 bytes.\n"


@pytest.mark.parametrize("path", PATHS)
def test_a_chunked_body_over_the_limit_is_refused_once_it_gets_there(server: Server, path: str) -> None:
    chunks = (b"x" * 1024 for _ in range(MAX_BYTES // 1024 + 1))

    assert httpx2.post(server.text(path), content=chunks).status_code == 413


@pytest.mark.parametrize("path", sorted(UPLOADS))
def test_what_takes_files_or_calls_has_a_larger_limit_of_its_own(path: str, server: Server) -> None:
    # Read, and refused by its view: a form of ours has a token, and calls say what they are written in.
    assert httpx2.post(server.text(path), content=b"x" * (MAX_BYTES + 1)).status_code in {401, 403, 415}
    response = httpx2.post(server.text(path), content=b"x" * (MAX_UPLOAD_BYTES + 1))
    assert response.status_code == 413
    assert response.text == "The request body exceeds 2097152 bytes.\n"


def test_a_stated_length_over_the_limit_is_refused_without_the_body(server: Server) -> None:
    head = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 300000000\r\n"

    response = server.raw(head + b"Expect: 100-continue\r\n\r\n")
    assert response.startswith(b"HTTP/1.1 413 ")
    assert server.raw(head + b"\r\nxxx").startswith(b"HTTP/1.1 413 ")


def test_a_stated_length_of_thousands_of_digits_is_refused() -> None:
    sent: list[Any] = []
    scope = {"type": "http", "method": "POST", "headers": [(b"content-length", b"9" * 5000)]}

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    async def application(*_: Any) -> None:
        raise AssertionError("the request reached the application")

    asyncio.run(request_body.limited(application, scope, receive, send))
    assert sent[0]["status"] == 413


def test_a_body_longer_than_its_stated_length_ends_where_it_was_stated_to_end(server: Server) -> None:
    head = b"POST /nothing-here HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: 3\r\n\r\n"

    response = server.raw(head + b"x" * 2 * MAX_BYTES)
    assert response.startswith(b"HTTP/1.1 404 ")


def test_a_body_of_the_limit_reaches_the_page(server: Server) -> None:
    response = httpx2.post(server.text("/oauth/register"), content=b"x" * MAX_BYTES)

    assert response.status_code == 400
    assert "error" in response.json()


@pytest.mark.parametrize("path", ["/", "/mcp", "/admin/"])
def test_a_websocket_is_refused_without_a_stack_trace(server: Server, path: str) -> None:
    handshake = (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    before = len(server.log.read_text())

    assert server.raw(handshake.encode()).startswith(b"HTTP/1.1 403 ")
    assert server.log.read_text()[before:] == ""


@pytest.mark.parametrize("path", ["/", "/mcp", "/oauth/token", "/static/nothing"])
def test_a_wrong_host_is_refused_with_one_line_in_the_log(server: Server, path: str) -> None:
    before = len(server.log.read_text())
    request = f"GET {path} HTTP/1.1\r\nHost: evil.test\r\nConnection: close\r\n\r\n"

    assert server.raw(request.encode()).startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 404 ", b"HTTP/1.1 405 "))
    assert server.log.read_text()[before:].count("\n") <= 1


def test_a_wrong_host_is_told_the_right_address_and_logged_as_a_warning_without_advice(
    server: Server,
) -> None:
    before = len(server.log.read_text())

    response = httpx2.get(server.product.url, headers={"Host": "evil.test"})

    assert response.status_code == 400
    assert f'This one is at <a href="{server.product.url}">{server.product.url}</a>.' in response.text
    [line] = server.log.read_text()[before:].splitlines()
    assert line.endswith("WARNING django.security.DisallowedHost: Invalid HTTP_HOST header: 'evil.test'.")


@pytest.mark.parametrize("version", ["2025-06-18", "2026-07-28"])
def test_a_body_of_an_agent_that_hangs_up_leaves_no_stack_trace(server: Server, version: str) -> None:
    token = server.product.token("ann")
    request = (
        f"POST /mcp HTTP/1.1\r\nHost: {urlsplit(server.product.url).netloc}\r\n"
        "Content-Type: application/json\r\n"
        "Accept: application/json, text/event-stream\r\n"
        f"MCP-Protocol-Version: {version}\r\nMcp-Method: ping\r\n"
        f"Authorization: Bearer {token}\r\nContent-Length: 1000\r\n\r\n{{"
    )
    before = len(server.log.read_text())

    server.raw(request.encode(), then_hang_up=True)
    time.sleep(0.3)  # until the server noticed
    assert "Traceback" not in server.log.read_text()[before:]
