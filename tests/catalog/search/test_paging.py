from __future__ import annotations

from typing import Any

import pytest

from catalog.errors import InvalidArgumentError
from catalog.search import SearchAnswer, SearchRequest, search
from tests.catalog.factories import make_service, make_sku, make_update

pytestmark = pytest.mark.django_db


@pytest.fixture
def first_page() -> SearchAnswer:
    make_update()
    service = make_service(display_name="Widget Service")
    for number in range(7):
        make_sku(service=service, display_name=f"Widget {number}")
    return search(SearchRequest("widget", limit=3))


def _page(cursor: str | None, query: str = "widget", **arguments: Any) -> SearchAnswer:
    return search(SearchRequest(query, cursor=cursor, **arguments))


def test_pages_return_every_match_exactly_once(first_page: SearchAnswer) -> None:
    second = _page(first_page["next_cursor"], limit=3)
    third = _page(second["next_cursor"], limit=3)

    names = [sku["display_name"] for page in (first_page, second, third) for sku in page["skus"]]
    assert names == [f"Widget {number}" for number in range(7)]
    assert third["next_cursor"] is None
    assert third["total"] == 7


def test_only_the_first_page_lists_services(first_page: SearchAnswer) -> None:
    assert len(first_page["services"]) == 1
    assert _page(first_page["next_cursor"])["services"] == []


def test_limit_and_response_format_may_differ_between_pages(first_page: SearchAnswer) -> None:
    rest = _page(first_page["next_cursor"], limit=50, response_format="detailed")
    assert [sku["display_name"] for sku in rest["skus"]] == [f"Widget {number}" for number in range(3, 7)]


def test_services_are_paginated_too() -> None:
    make_update()
    for number in range(5):
        make_service(display_name=f"Service {number}")

    names, cursor = [], None
    for _ in range(3):
        page = _page(cursor, "", kind="services", limit=2)
        names += [service["display_name"] for service in page["services"]]
        cursor = page["next_cursor"]
    assert names == [f"Service {number}" for number in range(5)]
    assert cursor is None


def test_a_cursor_expires_with_the_next_sync(first_page: SearchAnswer) -> None:
    make_update()

    with pytest.raises(InvalidArgumentError, match="has expired: prices were synced since") as rejected:
        _page(first_page["next_cursor"])
    assert "omit cursor to start over" in rejected.value.hint


@pytest.mark.parametrize(
    "arguments",
    [{"query": "widgets"}, {"query": "widget", "region": "us"}, {"query": "widget", "kind": "skus"}],
)
def test_a_cursor_of_another_request_is_rejected(first_page: SearchAnswer, arguments: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgumentError, match="belongs to another request"):
        _page(first_page["next_cursor"], **arguments)


@pytest.mark.parametrize("cursor", ["", "x", "MS4=", "é", "a" * 1000, "\0"])
def test_an_invalid_cursor_is_rejected(cursor: str) -> None:
    with pytest.raises(InvalidArgumentError, match="is invalid") as rejected:
        _page(cursor)
    assert "next_cursor" in rejected.value.hint


def test_a_running_sync_keeps_cursors_valid(first_page: SearchAnswer) -> None:
    make_update(status="running", completed_at=None)

    assert len(_page(first_page["next_cursor"], limit=3)["skus"]) == 3
