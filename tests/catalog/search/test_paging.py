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
    service = make_service(display_name="Disk Service")
    for number in range(7):
        make_sku(service=service, display_name=f"Disk {number}")
    return search(SearchRequest("disk", limit=3))


def _page(cursor: str | None, query: str = "disk", **arguments: Any) -> SearchAnswer:
    return search(SearchRequest(query, cursor=cursor, **arguments))


def test_pages_bring_everything_once_and_then_end(first_page: SearchAnswer) -> None:
    second = _page(first_page["next_cursor"], limit=3)
    third = _page(second["next_cursor"], limit=3)

    names = [sku["display_name"] for page in (first_page, second, third) for sku in page["skus"]]
    assert names == [f"Disk {number}" for number in range(7)]
    assert third["next_cursor"] is None
    assert third["total"] == 7


def test_services_stand_on_the_first_page_only(first_page: SearchAnswer) -> None:
    assert len(first_page["services"]) == 1
    assert _page(first_page["next_cursor"])["services"] == []


def test_the_size_and_form_of_a_page_may_change_on_the_way(first_page: SearchAnswer) -> None:
    rest = _page(first_page["next_cursor"], limit=50, response_format="detailed")
    assert [sku["display_name"] for sku in rest["skus"]] == [f"Disk {number}" for number in range(3, 7)]


def test_services_are_paged_too() -> None:
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


def test_a_cursor_of_an_older_catalog_is_refused_with_the_way_on(first_page: SearchAnswer) -> None:
    make_update()

    with pytest.raises(InvalidArgumentError, match="older catalog") as refused:
        _page(first_page["next_cursor"])
    assert "no cursor to start over" in refused.value.hint


@pytest.mark.parametrize(
    "arguments",
    [{"query": "disks"}, {"query": "disk", "region": "us"}, {"query": "disk", "kind": "skus"}],
)
def test_a_cursor_of_another_request_is_refused(first_page: SearchAnswer, arguments: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgumentError, match="another request"):
        _page(first_page["next_cursor"], **arguments)


@pytest.mark.parametrize("cursor", ["", "x", "MS4=", "é", "a" * 1000, "\0"])
def test_a_broken_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidArgumentError, match="is broken") as refused:
        _page(cursor)
    assert "next_cursor" in refused.value.hint


def test_a_running_sync_leaves_cursors_good(first_page: SearchAnswer) -> None:
    make_update(status="running", completed_at=None)

    assert len(_page(first_page["next_cursor"], limit=3)["skus"]) == 3
