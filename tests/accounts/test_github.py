"""Sign-in with GitHub, against a fake GitHub on loopback."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.test import Client as Browser
from pytest_django import Settings

from accounts.models import User
from tests.harness.fake_github import GitHub

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

START = "/accounts/github/login/"
CALLBACK = "/accounts/github/login/callback/"


def leave(browser: Browser, **form: str) -> str:
    """Press the button; the URL that GitHub redirects the person back to."""
    response = browser.post(START, form)
    assert response.status_code == 302, response.content
    at_github = requests.get(response["Location"], allow_redirects=False, timeout=5)
    return at_github.headers["Location"]


def sign_in(browser: Browser, **form: str) -> Any:
    return browser.get(leave(browser, **form))


def signed_in(browser: Browser) -> str | None:
    key = browser.session.get("_auth_user_id")
    return User.objects.get(pk=key).username if key else None


@pytest.mark.usefixtures("github")
def test_a_github_account_becomes_a_user_with_its_login(client: Browser) -> None:
    response = sign_in(client)

    assert response.status_code == 302
    assert response["Location"] == "/account/"
    assert signed_in(client) == "octo-ann"
    user = User.objects.get()
    assert not user.is_staff
    assert not user.has_usable_password()


def test_only_the_login_and_id_are_stored(client: Browser, github: GitHub) -> None:
    sign_in(client)

    user = User.objects.get()
    assert (user.email, user.first_name, user.last_name) == ("", "", "")
    assert SocialAccount.objects.get().extra_data == {"login": "octo-ann"}
    assert not SocialToken.objects.exists()
    assert github.scopes == [""]
    assert "/api/v3/user/emails" not in github.requests


def test_a_renamed_github_account_is_still_the_same_user(client: Browser, github: GitHub) -> None:
    sign_in(client)
    github.login = "ann-renamed"
    sign_in(Browser())

    assert User.objects.count() == 1


@pytest.mark.usefixtures("github")
def test_a_login_that_is_taken_does_not_open_the_other_account(client: Browser) -> None:
    User.objects.create_user("octo-ann", is_staff=True)

    sign_in(client)

    assert signed_in(client) != "octo-ann"
    assert not User.objects.get(pk=client.session["_auth_user_id"]).is_staff


def test_staff_are_decided_by_id_at_each_sign_in(client: Browser, github: GitHub, settings: Settings) -> None:
    settings.STAFF_GITHUB_IDS = frozenset({str(github.user_id)})
    sign_in(client)
    assert User.objects.get().is_superuser
    assert client.get("/admin/").status_code == 200

    settings.STAFF_GITHUB_IDS = frozenset()
    sign_in(Browser())
    assert not User.objects.get().is_superuser
    assert client.get("/admin/", follow=True).status_code == 403


@pytest.mark.usefixtures("github")
def test_an_account_with_a_staff_members_old_login_is_not_staff(client: Browser, settings: Settings) -> None:
    settings.STAFF_GITHUB_IDS = frozenset({"42", "octo-ann"})

    sign_in(client)

    assert not User.objects.get().is_staff


def test_only_allowed_ids_can_sign_in(client: Browser, github: GitHub, settings: Settings) -> None:
    settings.ALLOWED_GITHUB_IDS = frozenset({"7"})
    response = sign_in(client)
    assert response.status_code == 403
    assert "octo-ann" in response.content.decode()
    assert signed_in(client) is None
    assert not User.objects.exists()

    github.user_id = 7
    sign_in(client)
    assert signed_in(client) == "octo-ann"


@pytest.mark.parametrize(
    ("memberships", "gets_in"),
    [({}, False), ({"acme": "pending"}, False), ({"other": "active"}, False), ({"acme": "active"}, True)],
)
def test_only_active_members_of_allowed_organizations_can_sign_in(
    client: Browser, github: GitHub, settings: Settings, memberships: dict[str, str], *, gets_in: bool
) -> None:
    settings.ALLOWED_GITHUB_ORGS = frozenset({"acme"})
    github.organizations = memberships

    response = sign_in(client)

    assert (signed_in(client) is not None) is gets_in
    assert response.status_code == (302 if gets_in else 403)


def test_a_former_member_is_refused_at_the_next_sign_in(
    client: Browser, github: GitHub, settings: Settings
) -> None:
    settings.ALLOWED_GITHUB_ORGS = frozenset({"acme"})
    github.organizations = {"acme": "active"}
    sign_in(client)
    github.organizations = {}

    assert sign_in(Browser()).status_code == 403


@pytest.mark.usefixtures("github")
def test_a_disabled_user_cannot_sign_in(client: Browser) -> None:
    sign_in(client)
    User.objects.update(is_active=False)
    browser = Browser()

    response = sign_in(browser)

    assert signed_in(browser) is None
    assert response["Location"] == "/accounts/inactive/"
    assert "disabled" in browser.get("/accounts/inactive/").content.decode()
    assert client.get("/account/").status_code == 302


@pytest.mark.usefixtures("github")
def test_sign_in_returns_to_the_requested_page(client: Browser) -> None:
    page = client.get("/accounts/login/?next=/oauth/authorize%3Fclient_id%3Dx")
    assert 'value="/oauth/authorize?client_id=x"' in page.content.decode()

    response = sign_in(client, next="/oauth/authorize?client_id=x")

    assert response["Location"] == "/oauth/authorize?client_id=x"


@pytest.mark.usefixtures("github")
def test_a_link_to_the_start_at_github_keeps_the_requested_page(client: Browser) -> None:
    response = client.get(f"{START}?next=/oauth/authorize%3Fclient_id%3Dx&scope=repo")

    assert response["Location"] == "/accounts/login/?next=/oauth/authorize%3Fclient_id%3Dx"
    assert 'value="/oauth/authorize?client_id=x"' in client.get(response["Location"]).content.decode()
    assert client.get(START)["Location"] == "/accounts/login/"


@pytest.mark.usefixtures("github")
@pytest.mark.parametrize(
    "target",
    ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "http:evil.example"],
)
def test_next_cannot_lead_to_another_site(client: Browser, target: str) -> None:
    response = sign_in(client, next=target)

    assert response["Location"] == "/account/"


@pytest.mark.usefixtures("github")
def test_a_callback_is_accepted_only_in_the_browser_that_started_it(client: Browser) -> None:
    way_back = leave(client)

    response = Browser().get(way_back)

    assert response.status_code == 401
    assert not User.objects.exists()


@pytest.mark.usefixtures("github")
def test_a_callback_is_accepted_once(client: Browser) -> None:
    way_back = leave(client)
    client.get(way_back)
    client.post("/accounts/logout/")

    response = client.get(way_back)

    assert response.status_code == 401
    assert signed_in(client) is None


@pytest.mark.usefixtures("github")
@pytest.mark.parametrize(
    "query",
    ["", "?code=x", "?code=x&state=made-up", "?state=", "?error=access_denied", "?code=%00&state=%ff"],
)
def test_an_unsolicited_callback_gets_an_error_page(client: Browser, query: str) -> None:
    response = client.get(CALLBACK + query)

    assert response.status_code in (302, 401)
    assert signed_in(client) is None


@pytest.mark.usefixtures("github")
def test_a_code_that_github_rejects_gets_an_error_page(client: Browser) -> None:
    state = parse_qs(urlsplit(leave(client)).query)["state"][0]

    response = client.get(CALLBACK, {"code": "stolen", "state": state})

    assert response.status_code == 401
    assert "Sign-in failed" in response.content.decode()


@pytest.mark.usefixtures("github")
def test_cancelling_at_github_is_reported(client: Browser) -> None:
    state = parse_qs(urlsplit(leave(client)).query)["state"][0]

    response = client.get(CALLBACK, {"error": "access_denied", "state": state}, follow=True)

    assert "Sign-in cancelled" in response.content.decode()


@pytest.mark.usefixtures("github")
def test_signing_in_changes_the_session_key(client: Browser) -> None:
    client.post(START)
    before = client.session.session_key

    sign_in(client)

    assert client.session.session_key != before


@pytest.mark.usefixtures("github")
def test_a_second_github_account_cannot_be_linked(client: Browser, github: GitHub) -> None:
    sign_in(client)
    github.user_id, github.login = 2002, "second"

    assert sign_in(client, process="connect").status_code == 403
    assert SocialAccount.objects.count() == 1


@pytest.mark.usefixtures("github")
def test_a_link_cannot_widen_the_request_to_github(client: Browser) -> None:
    response = client.post(f"{START}?scope=repo&auth_params=login%3Dx")

    assert response["Location"] == "/accounts/login/"


@pytest.mark.usefixtures("github")
def test_behind_a_tls_proxy_the_callback_uses_https(client: Browser, settings: Settings) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

    response = client.post(START, headers={"X-Forwarded-Proto": "https", "Host": "localhost"})

    query = parse_qs(urlsplit(response["Location"]).query)
    assert query["redirect_uri"] == [f"https://localhost{CALLBACK}"]


@pytest.mark.usefixtures("github")
def test_only_our_own_page_can_start_a_sign_in() -> None:
    browser = Browser(enforce_csrf_checks=True)

    assert browser.post(START).status_code == 403
    assert browser.get(START)["Location"] == "/accounts/login/"


@pytest.mark.usefixtures("github")
def test_with_github_there_is_no_password_form(client: Browser) -> None:
    User.objects.create_superuser("admin", password="correct horse battery")

    response = client.post("/admin/login/", {"username": "admin", "password": "correct horse battery"})

    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")
    assert signed_in(client) is None
    assert "password" not in client.get("/accounts/login/").content.decode().lower()


def test_on_a_local_server_without_github_the_administrator_signs_in(client: Browser) -> None:
    User.objects.create_superuser("admin", password="correct horse battery")

    way_in = client.get("/accounts/login/?next=/account/", follow=True)
    assert way_in.redirect_chain[-1][0] == "/admin/login/?next=/account/"
    response = client.post(
        way_in.redirect_chain[-1][0], {"username": "admin", "password": "correct horse battery"}
    )

    assert response["Location"] == "/account/"
    assert client.get(START).status_code == client.get(CALLBACK).status_code == 404


def test_on_a_public_server_without_github_there_is_no_password_form(
    client: Browser, settings: Settings
) -> None:
    settings.IS_LOCAL, settings.LOGIN_URL = False, "account_login"
    User.objects.create_superuser("admin", password="correct horse battery")

    response = client.post("/admin/login/", {"username": "admin", "password": "correct horse battery"})
    assert response["Location"].startswith("/accounts/login/")
    page = client.get(response["Location"])
    assert page.status_code == 503
    assert "GITHUB_CLIENT_ID" in page.content.decode()


def test_a_github_that_rejects_its_token_gets_an_error_page(client: Browser, github: GitHub) -> None:
    way_back = leave(client)
    github.tokens = NoTokens()

    response = client.get(way_back)

    assert response.status_code == 401
    assert signed_in(client) is None


class NoTokens(set[str]):
    """A GitHub that forgets every token at once."""

    def add(self, element: str, /) -> None:
        pass


def test_who_is_no_administrator_is_told_as_whom_they_are_signed_in_and_who_decides(
    github: GitHub, client: Browser
) -> None:
    sign_in(client)

    page = client.get("/admin/", follow=True).content.decode()
    assert f"<strong>{User.objects.get().username}</strong> (GitHub id {github.user_id})" in page
    assert "STAFF_GITHUB_IDS" in page


def test_an_administrator_at_the_sign_in_page_is_led_to_the_admin(
    github: GitHub, client: Browser, settings: Settings
) -> None:
    settings.STAFF_GITHUB_IDS = frozenset({str(github.user_id)})
    sign_in(client)

    assert client.get("/admin/login/").headers["location"] == "/admin/"
