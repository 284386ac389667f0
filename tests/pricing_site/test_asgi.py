"""What the server sends beyond what Django's test client shows, from the real server."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
import pytest

from tests.harness.product import Product, install, serve


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    folder = tmp_path_factory.mktemp("asgi")
    product = install(folder)
    log = folder / "server.log"
    with serve(product, log):
        yield product
    assert "WARNING" not in log.read_text()


@pytest.fixture(scope="module")
def token(product: Product) -> str:
    return product.token("agent")


def call(product: Product, token: str, method: str, encoding: str) -> httpx2.Response:
    return httpx2.post(
        f"{product.url}/mcp",
        json={"jsonrpc": "2.0", "id": 1, "method": method, "params": {}},
        headers={
            "Accept": "application/json, text/event-stream",
            "Accept-Encoding": encoding,
            "Authorization": f"Bearer {token}",
        },
    )


def test_an_answer_to_an_agent_is_compressed_when_it_asks_for_it(product: Product, token: str) -> None:
    small, whole = (call(product, token, "tools/list", encoding) for encoding in ("gzip", "identity"))

    assert small.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in whole.headers
    assert int(small.headers["Content-Length"]) < int(whole.headers["Content-Length"]) / 2
    assert small.json() == whole.json()


def test_a_small_answer_to_an_agent_is_not_compressed(product: Product, token: str) -> None:
    answer = call(product, token, "ping", "gzip")

    assert answer.status_code == 200
    assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize("path", ["/", "/static/admin/css/base.css"])
def test_head_has_the_length_of_get_and_leaves_no_warning(product: Product, path: str) -> None:
    plain = {"Accept-Encoding": "identity"}
    head, whole = (httpx2.request(method, product.url + path, headers=plain) for method in ("HEAD", "GET"))

    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["Content-Length"] == whole.headers["Content-Length"] == str(len(whole.content))
