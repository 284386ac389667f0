"""Tokens are valid only for our /mcp (RFC 8707)."""

from __future__ import annotations

import pytest
from django.test import Client as Browser
from oauth2_provider.models import AccessToken
from pytest_django import Settings

from accounts.oauth import tokens
from tests.accounts.oauth.agent import ISSUER, RESOURCE, Agent, redirect_parameters

ELSEWHERE = [
    "https://elsewhere.example/mcp",
    ISSUER,
    f"{ISSUER}/",
    f"{ISSUER}/mcp/other",
    f"{ISSUER}/mcp?x=1",
    f"{ISSUER}/mcp#x",
    f"{ISSUER}@elsewhere.example/mcp",
    "not a uri",
]


@pytest.mark.parametrize("resource", ELSEWHERE)
def test_another_audience_is_refused_at_the_authorization_endpoint(agent: Agent, resource: str) -> None:
    answer = redirect_parameters(agent.ask(resource=resource))

    assert answer["error"] == "invalid_target"
    assert answer["iss"] == ISSUER


@pytest.mark.parametrize("resource", ELSEWHERE)
def test_another_audience_is_refused_at_the_token_endpoint(agent: Agent, resource: str) -> None:
    code = agent.code()

    assert agent.redeem(code, resource=resource).json()["error"] == "invalid_target"
    assert not AccessToken.objects.exists()


@pytest.mark.parametrize("resource", ELSEWHERE)
def test_another_audience_is_refused_when_refreshing(agent: Agent, resource: str) -> None:
    refresh_token = agent.tokens()["refresh_token"]

    assert agent.refresh(refresh_token, resource=resource).json()["error"] == "invalid_target"


def test_a_second_audience_is_refused(agent: Agent) -> None:
    both = [RESOURCE, ELSEWHERE[0]]

    assert redirect_parameters(agent.ask(resource=both))["error"] == "invalid_target"
    assert agent.redeem(agent.code(), resource=both).json()["error"] == "invalid_target"
    assert agent.refresh(agent.tokens()["refresh_token"], resource=both).json()["error"] == "invalid_target"


def test_our_audience_is_accepted_at_every_step_and_with_a_slash(agent: Agent) -> None:
    code = agent.code(resource=f"{RESOURCE}/")
    body = agent.redeem(code, resource=f"{RESOURCE}/").json()
    body = agent.refresh(body["refresh_token"], resource=f"{RESOURCE}/").json()

    bearer = tokens.check(body["access_token"])
    assert bearer is not None
    assert AccessToken.objects.get().resource == [RESOURCE]


def test_a_token_for_another_audience_is_refused(agent: Agent) -> None:
    raw = agent.tokens()["access_token"]
    AccessToken.objects.update(resource=["https://elsewhere.example/mcp"])

    assert tokens.check(raw) is None


@pytest.mark.parametrize("host", ["localhost:8000", "[::1]:9000", "127.0.0.1"])
def test_the_issuer_does_not_depend_on_the_host_header(agent: Agent, host: str) -> None:
    metadata = Browser().get("/.well-known/oauth-authorization-server", headers={"Host": host}).json()
    resource = Browser().get("/.well-known/oauth-protected-resource/mcp", headers={"Host": host}).json()
    page = agent.browser.get("/oauth/authorize", agent.request(prompt="none"), headers={"Host": host})

    assert metadata["issuer"] == ISSUER
    assert metadata["token_endpoint"] == f"{ISSUER}/oauth/token"
    assert resource["authorization_servers"] == [ISSUER]
    assert redirect_parameters(page)["iss"] == ISSUER


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"X-Forwarded-Host": "evil.example"}])
def test_a_foreign_host_never_appears_in_the_metadata(
    client: Browser, settings: Settings, headers: dict[str, str]
) -> None:
    response = client.get("/.well-known/oauth-authorization-server", headers=headers)

    assert "evil.example" not in response.content.decode()
    assert response.status_code == (400 if "Host" in headers else 200)
    assert not settings.USE_X_FORWARDED_HOST


LOOPBACK = ["127.0.0.1:8000", "localhost:8000", "[::1]:8000", "LOCALHOST:8000"]


@pytest.mark.parametrize("host", LOOPBACK)
@pytest.mark.parametrize("suffix", ["", "/mcp"])
def test_a_local_server_names_the_address_that_was_asked_for(host: str, suffix: str, client: Browser) -> None:
    document = client.get(f"/.well-known/oauth-protected-resource{suffix}", headers={"Host": host}).json()

    assert document["resource"] == f"http://{host.lower()}/mcp"
    assert document["authorization_servers"] == [ISSUER]


@pytest.mark.parametrize("host", LOOPBACK[:3])
def test_a_client_may_name_a_local_server_by_each_of_its_addresses(agent: Agent, host: str) -> None:
    resource = f"http://{host}/mcp"
    body = agent.redeem(agent.code(resource=resource), resource=resource).json()
    body = agent.refresh(body["refresh_token"], resource=resource).json()

    assert tokens.check(body["access_token"]) is not None
    assert AccessToken.objects.get().resource == [RESOURCE]


@pytest.mark.parametrize(
    "resource",
    [
        "http://localhost/mcp",
        "http://localhost:8001/mcp",
        "https://localhost:8000/mcp",
        "http://127.0.0.2:8000/mcp",
        "http://0.0.0.0:8000/mcp",
        "http://[::]:8000/mcp",
        "http://localhost:8000/other",
        "http://localhost.evil.example:8000/mcp",
        "http://localhost:8000@evil.example/mcp",
    ],
)
def test_a_local_server_has_no_other_audience(agent: Agent, resource: str) -> None:
    assert redirect_parameters(agent.ask(resource=resource))["error"] == "invalid_target"
    raw = agent.tokens()["access_token"]
    AccessToken.objects.update(resource=[resource])
    assert tokens.check(raw) is None


def test_a_public_server_has_one_audience_and_one_address(
    agent: Agent, client: Browser, settings: Settings
) -> None:
    raw = agent.tokens()["access_token"]
    settings.PUBLIC_URL = "https://pricing.example"
    settings.MCP_RESOURCE = "https://pricing.example/mcp"
    settings.MCP_RESOURCES = frozenset({settings.MCP_RESOURCE})
    settings.ALLOWED_HOSTS = ["*"]

    for host in ("pricing.example", "localhost:8000", "evil.example"):
        document = client.get("/.well-known/oauth-protected-resource", headers={"Host": host}).json()
        assert document["resource"] == "https://pricing.example/mcp"
    assert redirect_parameters(agent.ask())["error"] == "invalid_target"
    assert tokens.check(raw) is None
