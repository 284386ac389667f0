"""Redirect URIs: compared character by character, except for the port of a loopback address."""

from __future__ import annotations

import pytest

from tests.accounts.oauth.agent import NATIVE, Agent, redirect_parameters
from tests.accounts.oauth.conftest import make_client

pytestmark = pytest.mark.one_database


@pytest.mark.parametrize(
    "uri",
    [
        "https://evil.example/callback",
        "http://agent.example/callback",
        "https://agent.example/callback/",
        "https://agent.example/callback/../evil",
        "https://agent.example/Callback",
        "https://agent.example/callback?next=https://evil.example",
        "https://agent.example/callback?",
        "https://agent.example/callback#fragment",
        "https://agent.example/callback#",
        "https://agent.example:8443/callback",
        "https://agent.example.evil.example/callback",
        "https://evil.example@agent.example/callback",
        "https://agent.example@evil.example/callback",
        "https://agent.example/callback%2f..%2fevil",
        "https://agent.example\\@evil.example/callback",
        "https://agent.example/callback;evil=1",
        "https://AGENT.example./callback",
        "//agent.example/callback",
        "/callback",
        "javascript:alert(1)//https://agent.example/callback",
        "data:text/html,<script>alert(1)</script>",
        "https://agent.example/callback\x00",
        "https://agent.example/callback\r\nX-Evil: 1",
        " https://agent.example/callback",
        "https://[::1/callback",
        "",
    ],
)
def test_an_unregistered_redirect_uri_gets_an_error_page_and_no_redirect(agent: Agent, uri: str) -> None:
    response = agent.ask(redirect_uri=uri)

    assert response.status_code == 400
    assert "Location" not in response
    assert "cannot be connected" in response.content.decode()


@pytest.mark.parametrize(
    ("registered", "asked"),
    [
        ("http://127.0.0.1/callback", "http://127.0.0.1:50123/callback"),
        ("http://127.0.0.1:1234/callback", "http://127.0.0.1:50123/callback"),
        ("http://localhost/callback", "http://localhost:50123/callback"),
        ("http://[::1]/callback", "http://[::1]:50123/callback"),
    ],
)
def test_a_loopback_redirect_uri_may_use_any_port(agent: Agent, registered: str, asked: str) -> None:
    agent.client = make_client("Local", registered)
    agent.redirect_uri = asked

    response = agent.answer(agent.ask())

    assert response["Location"].startswith(asked + "?code=")
    assert agent.redeem(redirect_parameters(response)["code"]).status_code == 200


@pytest.mark.parametrize(
    ("registered", "asked"),
    [
        ("http://127.0.0.1/callback", "http://127.0.0.1:50123/other"),
        ("http://127.0.0.1/callback", "http://localhost:50123/callback"),
        ("http://127.0.0.1/callback", "http://127.0.0.2:50123/callback"),
        ("http://127.0.0.1/callback", "https://127.0.0.1:50123/callback"),
        ("http://localhost/callback", "http://localhost.evil.example:50123/callback"),
        ("http://localhost/callback", "http://localhost:50123@evil.example/callback"),
    ],
)
def test_a_loopback_redirect_uri_may_differ_only_in_its_port(
    agent: Agent, registered: str, asked: str
) -> None:
    agent.client = make_client("Local", registered)

    assert agent.ask(redirect_uri=asked).status_code == 400


@pytest.mark.parametrize("uri", NATIVE)
def test_a_public_native_client_is_redirected_to_its_private_use_scheme(agent: Agent, uri: str) -> None:
    agent.redirect_uri = uri
    agent.client = make_client("Native", uri)

    page = agent.ask()
    response = agent.answer(page)

    assert "Any program on your computer can use this name" in page.content.decode()
    assert response["Location"].startswith(f"{uri}{'&' if '?' in uri else '?'}code=")
    assert agent.redeem(redirect_parameters(response)["code"]).status_code == 200
    assert agent.answer(agent.ask(), "deny")["Location"].startswith(uri)


def test_a_native_client_needs_pkce(agent: Agent) -> None:
    agent.redirect_uri = NATIVE[0]
    agent.client = make_client("Native", NATIVE[0])

    answer = redirect_parameters(agent.ask(code_challenge=None, code_challenge_method=None))

    assert answer["error"] == "invalid_request"


@pytest.mark.parametrize(
    "asked",
    [
        "cursor://anysphere.cursor-mcp/oauth/callback/",
        "cursor://anysphere.cursor-mcp/oauth/callback?x=1",
        "cursor://anysphere.cursor-mcp/oauth/Callback",
        "cursor://anysphere.cursor-mcp:80/oauth/callback",
        "cursor://ANYSPHERE.cursor-mcp/oauth/callback",
        "CURSOR://anysphere.cursor-mcp/oauth/callback",
        "cursor://evil/oauth/callback",
        "vscode://anysphere.cursor-mcp/oauth/callback",
        "javascript://anysphere.cursor-mcp/oauth/callback",
    ],
)
def test_a_private_use_redirect_uri_matches_exactly(agent: Agent, asked: str) -> None:
    agent.client = make_client("Native", "cursor://anysphere.cursor-mcp/oauth/callback")

    assert agent.ask(redirect_uri=asked).status_code == 400


def test_a_denied_scheme_is_not_redirected_to_even_if_it_is_stored(agent: Agent) -> None:
    agent.redirect_uri = "javascript://agent.example/%0aalert(1)"
    agent.client = make_client("Old", agent.redirect_uri)

    assert agent.ask().status_code == 400


@pytest.mark.parametrize(
    ("registered", "asked"),
    [
        ("http://127.0.0.1:33418", "http://127.0.0.1:33418/"),
        ("http://127.0.0.1:33418/", "http://127.0.0.1:33418"),
        ("http://localhost", "http://localhost:50123/"),
        ("https://agent.example", "https://agent.example/"),
        ("https://agent.example/?app=1", "https://agent.example?app=1"),
    ],
)
def test_an_empty_path_is_the_path_of_the_root(agent: Agent, registered: str, asked: str) -> None:
    agent.client = make_client("Rooted", registered)
    agent.redirect_uri = asked

    code = redirect_parameters(agent.answer(agent.ask()))["code"]

    assert (
        agent.redeem(code, redirect_uri=registered if "localhost" not in asked else asked).status_code == 200
    )


@pytest.mark.parametrize(
    ("registered", "asked"),
    [
        ("https://agent.example", "https://agent.example//"),
        ("https://agent.example", "https://agent.example/?"),
        ("https://agent.example/callback", "https://agent.example"),
        ("http://127.0.0.1:33418", "http://127.0.0.1:33418//evil"),
        ("http://127.0.0.1/callback", "http://127.0.0.1:99999/callback"),
        ("http://127.0.0.1/callback", "http://127.0.0.1:0/callback"),
    ],
)
def test_no_other_path_and_no_impossible_port_matches(agent: Agent, registered: str, asked: str) -> None:
    agent.client = make_client("Rooted", registered)

    assert agent.ask(redirect_uri=asked).status_code == 400


def test_a_client_with_one_redirect_uri_may_omit_it(agent: Agent) -> None:
    code = agent.code(redirect_uri=None)

    assert agent.redeem(code, redirect_uri=None).status_code == 200


def test_a_client_with_several_redirect_uris_must_name_one(agent: Agent) -> None:
    agent.client.redirect_uris += " https://agent.example/other"
    agent.client.save()

    assert agent.ask(redirect_uri=None).status_code == 400
