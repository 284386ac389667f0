"""The API of a real server, over the bill of a month."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
import pytest

from rest_api.api import api
from tests.costs.bills import charge, write_bill
from tests.harness.product import Product, install, serve


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    folder = tmp_path_factory.mktemp("api")
    product = install(folder, COSTS_DIR=str(folder / "lake"))
    write_bill(folder / "bills", "2026-10", [charge("0.100000000000000001"), charge("2.5")])
    product.manage("load_costs", "--source", str(folder / "bills"))
    with serve(product, folder / "server.log"):
        yield product


@pytest.fixture(scope="module")
def headers(product: Product) -> dict[str, str]:
    return {"Authorization": f"Bearer {product.cost_reader('rita')}"}


def test_a_script_asks_with_a_token(product: Product, headers: dict[str, str]) -> None:
    address, asked = f"{product.url}/api/query", {"dimensions": ["month"]}
    read = httpx2.get(f"{address}?dimensions=month", headers=headers, timeout=60)
    sent = httpx2.post(address, json=asked, headers=headers, timeout=60)

    assert read.json()["rows"] == [{"month": "2026-10", "billed_cost": "2.600000000000000001"}]
    assert sent.json()["rows"] == read.json()["rows"]


def test_a_panel_is_served_under_the_policy_of_all_pages(product: Product, headers: dict[str, str]) -> None:
    response = httpx2.get(f"{product.url}/api/panels/spend-by-day", headers=headers, timeout=60)

    assert response.json()["panel"] == "spend-by-day"
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]


def test_a_body_that_is_too_large_is_refused(product: Product, headers: dict[str, str]) -> None:
    response = httpx2.post(f"{product.url}/api/query", content=b"x" * 70_000, headers=headers, timeout=60)

    assert response.status_code == 413


def test_the_library_serves_no_pages_of_its_own() -> None:
    assert api.docs_url is None
