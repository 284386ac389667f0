"""The consent page: nothing skips or changes it, and it shows who gets what."""

from __future__ import annotations

import time

import pytest
from django.test import Client as Browser
from oauth2_provider.models import Grant

from accounts.models import Client, User
from accounts.oauth.authorize import CONSENT_PAGE_SECONDS
from tests.accounts.oauth.agent import ISSUER, Agent, redirect_parameters
from tests.accounts.oauth.conftest import make_client

pytestmark = pytest.mark.one_database


@pytest.mark.parametrize(
    "extra", [{"approval_prompt": "auto"}, {"prompt": "consent"}, {"prompt": "login"}, {}]
)
@pytest.mark.parametrize("consented", [False, True])
def test_the_page_is_shown_whatever_the_request_says(
    agent: Agent, extra: dict[str, str], *, consented: bool
) -> None:
    if consented:
        agent.tokens()

    page = agent.ask(**extra)

    assert page.status_code == 200
    assert "Allow" in page.content.decode()
    assert not Grant.objects.exists()


def test_prompt_none_is_redirected_with_an_error(agent: Agent) -> None:
    agent.tokens()

    for prompt in ("none", "login none"):
        answer = redirect_parameters(agent.ask(prompt=prompt))
        assert answer == {"error": "consent_required", "state": "s-1", "iss": ISSUER}


def test_a_client_with_skip_authorization_still_needs_consent(agent: Agent) -> None:
    Client.objects.update(skip_authorization=True)

    assert agent.ask().status_code == 200
    assert not Grant.objects.exists()


def test_the_page_names_the_client_the_person_and_the_redirect_host(agent: Agent) -> None:
    html = agent.ask().content.decode()

    assert "Agent" in html
    assert "ann" in html
    assert "agent.example" in html
    assert "Search and read prices" in html
    assert "chosen by the client, not verified" in html
    assert "Access lasts 90 days" in html


def test_the_page_warns_about_a_client_on_loopback(agent: Agent) -> None:
    agent.client = make_client("Claude", "http://127.0.0.1/callback")

    html = agent.ask(redirect_uri="http://127.0.0.1:5123/callback").content.decode()

    assert "127.0.0.1:5123" in html
    assert "Any program on your computer can use this name" in html


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7|add:7 }}"]
)
def test_a_client_name_is_escaped(agent: Agent, name: str) -> None:
    Client.objects.update(name=name)

    html = agent.ask().content.decode()

    assert name not in html or name.startswith("{{")
    assert "<script" not in html
    assert "<img" not in html
    assert "14" not in html.split("</h1>")[0].split("<h1>")[1]


def test_a_decision_without_a_csrf_token_is_refused(agent: Agent) -> None:
    page = agent.ask()
    path = page.wsgi_request.get_full_path()

    response = agent.browser.post(path, {"decision": "allow"})

    assert response.status_code == 403
    assert not Grant.objects.exists()


def test_a_decision_from_another_origin_is_refused(agent: Agent) -> None:
    page = agent.ask()
    for header in ({"Origin": "https://evil.example"}, {"Origin": "null"}):
        agent.browser.defaults.clear()
        agent.browser.defaults.update({f"HTTP_{name.upper()}": value for name, value in header.items()})
        assert agent.answer(page).status_code == 403
    assert not Grant.objects.exists()


@pytest.mark.parametrize(
    "form",
    [
        {"client_id": "other"},
        {"redirect_uri": "https://evil.example/callback"},
        {"scope": "admin"},
        {"state": "other"},
        {"code_challenge": "x" * 43},
        {"resource": "https://elsewhere.example"},
        {"allow": "true"},
        {"next": "https://evil.example"},
    ],
)
def test_a_form_with_unexpected_fields_is_refused(agent: Agent, form: dict[str, str]) -> None:
    response = agent.answer(agent.ask(), **form)

    assert response.status_code == 400
    assert not Grant.objects.exists()


@pytest.mark.parametrize("offer", ["", "x", "x:y:z"])
def test_a_decision_with_an_invalid_offer_is_refused(agent: Agent, offer: str) -> None:
    response = agent.answer(agent.ask(), offer=offer)

    assert response.status_code == 400
    assert "expired" in response.content.decode()
    assert not Grant.objects.exists()


def test_a_decision_is_refused_for_a_request_that_was_not_shown(agent: Agent, mallory: Agent) -> None:
    shown = agent.ask()
    mallory.browser = agent.browser
    other = mallory.ask()
    shown.wsgi_request = other.wsgi_request

    assert agent.answer(shown).status_code == 400
    assert not Grant.objects.exists()


def test_a_decision_is_refused_from_another_person(agent: Agent) -> None:
    page = agent.ask()
    agent.sign_in(User.objects.create_user("bob"))
    csrf = str(agent.ask().context["csrf_token"])

    assert agent.answer(page, csrfmiddlewaretoken=csrf).status_code == 400
    assert not Grant.objects.exists()


def test_a_client_renamed_in_the_meantime_is_shown_again(agent: Agent) -> None:
    page = agent.ask()
    Client.objects.update(name="Something else")

    response = agent.answer(page)

    assert response.status_code == 400
    assert "Show the request again" in response.content.decode()


def test_a_late_decision_is_refused(agent: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    page = agent.ask()
    later = time.time() + CONSENT_PAGE_SECONDS + 1
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)

    assert agent.answer(page).status_code == 400
    assert not Grant.objects.exists()


@pytest.mark.parametrize("decision", ["", "Allow", "yes", "true", "allow deny"])
def test_any_decision_except_allow_is_a_denial(agent: Agent, decision: str) -> None:
    assert redirect_parameters(agent.answer(agent.ask(), decision))["error"] == "access_denied"


def test_the_page_cannot_be_framed_cached_or_leaked_in_a_referrer(agent: Agent) -> None:
    page = agent.ask()

    assert page["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    assert "form-action" not in page["Content-Security-Policy"]
    assert "no-store" in page["Cache-Control"]
    assert page["Referrer-Policy"] == "same-origin"


def test_the_page_keeps_its_window_opener(agent: Agent) -> None:
    assert agent.ask()["Cross-Origin-Opener-Policy"] == "unsafe-none"
    assert Browser().get("/connect/")["Cross-Origin-Opener-Policy"] == "same-origin"


def test_the_expired_page_repeats_the_request(agent: Agent) -> None:
    page = agent.answer(agent.ask(), offer="x")

    html = page.content.decode()
    for name, value in agent.request().items():
        assert f'name="{name}" value="{value}"' in html
