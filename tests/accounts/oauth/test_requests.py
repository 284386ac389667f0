"""Requests that are malformed, ambiguous or ask for something that does not exist."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest

from tests.accounts.oauth.agent import ISSUER, Agent, redirect_parameters

pytestmark = pytest.mark.one_database


@pytest.mark.parametrize(
    "name",
    [
        "client_id",
        "redirect_uri",
        "response_type",
        "scope",
        "state",
        "code_challenge",
        "code_challenge_method",
    ],
)
def test_a_repeated_parameter_gets_an_error_page(agent: Agent, name: str) -> None:
    query = urlencode([*agent.request().items(), (name, agent.request()[name])])

    response = agent.browser.get(f"/oauth/authorize?{query}")

    assert response.status_code == 400
    assert "Location" not in response


@pytest.mark.parametrize("name", ["grant_type", "code", "redirect_uri", "client_id", "code_verifier"])
def test_a_repeated_parameter_gets_no_token(agent: Agent, name: str) -> None:
    form = {
        "grant_type": "authorization_code",
        "code": agent.code(),
        "redirect_uri": agent.redirect_uri,
        "client_id": agent.client.client_id,
        "code_verifier": agent.verifier,
    }

    response = agent.post("/oauth/token", {**form, name: [form[name], form[name]]})

    assert response.status_code == 400
    assert response.json()["error"] == "invalid_request"


@pytest.mark.parametrize(
    "query", ["client_id=%zz", "client_id=%", "%", "state=%ff%fe", "=", "&&&", "a" * 3000]
)
def test_a_malformed_query_string_gets_an_error_page(agent: Agent, query: str) -> None:
    assert agent.browser.get(f"/oauth/authorize?{query}").status_code == 400


@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/revoke"])
@pytest.mark.parametrize("query", ["client_id=%zz", "token=x", "grant_type=authorization_code&code=x"])
def test_the_query_string_of_a_post_is_not_read(agent: Agent, path: str, query: str) -> None:
    response = agent.http.post(f"{path}?{query}", {"client_id": agent.client.client_id})

    assert response.status_code == 400
    assert response.json()["error"].startswith(("invalid_request", "unsupported"))


@pytest.mark.parametrize("body", [b"", b"{}", b"%zz=%", b"\xff\xfe", b"grant_type"])
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "application/json", "text/plain"])
def test_a_body_that_is_not_a_form_gets_no_token(agent: Agent, body: bytes, kind: str) -> None:
    assert agent.http.post("/oauth/token", body, content_type=kind).status_code in (400, 401)


@pytest.mark.parametrize(
    "grant_type",
    [
        "password",
        "client_credentials",
        "implicit",
        "urn:ietf:params:oauth:grant-type:device_code",
        "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "openid",
        "",
        None,
    ],
)
def test_other_grant_types_are_refused(agent: Agent, grant_type: str | None) -> None:
    form = {
        "grant_type": grant_type,
        "username": "ann",
        "password": "x",
        "device_code": "x",
        "assertion": "x",
    }

    response = agent.post("/oauth/token", {**form, "client_id": agent.client.client_id})

    assert response.status_code == 400
    assert response.json()["error"] == "unsupported_grant_type"


@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/revoke"])
@pytest.mark.parametrize("client_id", ["unknown", None])
def test_an_unknown_client_is_told_what_to_check(agent: Agent, path: str, client_id: str | None) -> None:
    form = {"grant_type": "authorization_code", "code": "x", "token": "x", "client_id": client_id}

    response = agent.post(path, form)

    assert response.status_code == 401
    assert response["WWW-Authenticate"] == 'Bearer error="invalid_client"'
    assert response.json() == {
        "error": "invalid_client",
        "error_description": "The client is unknown or disabled, or its secret is wrong. "
        "Check client_id and client_secret, or register the client again.",
    }


def test_a_code_or_refresh_token_that_is_not_valid_is_described(agent: Agent) -> None:
    refused = [
        agent.redeem("unknown"),
        agent.redeem(agent.code(), code_verifier="x" * 43),
        agent.refresh("unknown"),
    ]

    assert [response.json()["error"] for response in refused] == ["invalid_grant"] * 3
    assert all("authorize the client again" in response.json()["error_description"] for response in refused)


def test_a_description_of_the_library_is_kept(agent: Agent) -> None:
    response = agent.redeem(agent.code(), redirect_uri="https://other.example/callback")

    assert response.json() == {
        "error": "invalid_request",
        "error_description": "Mismatching redirect URI.",
    }


@pytest.mark.parametrize("response_type", ["token", "id_token", "code token", "none", "", None])
def test_other_response_types_are_refused(agent: Agent, response_type: str | None) -> None:
    response = agent.ask(response_type=response_type)

    answer = redirect_parameters(response)
    assert answer["error"] in ("unsupported_response_type", "unauthorized_client", "invalid_request")
    assert answer["iss"] == ISSUER


@pytest.mark.parametrize(
    "response_mode", ["fragment", "form_post", "query.jwt", "jwt", "web_message", "QUERY"]
)
def test_another_response_mode_is_refused_in_the_query(agent: Agent, response_mode: str) -> None:
    response = agent.ask(response_mode=response_mode)

    assert redirect_parameters(response)["error"] == "invalid_request"
    assert "#" not in response["Location"]


@pytest.mark.parametrize("changes", [{"response_type": "token"}, {"scope": "\x00"}, {"prompt": "none"}])
def test_no_error_is_sent_in_the_fragment(agent: Agent, changes: dict[str, str]) -> None:
    response = agent.ask(response_mode="fragment", **changes)

    assert redirect_parameters(response)["error"]
    assert "#" not in response["Location"]


@pytest.mark.parametrize("response_mode", ["query", ""])
def test_the_response_mode_query_may_be_named(agent: Agent, response_mode: str) -> None:
    response = agent.answer(agent.ask(response_mode=response_mode))

    assert response["Location"].startswith(f"{agent.redirect_uri}?code=")


@pytest.mark.parametrize("scope", ["\x00", "pricing:read \x00", 'pricing:"read"', "prix:\u00e9"])
def test_a_malformed_scope_is_redirected_with_an_error(agent: Agent, scope: str) -> None:
    assert redirect_parameters(agent.ask(scope=scope))["error"] == "invalid_scope"


@pytest.mark.parametrize("client_id", [None, "", "unknown", "\x00", "é", "x" * 3000, "' OR 1=1 --"])
def test_an_unknown_client_gets_an_error_page(agent: Agent, client_id: str | None) -> None:
    response = agent.ask(client_id=client_id)

    assert response.status_code == 400
    assert "Location" not in response


def test_a_disabled_client_gets_an_error_page(agent: Agent) -> None:
    agent.client.disabled = True
    agent.client.save()

    assert agent.ask().status_code == 400


def test_a_disabled_user_is_sent_to_sign_in(agent: Agent) -> None:
    page = agent.ask()
    agent.user.is_active = False
    agent.user.save()

    assert agent.ask().status_code == 302
    assert agent.answer(page)["Location"].startswith("/admin/login/")


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch", "head", "trace"])
@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/revoke", "/oauth/register"])
def test_program_endpoints_accept_only_post(agent: Agent, path: str, method: str) -> None:
    assert getattr(agent.http, method)(path).status_code == 405


@pytest.mark.parametrize("changes", [{"state": "é\u202e<script>"}, {"state": None}, {"state": ""}])
def test_the_state_is_returned_unchanged(agent: Agent, changes: dict[str, Any]) -> None:
    answer = redirect_parameters(agent.answer(agent.ask(**changes)))

    assert answer.get("state") == (changes["state"] or None)
