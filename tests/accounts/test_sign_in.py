"""The sign-in page during an authorization request, with GitHub and without."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.test import Client as Browser
from pytest_django import Settings

from tests.accounts.oauth.conftest import make_client

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["/accounts/login/", "/admin/login/"])
def page(request: pytest.FixtureRequest, settings: Settings) -> str:
    settings.HAS_GITHUB = request.param == "/accounts/login/"
    return str(request.param)


def sign_in_page(browser: Browser, page: str, next_url: str) -> str:
    response = browser.get(f"{page}?next={quote(next_url)}")
    assert response.status_code == 200
    return response.content.decode()


def test_the_page_says_which_client_sent_the_person(client: Browser, page: str) -> None:
    agent = make_client("Agent <b>Smith</b>", "https://agent.example/callback")

    html = sign_in_page(client, page, f"/oauth/authorize?client_id={agent.client_id}&state=1")

    assert "Agent &lt;b&gt;Smith&lt;/b&gt;</strong> sent you here to connect to this server." in html


def test_a_client_with_a_metadata_document_that_was_not_read_yet_is_named_by_its_host(
    client: Browser, page: str
) -> None:
    html = sign_in_page(client, page, f"/oauth/authorize?client_id={quote('https://agent.example/id.json')}")

    assert "agent.example</strong> sent you here" in html


@pytest.mark.parametrize(
    "next_url",
    [
        "",
        "/account/",
        "/account/?client_id={client_id}",
        "/oauth/authorize",
        "/oauth/authorize?client_id=unknown",
        "http://[/oauth/authorize?client_id={client_id}",
    ],
)
def test_without_a_known_client_the_page_names_none(client: Browser, page: str, next_url: str) -> None:
    agent = make_client("Agent", "https://agent.example/callback")

    html = sign_in_page(client, page, next_url.format(client_id=agent.client_id))

    assert "sent you here" not in html


def test_the_password_form_says_where_the_password_is(client: Browser) -> None:
    assert "<code>script/run</code> printed" in sign_in_page(client, "/admin/login/", "/account/")
