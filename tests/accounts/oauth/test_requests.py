"""Requests that are malformed, ambiguous or ask for something that there is not."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest

from tests.accounts.oauth.agent import ISSUER, Agent, answer_of


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
def test_a_parameter_that_comes_twice_is_an_error_page(agent: Agent, name: str) -> None:
    query = urlencode([*agent.request().items(), (name, agent.request()[name])])

    response = agent.browser.get(f"/oauth/authorize?{query}")

    assert response.status_code == 400
    assert "Location" not in response


@pytest.mark.parametrize("name", ["grant_type", "code", "redirect_uri", "client_id", "code_verifier"])
def test_a_parameter_that_comes_twice_gets_no_token(agent: Agent, name: str) -> None:
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
def test_a_query_that_is_not_well_formed_is_an_error_page(agent: Agent, query: str) -> None:
    assert agent.browser.get(f"/oauth/authorize?{query}").status_code == 400


@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/revoke"])
@pytest.mark.parametrize("query", ["client_id=%zz", "token=x", "grant_type=authorization_code&code=x"])
def test_nothing_is_taken_from_the_query_of_a_post(agent: Agent, path: str, query: str) -> None:
    response = agent.http.post(f"{path}?{query}", {"client_id": agent.client.client_id})

    assert response.status_code == 400
    assert response.json()["error"].startswith(("invalid_request", "unsupported"))


@pytest.mark.parametrize("body", [b"", b"{}", b"%zz=%", b"\xff\xfe", b"grant_type"])
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "application/json", "text/plain"])
def test_a_body_that_is_no_form_gets_no_token(agent: Agent, body: bytes, kind: str) -> None:
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
def test_no_other_grant_is_served(agent: Agent, grant_type: str | None) -> None:
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


@pytest.mark.parametrize("response_type", ["token", "id_token", "code token", "none", "", None])
def test_no_other_response_type_is_served(agent: Agent, response_type: str | None) -> None:
    response = agent.ask(response_type=response_type)

    answer = answer_of(response)
    assert answer["error"] in ("unsupported_response_type", "unauthorized_client", "invalid_request")
    assert answer["iss"] == ISSUER


@pytest.mark.parametrize("scope", ["admin", "pricing:read admin", "pricing:write", "*", "\x00"])
def test_a_scope_that_there_is_not_goes_back_as_an_error(agent: Agent, scope: str) -> None:
    assert answer_of(agent.ask(scope=scope))["error"] == "invalid_scope"


@pytest.mark.parametrize("client_id", [None, "", "unknown", "\x00", "é", "x" * 3000, "' OR 1=1 --"])
def test_an_unknown_client_is_an_error_page(agent: Agent, client_id: str | None) -> None:
    response = agent.ask(client_id=client_id)

    assert response.status_code == 400
    assert "Location" not in response


def test_a_disabled_client_is_an_error_page(agent: Agent) -> None:
    agent.client.disabled = True
    agent.client.save()

    assert agent.ask().status_code == 400


def test_somebody_disabled_is_not_asked(agent: Agent) -> None:
    page = agent.ask()
    agent.user.is_active = False
    agent.user.save()

    assert agent.ask().status_code == 302
    assert agent.answer(page)["Location"].startswith("/admin/login/")


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch", "head", "trace"])
@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/revoke", "/oauth/register"])
def test_programs_post(agent: Agent, path: str, method: str) -> None:
    assert getattr(agent.http, method)(path).status_code == 405


@pytest.mark.parametrize("changes", [{"state": "é\u202e<script>"}, {"state": None}, {"state": ""}])
def test_the_state_comes_back_as_it_was(agent: Agent, changes: dict[str, Any]) -> None:
    answer = answer_of(agent.answer(agent.ask(**changes)))

    assert answer.get("state") == (changes["state"] or None)
