from __future__ import annotations

import csv

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory

from catalog.errors import InvalidArgumentError
from console import limits
from console.pages import Page, Table, paths

pytestmark = pytest.mark.django_db


def served(view: object, suffix: str) -> object:
    patterns = {pattern.name: pattern.callback for pattern in paths("things/", view, "things")}  # type: ignore[arg-type]
    request = RequestFactory().get(f"/things{suffix}")
    request.user = AnonymousUser()
    return patterns[f"things{suffix}"](request)


def test_a_csv_holds_no_formula_but_numbers_with_a_sign() -> None:
    table = Table(("name", "price"), [("=1+1", "-0.5"), (None, "2")], frozenset({"price"}))

    response = served(lambda _request: Page("", {}, table), "-csv")
    rows = list(csv.reader(response.content.decode().splitlines()))  # type: ignore[attr-defined]
    assert rows == [["name", "price"], ["'=1+1", "-0.5"], ["", "2"]]


@pytest.mark.parametrize("suffix", ["", "-json", "-csv"])
def test_a_refusal_has_the_form_of_the_page(suffix: str) -> None:
    def refuse(_request: object) -> Page:
        raise InvalidArgumentError("There is no such thing.", hint="Ask for another.")

    response = served(refuse, suffix)
    assert response.status_code == 400  # type: ignore[attr-defined]
    assert b"There is no such thing." in response.content  # type: ignore[attr-defined]


def test_a_page_that_is_unchanged_is_not_sent_again(client: Client) -> None:
    first = client.get("/search")

    again = client.get("/search", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert first["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("address", ["/", "/search", "/search/", "/status/", "/models/", "/connect/"])
def test_pages_are_only_read(client: Client, address: str) -> None:
    assert client.post(address).status_code == 405


@pytest.mark.parametrize("address", ["/search", "/search.json", "/status/", "/compare/"])
def test_the_headers_of_a_page_can_be_asked_for_alone(client: Client, address: str) -> None:
    head = client.head(address)

    assert head.content == b""
    assert head.headers == client.get(address).headers


def test_the_feed_has_a_tag_when_its_headers_are_asked_for_alone(client: Client) -> None:
    assert "ETag" in client.head("/changes.atom")


def test_an_address_that_searches_too_often_has_to_wait(client: Client, settings: object) -> None:
    settings.PAGE_SEARCHES_PER_MINUTE = 2  # type: ignore[attr-defined]
    limits.forget()

    assert [client.get("/search").status_code for _ in range(3)] == [200, 200, 429]
    assert client.get("/search")["Retry-After"] == "60"
    # Nobody types on other pages.
    assert client.get("/compare/", headers={"HX-Request": "true"}).status_code == 429
    assert client.get("/search", REMOTE_ADDR="192.0.2.9").status_code == 200


def test_searches_while_typing_count_apart(client: Client, settings: object) -> None:
    settings.PAGE_SEARCHES_PER_MINUTE = 1  # type: ignore[attr-defined]
    limits.forget()
    typed = {"HX-Request": "true"}

    assert [client.get("/search", headers=typed).status_code for _ in range(3)] == [200, 200, 200]
    assert client.get("/search").status_code == 200
