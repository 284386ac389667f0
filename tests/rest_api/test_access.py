from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from oauth2_provider.models import AccessToken
from pytest_django.fixtures import Settings

from accounts.models import User
from accounts.oauth import tokens
from tests.rest_api.conftest import SCOPES, error_of

pytestmark = pytest.mark.django_db

METADATA = 'resource_metadata="http://127.0.0.1:8000/.well-known/oauth-protected-resource/mcp"'
ADDRESSES = ["/api/panels/", "/api/panels/models", "/api/query"]


def with_token(token: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {token}"})


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_request_without_a_token_is_told_where_to_get_one(address: str) -> None:
    response = Client().get(address)

    assert error_of(response, 401)["code"] == "unauthorized"
    assert response["WWW-Authenticate"] == f'Bearer {METADATA}, scope="costs:read"'


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_token_with_the_scope_is_answered(api: Client, address: str) -> None:
    assert api.get(address).status_code == 200


@pytest.mark.parametrize(
    "sent", ["Bearer", "Bearer ", "Bearer x", "bearer x y", "Bearer \u00e9", "Bearer " + "x" * 9999]
)
def test_an_unknown_token_is_refused(sent: str) -> None:
    response = Client(headers={"Authorization": sent}).get("/api/query")

    assert error_of(response, 401)["message"] == "The token is unknown or was revoked."
    assert 'error="invalid_token"' in response["WWW-Authenticate"]


def test_another_scheme_is_no_token() -> None:
    response = Client(headers={"Authorization": "Basic cml0YTpyaXRh"}).get("/api/query")

    assert 'error="' not in response["WWW-Authenticate"]


def test_an_expired_token_is_refused(api: Client) -> None:
    AccessToken.objects.update(expires=timezone.now() - timedelta(seconds=1))

    assert error_of(api.get("/api/query"), 401)["message"] == "The token has expired."


def test_a_token_for_another_server_is_refused(api: Client) -> None:
    AccessToken.objects.update(resource=["https://elsewhere.example/mcp"])

    assert "https://elsewhere.example/mcp" in error_of(api.get("/api/query"), 401)["message"]


def test_a_refused_token_is_not_made_good_by_a_session(reader: User) -> None:
    client = with_token("x")
    client.force_login(reader)

    error_of(client.get("/api/query"), 401)


def test_a_token_without_the_scope_is_asked_for_it(reader: User) -> None:
    response = with_token(tokens.issue(reader, days=7)).get("/api/query")

    assert error_of(response, 403)["code"] == "forbidden_scope"
    assert 'error="insufficient_scope"' in response["WWW-Authenticate"]
    assert 'scope="costs:read pricing:read"' in response["WWW-Authenticate"]


def test_a_person_outside_of_the_group_is_told_whom_to_ask() -> None:
    person = User.objects.create_user("pia")

    response = with_token(tokens.issue(person, days=7, scopes=SCOPES)).get("/api/query")

    assert "Cost readers" in error_of(response, 403)["message"]
    assert "WWW-Authenticate" not in response


def test_leaving_the_group_takes_effect_at_once(api: Client, reader: User) -> None:
    reader.groups.clear()

    error_of(api.get("/api/query"), 403)


def test_the_first_use_of_a_token_is_recorded(api: Client, used_tokens: list[int]) -> None:
    api.get("/api/query")

    assert used_tokens == [AccessToken.objects.get().pk]


def test_who_is_signed_in_may_read(client: Client, reader: User) -> None:
    client.force_login(reader)

    assert client.get("/api/query").status_code == 200


def test_who_is_signed_in_without_the_group_is_refused(client: Client) -> None:
    client.force_login(User.objects.create_user("pia"))

    assert error_of(client.get("/api/query"), 403)["code"] == "forbidden_scope"


def test_a_session_sends_nothing_without_the_token_of_csrf(reader: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(reader)

    refused = client.post("/api/query", {}, content_type="application/json")

    assert "CSRF" in error_of(refused, 403)["message"]


def test_a_session_sends_with_the_token_of_csrf(reader: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(reader)
    client.cookies["csrftoken"] = "x" * 32

    sent = client.post("/api/query", {}, content_type="application/json", headers={"X-CSRFToken": "x" * 32})

    assert sent.status_code == 200


def test_a_token_needs_no_token_of_csrf(token: str) -> None:
    client = Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {token}"})

    assert client.post("/api/query", {}, content_type="application/json").status_code == 200


def test_pages_of_other_sites_cannot_read_answers(api: Client) -> None:
    response = api.get("/api/query", headers={"Origin": "https://elsewhere.example"})

    assert not [name for name in response.headers if name.lower().startswith("access-control-")]


def test_answers_are_kept_nowhere(api: Client) -> None:
    assert api.get("/api/query")["Cache-Control"] == "private, no-store"


def test_a_person_over_the_limit_is_told_when_to_try_again(api: Client, settings: Settings) -> None:
    settings.TOOL_CALLS_PER_MINUTE = 3

    responses = [api.get("/api/panels/models") for _ in range(4)]

    assert error_of(responses[-1], 429)["code"] == "rate_limited"
    assert int(responses[-1]["Retry-After"]) > 0
