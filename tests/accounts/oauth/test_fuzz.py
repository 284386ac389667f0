"""The endpoints respond to any input. Django's test client raises what a server would turn into a 500."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from tests.accounts.oauth.agent import Agent

pytestmark = pytest.mark.one_database

FUZZ = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
NAMES = [
    "client_id",
    "redirect_uri",
    "state",
    "scope",
    "resource",
    "code_challenge",
    "response_type",
    "prompt",
]
VALUES = st.one_of(st.none(), st.text(max_size=40), st.lists(st.text(max_size=10), max_size=3))
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
)


@pytest.fixture(autouse=True)
def _no_limits(settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = dict.fromkeys(["consent", "register"], "")
    settings.TOKEN_REQUESTS_PER_MINUTE = 1_000_000


@FUZZ
@given(changes=st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=3))
def test_the_authorization_endpoint_never_crashes(agent: Agent, changes: dict[str, Any]) -> None:
    assert agent.ask(**changes).status_code in (200, 302, 400)


@FUZZ
@given(query=st.text(st.characters(codec="latin-1"), max_size=60))
def test_a_random_query_string_is_a_bad_request(agent: Agent, query: str) -> None:
    request = agent.browser.get("/oauth/authorize", QUERY_STRING=query)
    assert request.status_code == 400


@FUZZ
@given(
    grant_type=st.sampled_from(["authorization_code", "refresh_token"]),
    form=st.dictionaries(
        st.sampled_from([*NAMES, "code", "code_verifier", "refresh_token", "client_secret"]), VALUES
    ),
    authorization=st.one_of(st.none(), st.text(max_size=30).map("Basic {}".format)),
)
def test_the_token_and_revocation_endpoints_never_crash(
    agent: Agent, grant_type: str, form: dict[str, Any], authorization: str | None
) -> None:
    agent.http.defaults = {} if authorization is None else {"HTTP_AUTHORIZATION": authorization}
    form = {"grant_type": grant_type, "client_id": agent.client.client_id, **form}

    assert agent.post("/oauth/token", form).status_code in (400, 401)
    assert agent.post("/oauth/revoke", form).status_code in (200, 400, 401)


@FUZZ
@given(
    metadata=st.dictionaries(
        st.sampled_from(["client_name", "redirect_uris", "grant_types", "token_endpoint_auth_method"]), JSON
    )
)
def test_the_registration_endpoint_never_crashes(agent: Agent, metadata: dict[str, Any]) -> None:
    body = json.dumps({"redirect_uris": ["https://agent.example/callback"], **metadata})

    response = agent.http.post("/oauth/register", body, content_type="application/json")
    assert response.status_code in (201, 400)
