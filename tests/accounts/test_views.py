"""The account and connect pages."""

from __future__ import annotations

import base64
import json
import re
from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.contrib.auth.models import Group
from django.test import Client as Browser
from django.utils import timezone
from oauth2_provider.models import AccessToken, Grant

from accounts.models import Consent, PersonalToken, User
from accounts.oauth import tokens
from accounts.views import MAX_TOKENS
from tests.accounts.oauth.agent import Agent
from tests.accounts.oauth.conftest import make_client

TOKEN = re.compile(r"<code>(pricing_[\w-]+)</code>")


@pytest.fixture
def agent(user: User) -> Agent:
    agent = Agent(make_client("<Claude>"))
    agent.sign_in(user)
    agent.browser.handler.enforce_csrf_checks = False
    return agent


@pytest.fixture
def user(db: None) -> User:  # noqa: ARG001
    return User.objects.create_user("ann")


def html_of(agent: Agent) -> str:
    response = agent.browser.get("/account/")
    assert response.status_code == 200
    html: str = response.content.decode()
    return html


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/account/", "/account/tokens/", "/account/clients/revoke/"])
def test_the_pages_require_sign_in(client: Browser, path: str) -> None:
    response = client.post(path) if path != "/account/" else client.get(path)

    assert response.status_code == 302
    assert response["Location"].startswith("/admin/login/")


def test_a_person_without_clients_is_shown_how_to_connect_one(agent: Agent) -> None:
    html = html_of(agent)

    assert "No clients yet" in html
    assert "/connect/" in html


def test_a_person_sees_their_clients_with_first_and_last_use(agent: Agent) -> None:
    agent.tokens()
    long_ago = timezone.now() - timedelta(days=40)
    Consent.objects.update(since=long_ago)

    html = html_of(agent)

    assert "&lt;Claude&gt;" in html
    assert f"{long_ago:%b %Y}" in html
    assert f'last used <time datetime="{timezone.now():%Y-%m-%d}' in html


def test_an_unused_client_is_shown_as_unused(agent: Agent) -> None:
    agent.code()

    assert "not used yet" in html_of(agent)


def test_revoking_a_client_revokes_its_tokens_and_codes(agent: Agent) -> None:
    body, code = agent.tokens(), agent.code()

    response = agent.browser.post(f"/account/clients/{agent.client.pk}/revoke/", follow=True)

    assert "&lt;Claude&gt; can no longer act for you." in response.content.decode()
    assert tokens.check(body["access_token"]) is None
    assert agent.refresh(body["refresh_token"]).status_code == 400
    assert agent.redeem(code).status_code == 400
    assert not Grant.objects.exists()


def test_revoking_one_client_keeps_the_others(agent: Agent, user: User) -> None:
    other = Agent(make_client("Other"))
    other.sign_in(user)
    body = other.tokens()
    agent.tokens()

    agent.browser.post(f"/account/clients/{agent.client.pk}/revoke/")

    assert tokens.check(body["access_token"]) is not None
    assert list(Consent.objects.values_list("client__name", flat=True)) == ["Other"]


def test_revoking_all_clients_keeps_personal_tokens(agent: Agent, user: User) -> None:
    other = Agent(make_client("Other"))
    other.sign_in(user)
    bodies = [agent.tokens(), other.tokens()]
    personal = tokens.issue(user, days=1)

    agent.browser.post("/account/clients/revoke/")

    assert [tokens.check(body["access_token"]) for body in bodies] == [None, None]
    assert tokens.check(personal) is not None


def test_a_person_cannot_revoke_another_persons_clients_or_tokens(agent: Agent) -> None:
    bob = User.objects.create_user("bob")
    body, personal = agent.tokens(), tokens.issue(agent.user, days=1)
    browser = Browser()
    browser.force_login(bob, backend="django.contrib.auth.backends.ModelBackend")

    assert browser.post(f"/account/clients/{agent.client.pk}/revoke/").status_code == 404
    browser.post("/account/clients/revoke/")
    browser.post(f"/account/tokens/{PersonalToken.objects.get().pk}/revoke/")

    assert tokens.check(body["access_token"]) is not None
    assert tokens.check(personal) is not None


def test_a_personal_token_is_shown_once_and_works(agent: Agent) -> None:
    response = agent.browser.post("/account/tokens/", {"name": "nightly report", "days": "7"})

    [raw] = TOKEN.findall(response.content.decode())
    bearer = tokens.check(raw)
    assert bearer is not None
    assert bearer.user_id == agent.user.pk
    assert timedelta(days=6) < bearer.expires - timezone.now() <= timedelta(days=7)
    assert "no-store" in response["Cache-Control"]
    html = html_of(agent)
    assert "nightly report" in html
    assert raw not in html


def test_a_person_sees_when_a_token_was_last_used(agent: Agent) -> None:
    raw = tokens.issue(agent.user, days=9)
    assert "not used yet" in html_of(agent)

    bearer = tokens.check(raw)
    assert bearer is not None
    AccessToken.objects.update(created=timezone.now() - timedelta(seconds=5))
    tokens.record_use(bearer.token_id)
    html = html_of(agent)
    assert f"last used {timezone.now():%-d %b %Y}" in html
    assert "not used yet" not in html
    assert "later ones once an hour" in html


def test_a_personal_token_can_be_revoked(agent: Agent) -> None:
    raw = tokens.issue(agent.user, days=1, name="nightly report")

    agent.browser.post(f"/account/tokens/{PersonalToken.objects.get().pk}/revoke/")

    assert tokens.check(raw) is None
    assert "nightly report" not in html_of(agent)


@pytest.mark.parametrize(
    "form",
    [
        {"name": "", "days": "7"},
        {"name": "x" * 61, "days": "7"},
        {"name": "x", "days": "3650"},
        {"name": "x", "days": "-1"},
        {"name": "x", "days": "x"},
        {"name": "x\x00", "days": "7"},
        {},
    ],
)
def test_an_invalid_form_creates_no_token(agent: Agent, form: dict[str, str]) -> None:
    response = agent.browser.post("/account/tokens/", form)

    assert response.status_code == 400
    assert "errorlist" in response.content.decode()
    assert not AccessToken.objects.exists()


def test_the_number_of_personal_tokens_is_limited(agent: Agent) -> None:
    for _ in range(MAX_TOKENS):
        tokens.issue(agent.user, days=1)

    response = agent.browser.post("/account/tokens/", {"name": "one more", "days": "7"})

    assert "Revoke one first" in response.content.decode()
    assert AccessToken.objects.count() == MAX_TOKENS


@pytest.mark.parametrize(
    "path",
    ["/account/tokens/", "/account/clients/revoke/", "/account/clients/1/revoke/", "/accounts/logout/"],
)
def test_changes_require_a_post_from_our_own_site(agent: Agent, path: str) -> None:
    agent.browser.handler.enforce_csrf_checks = True

    assert agent.browser.get(path).status_code == 405
    assert agent.browser.post(path).status_code == 403


def test_a_person_can_sign_out(agent: Agent) -> None:
    assert agent.browser.post("/accounts/logout/")["Location"] == "/"
    assert agent.browser.get("/account/").status_code == 302


def test_the_connect_page_covers_the_common_clients(client: Browser) -> None:
    html = client.get("/connect/").content.decode()

    for words in ("claude mcp add", "mcp.json", "codex mcp add", "gemini mcp add", "mcp-remote"):
        assert words in html
    assert html.count("http://127.0.0.1:8000/mcp") >= 6


def test_a_person_who_may_only_read_prices_chooses_no_scope(agent: Agent) -> None:
    assert 'name="scopes"' not in html_of(agent)

    answer = agent.browser.post("/account/tokens/", {"name": "x", "days": 7, "scopes": "costs:read"})

    assert answer.status_code == 200
    assert AccessToken.objects.get().scope == "pricing:read"


def test_a_person_who_may_read_costs_chooses_what_a_token_may_do(agent: Agent, user: User) -> None:
    user.groups.add(Group.objects.create(name="Cost readers"))
    assert html_of(agent).count('name="scopes"') == 3

    agent.browser.post("/account/tokens/", {"name": "x", "days": 7, "scopes": ["costs:read"]})

    assert AccessToken.objects.get().scope == "costs:read"


def test_a_token_that_may_do_nothing_is_not_created(agent: Agent, user: User) -> None:
    user.groups.add(Group.objects.create(name="Cost readers"))

    answer = agent.browser.post("/account/tokens/", {"name": "x", "days": 7})

    assert answer.status_code == 400
    assert not AccessToken.objects.exists()


def test_rows_tell_clients_of_one_name_apart(agent: Agent, user: User) -> None:
    for uri in ("https://app.example.com/callback", "http://127.0.0.1/callback"):
        Consent.objects.create(user=user, client=make_client("Claude Code", redirect_uris=uri))

    html = html_of(agent)
    assert "Answers go to app.example.com" in html
    assert "Answers go to a program on your device" in html


def test_a_new_token_comes_with_a_command_that_is_ready_to_run(agent: Agent) -> None:
    html = agent.browser.post("/account/tokens/", {"name": "ci", "days": "30"}).content.decode()

    [token] = TOKEN.findall(html)
    assert (
        f"-H &quot;Authorization: Bearer {token}&quot;" in html
        or f'-H "Authorization: Bearer {token}"' in html
    )


def test_editors_are_connected_by_a_link(client: Browser) -> None:
    html = client.get("/connect/").content.decode()

    [config] = re.findall(
        r"cursor://anysphere.cursor-deeplink/mcp/install\?name=cloud-pricing&amp;config=([^\"]+)", html
    )
    assert json.loads(base64.b64decode(unquote(config))) == {"url": "http://127.0.0.1:8000/mcp"}
    [server] = {*re.findall(r"vscode:mcp/install\?([^\"]+)", html)}
    assert json.loads(unquote(server)) == {
        "name": "cloud-pricing",
        "type": "http",
        "url": "http://127.0.0.1:8000/mcp",
    }
