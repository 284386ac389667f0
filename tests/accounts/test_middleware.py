"""People who were taken off a list lose their session, and get no new rights."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client as Browser
from oauth2_provider.models import AccessToken
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import Consent, User
from accounts.oauth import tokens
from tests.accounts.oauth.agent import Agent
from tests.accounts.oauth.conftest import make_client
from tests.accounts.test_github import sign_in, signed_in
from tests.harness.fake_github import GitHub

pytestmark = pytest.mark.django_db
FORM = {"name": "for a year", "days": "365"}


@pytest.fixture
def browser(github: GitHub, settings: Settings) -> Browser:
    """Signed in as 1003 by id."""
    github.user_id = 1003
    settings.ALLOWED_GITHUB_IDS = frozenset({"1003"})
    browser = Browser()
    sign_in(browser)
    return browser


@pytest.fixture
def agent(browser: Browser) -> Agent:
    agent = Agent(make_client())
    agent.browser.cookies = browser.cookies
    return agent


def take_off(settings: Settings) -> None:
    settings.ALLOWED_GITHUB_IDS = frozenset({"1001"})


def test_someone_on_the_list_keeps_their_session(browser: Browser, github: GitHub) -> None:
    asked = len(github.requests)

    assert browser.get("/account/").status_code == 200
    assert browser.post("/account/tokens/", FORM).status_code == 200
    assert len(github.requests) == asked


def test_someone_taken_off_the_list_cannot_make_a_token(browser: Browser, settings: Settings) -> None:
    take_off(settings)

    response = browser.post("/account/tokens/", FORM)

    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")
    assert not AccessToken.objects.exists()
    assert signed_in(browser) is None


def test_someone_taken_off_the_list_cannot_agree_to_a_client(agent: Agent, settings: Settings) -> None:
    page = agent.ask()
    take_off(settings)

    assert agent.answer(page)["Location"].startswith("/accounts/login/")
    assert agent.ask()["Location"].startswith("/accounts/login/")
    assert not Consent.objects.exists()


def test_a_client_of_someone_taken_off_the_list_gets_no_more_tokens(agent: Agent, settings: Settings) -> None:
    body, code = agent.tokens(), agent.code()
    take_off(settings)

    assert agent.refresh(body["refresh_token"]).json()["error"] == "invalid_grant"
    assert agent.redeem(code).json()["error"] == "invalid_grant"
    assert tokens.check(body["access_token"]) is not None  # for its quarter of an hour


def test_someone_who_is_back_on_the_list_signs_in_again(browser: Browser, settings: Settings) -> None:
    take_off(settings)
    browser.get("/account/")
    settings.ALLOWED_GITHUB_IDS = frozenset({"1003"})

    assert browser.get("/account/").status_code == 302
    sign_in(browser)
    assert browser.get("/account/").status_code == 200


@pytest.mark.parametrize("is_allowed", [True, False])
def test_a_former_administrator_loses_the_admin(
    github: GitHub, settings: Settings, *, is_allowed: bool
) -> None:
    github.user_id = 9001
    settings.STAFF_GITHUB_IDS = frozenset({"9001"})
    browser = Browser()
    sign_in(browser)
    assert browser.get("/admin/accounts/user/").status_code == 200
    settings.STAFF_GITHUB_IDS = frozenset()
    settings.ALLOWED_GITHUB_IDS = frozenset({"9001"} if is_allowed else {"1001"})

    assert browser.get("/admin/accounts/user/").status_code == 302
    assert (browser.get("/account/").status_code == 200) is is_allowed
    if is_allowed:
        user = User.objects.get()
        assert (user.is_staff, user.is_superuser) == (False, False)


def test_members_stay_until_their_organization_is_taken_off_the_list(
    github: GitHub, settings: Settings
) -> None:
    settings.ALLOWED_GITHUB_ORGS = frozenset({"acme", "other"})
    github.organizations = {"acme": "active"}
    browser = Browser()
    sign_in(browser)
    asked = len(github.requests)
    assert browser.get("/account/").status_code == 200

    settings.ALLOWED_GITHUB_ORGS = frozenset({"other"})

    assert browser.get("/account/").status_code == 302
    assert len(github.requests) == asked


def test_a_member_who_signed_in_before_is_remembered_by_the_organization(
    github: GitHub, settings: Settings
) -> None:
    sign_in(Browser())
    settings.ALLOWED_GITHUB_ORGS = frozenset({"acme"})
    github.organizations = {"acme": "active"}
    browser = Browser()
    sign_in(browser)

    assert browser.get("/account/").status_code == 200
    assert SocialAccount.objects.get().extra_data["organization"] == "acme"


def test_someone_without_a_github_account_is_on_no_list(browser: Browser) -> None:
    browser.force_login(
        User.objects.create_user("local"), backend="django.contrib.auth.backends.ModelBackend"
    )

    assert browser.get("/account/").status_code == 302


def test_the_administrator_of_a_local_server_is_on_no_list(admin_client: Browser, settings: Settings) -> None:
    settings.ALLOWED_GITHUB_IDS = frozenset({"1001"})

    assert admin_client.get("/admin/accounts/user/").status_code == 200


def test_visitors_cost_no_query(client: Browser, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        response: Any = client.get("/connect/", headers={"Cookie": "other=1"})
    assert response.status_code == 200
