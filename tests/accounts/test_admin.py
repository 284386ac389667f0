from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib import admin
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone
from oauth2_provider.models import AccessToken, Grant, IDToken, RefreshToken
from pytest_django import DjangoAssertNumQueries, Settings

from accounts import events
from accounts.models import AuditEvent, Client, Consent, User
from accounts.oauth import tokens

pytestmark = pytest.mark.django_db

TOKENS = reverse("admin:oauth2_provider_accesstoken_changelist")
CLIENTS = reverse("admin:accounts_client_changelist")
PEOPLE = reverse("admin:accounts_user_changelist")


def column(client: Browser, address: str, name: str) -> list[str]:
    """The cells of a column of a list."""
    page = client.get(address).content.decode()
    cells = re.findall(rf'class="field-{name}(?: [^"]*)?">(.*?)</t[dh]>', page)
    return [re.sub("<[^>]*>", "", cell) for cell in cells]


@pytest.fixture
def user() -> User:
    return User.objects.create_user("ann")


@pytest.fixture
def client_of_ann(user: User) -> Client:
    client = Client(
        name="Agent",
        user=user,
        client_type=Client.CLIENT_PUBLIC,
        authorization_grant_type=Client.GRANT_AUTHORIZATION_CODE,
        redirect_uris="http://127.0.0.1/callback",
    )
    client.save()
    return client


def token_page(row: AccessToken, view: str = "change") -> str:
    return reverse(f"admin:oauth2_provider_accesstoken_{view}", args=[row.pk])


def test_a_token_is_shown_without_its_secret_or_hash(admin_client: Browser, user: User) -> None:
    raw = tokens.issue(user, days=7)
    row = AccessToken.objects.get()

    for url in (TOKENS, token_page(row)):
        html = admin_client.get(url).content.decode()
        assert "ann" in html
        assert raw not in html
        assert row.token_checksum not in html


def test_deleting_a_token_revokes_it_at_once(admin_client: Browser, user: User) -> None:
    raw = tokens.issue(user, days=7)

    admin_client.post(token_page(AccessToken.objects.get(), "delete"), {"post": "yes"})
    assert tokens.check(raw) is None


def test_deleting_tokens_in_the_list_revokes_their_refresh_tokens(
    admin_client: Browser, user: User, client_of_ann: Client
) -> None:
    token = AccessToken.objects.create(
        user=user,
        application=client_of_ann,
        token="access",
        expires=timezone.now() + timedelta(hours=1),
    )
    refresh = RefreshToken.objects.create(
        user=user, application=client_of_ann, token="refresh", access_token=token, token_family=uuid.uuid4()
    )

    action = {"action": "delete_selected", "_selected_action": [token.pk], "post": "yes"}
    admin_client.post(TOKENS, action)
    assert not AccessToken.objects.exists()
    refresh.refresh_from_db()
    assert refresh.revoked is not None


def test_deleting_a_token_revokes_the_other_pairs_of_its_session(
    admin_client: Browser, user: User, client_of_ann: Client
) -> None:
    family = uuid.uuid4()
    deleted, other = (
        AccessToken.objects.create(
            user=user, application=client_of_ann, token=name, expires=timezone.now() + timedelta(hours=1)
        )
        for name in ("deleted", "other")
    )
    for token in (deleted, other):
        RefreshToken.objects.create(
            user=user,
            application=client_of_ann,
            token=f"refresh-{token.pk}",
            access_token=token,
            token_family=family,
        )

    admin_client.post(token_page(deleted, "delete"), {"post": "yes"})

    assert not AccessToken.objects.exists()
    assert not RefreshToken.objects.filter(revoked=None).exists()


def test_tokens_and_clients_cannot_be_added_or_changed_by_hand(
    admin_client: Browser, user: User, client_of_ann: Client
) -> None:
    tokens.issue(user, days=7)
    client_page = reverse("admin:accounts_client_change", args=[client_of_ann.pk])

    url = token_page(AccessToken.objects.get())
    assert admin_client.get(url).status_code == 200
    assert admin_client.post(url, {"scope": "all"}).status_code == 403
    assert admin_client.post(client_page, {"name": "Mine"}).status_code == 302
    client_of_ann.refresh_from_db()
    assert client_of_ann.name == "Agent"
    assert admin_client.get(f"{TOKENS}add/").status_code == 403
    assert admin_client.get(reverse("admin:accounts_client_add")).status_code == 403


def test_a_client_can_be_disabled(admin_client: Browser, client_of_ann: Client) -> None:
    url = reverse("admin:accounts_client_change", args=[client_of_ann.pk])

    admin_client.post(url, {"disabled": "on"})

    client_of_ann.refresh_from_db()
    assert not client_of_ann.is_usable(None)


def test_a_client_is_shown_without_its_secret(admin_client: Browser, client_of_ann: Client) -> None:
    client_of_ann.client_type = Client.CLIENT_CONFIDENTIAL
    client_of_ann.client_secret = "s3cret-of-ann"
    client_of_ann.save()

    html = admin_client.get(reverse("admin:accounts_client_change", args=[client_of_ann.pk])).content.decode()
    assert client_of_ann.client_id in html
    assert client_of_ann.client_secret not in html


def test_revoking_is_called_so(admin_client: Browser, user: User, client_of_ann: Client) -> None:
    tokens.issue(user, days=7, name="ci")
    token = AccessToken.objects.get()

    for address, confirmation in (
        (TOKENS, token_page(token, "delete")),
        (CLIENTS, reverse("admin:accounts_client_delete", args=[client_of_ann.pk])),
    ):
        page = admin_client.get(address).content.decode()
        assert "Revoke selected" in page
        assert "Delete" not in page
        assert 'value="Revoke"' in admin_client.get(confirmation).content.decode()
    chosen = {"action": "delete_selected", "_selected_action": [token.pk]}
    assert 'value="Revoke"' in admin_client.post(TOKENS, chosen).content.decode()
    for page in (token_page(token), reverse("admin:accounts_client_change", args=[client_of_ann.pk])):
        assert "Revoke</a>" in admin_client.get(page).content.decode()


def test_a_token_shows_whose_it_is_and_when_it_was_last_used(
    admin_client: Browser, user: User, client_of_ann: Client
) -> None:
    tokens.issue(user, days=7, name="ci")
    expires = timezone.now() + timedelta(hours=1)
    AccessToken.objects.create(user=user, application=client_of_ann, token="access", expires=expires)

    assert column(admin_client, TOKENS, "holder") == ["of Agent", "personal: ci"]
    used, never = column(admin_client, TOKENS, "last_used")
    assert (used[-3:], never) == ("UTC", "never")
    AccessToken.objects.filter(application=None).update(updated=timezone.now() + timedelta(hours=1))
    assert column(admin_client, TOKENS, "last_used")[1].endswith("UTC")


def test_a_client_shows_for_how_many_people_it_acts_and_when_it_was_last_used(
    admin_client: Browser, user: User, client_of_ann: Client
) -> None:
    assert column(admin_client, CLIENTS, "people") == ["0"]
    assert column(admin_client, CLIENTS, "last_used") == ["not lately"]
    expires = timezone.now() + timedelta(hours=1)
    for person in (user, User.objects.create_user("bob")):
        Consent.objects.create(user=person, client=client_of_ann)
        for name in "ab":
            AccessToken.objects.create(
                user=person, application=client_of_ann, token=f"{person.pk}{name}", expires=expires
            )

    assert column(admin_client, CLIENTS, "people") == ["2"]
    assert column(admin_client, CLIENTS, "last_used")[0].endswith("UTC")
    assert column(admin_client, CLIENTS, "state") == ["allowed"]
    # The administrator's row comes first.
    assert column(admin_client, PEOPLE, "clients") == ["0", "1", "1"]


@pytest.mark.parametrize(("address", "note"), [(TOKENS, "A client gets one"), (CLIENTS, "/connect/")])
def test_an_empty_list_says_how_rows_come(admin_client: Browser, address: str, note: str) -> None:
    assert note in admin_client.get(address).content.decode()


@pytest.mark.usefixtures("client_of_ann")
def test_a_search_without_results_does_not_say_so(admin_client: Browser) -> None:
    assert "No client has registered" not in admin_client.get(CLIENTS, {"q": "zzz"}).content.decode()


def test_rights_are_shown_but_not_given_where_github_signs_in(
    admin_client: Browser, user: User, settings: Settings
) -> None:
    url = reverse("admin:accounts_user_change", args=[user.pk])
    admin_client.post(url, {"username": "ann", "is_active": "on", "is_staff": "on"})
    user.refresh_from_db()
    assert user.is_staff

    settings.HAS_GITHUB = True
    SocialAccount.objects.create(user=User.objects.get(username="admin"), provider="github", uid="7")
    settings.STAFF_GITHUB_IDS = frozenset({"7"})
    page = admin_client.get(url).content.decode()
    assert "Decided by STAFF_GITHUB_IDS at each sign-in" in page
    assert 'name="is_staff"' not in page
    assert "assword" not in page.partition("<main")[2]
    assert admin_client.post(url, {"username": "ann", "is_active": "on"}).status_code == 302
    user.refresh_from_db()
    assert user.is_staff
    assert admin_client.get(reverse("admin:accounts_user_add")).status_code == 403


def test_a_person_leads_to_the_github_account(admin_client: Browser, user: User, settings: Settings) -> None:
    settings.HAS_GITHUB = True
    settings.STAFF_GITHUB_IDS = frozenset({"7"})
    SocialAccount.objects.create(user=User.objects.get(username="admin"), provider="github", uid="7")
    account = SocialAccount.objects.create(user=user, provider="github", uid="8")

    page = admin_client.get(reverse("admin:accounts_user_change", args=[user.pk])).content.decode()
    address = reverse("admin:socialaccount_socialaccount_change", args=[account.pk])
    assert f'<a href="{address}">id 8</a>' in page
    assert admin_client.get(address).status_code == 200


@pytest.mark.usefixtures("client_of_ann")
@pytest.mark.parametrize("address", [TOKENS, CLIENTS, PEOPLE])
def test_a_list_takes_four_queries_besides_session_and_user(
    admin_client: Browser,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    address: str,
) -> None:
    for number in range(10):
        tokens.issue(User.objects.create_user(f"person-{number}"), days=7)

    with django_assert_max_num_queries(6):
        admin_client.get(address)


def test_a_user_with_tokens_can_be_deleted(admin_client: Browser, user: User) -> None:
    raw = tokens.issue(user, days=7)

    admin_client.post(reverse("admin:accounts_user_delete", args=[user.pk]), {"post": "yes"})
    assert not User.objects.filter(username="ann").exists()
    assert tokens.check(raw) is None


def test_a_user_can_be_disabled(admin_client: Browser, user: User) -> None:
    raw = tokens.issue(user, days=7)
    url = reverse("admin:accounts_user_change", args=[user.pk])
    dates = {"date_joined_0": "2026-01-02", "date_joined_1": "12:00:00"}

    assert admin_client.post(url, {"username": "ann", **dates}).status_code == 302
    assert tokens.check(raw) is None


@pytest.mark.parametrize(
    "url", [TOKENS, reverse("admin:accounts_client_changelist"), reverse("admin:accounts_user_changelist")]
)
def test_lists_can_be_searched(admin_client: Browser, client_of_ann: Client, url: str) -> None:
    answer = admin_client.get(url, {"q": client_of_ann.client_id})
    assert answer.status_code == 200


def test_unneeded_models_are_not_in_the_admin() -> None:
    assert not any(admin.site.is_registered(model) for model in (Grant, IDToken, RefreshToken))


def test_what_an_administrator_changes_is_in_the_audit_log(admin_client: Browser, user: User) -> None:
    form = {"username": "ann", "is_active": "", "date_joined_0": "2026-01-01", "date_joined_1": "00:00:00"}
    admin_client.post(reverse("admin:accounts_user_change", args=[user.pk]), form, follow=True)

    [event] = AuditEvent.objects.filter(event="admin_changed")
    assert (event.user, event.details["name"]) == ("admin", "ann")
    assert "Active" in event.details["change"]


def test_the_audit_log_is_to_read_and_nothing_else(admin_client: Browser) -> None:
    events.audit("sign_in", None, client="<b>x</b>")
    [event] = AuditEvent.objects.filter(event="sign_in", user="")
    page = admin_client.get(reverse("admin:accounts_auditevent_changelist"))

    assert "client &lt;b&gt;x&lt;/b&gt;" in page.content.decode()
    for action, status in (("add", 403), ("delete", 403), ("change", 200)):
        arguments = [event.pk] if action != "add" else []
        address = reverse(f"admin:accounts_auditevent_{action}", args=arguments)
        assert admin_client.get(address).status_code == status
        assert admin_client.post(address, {"post": "yes", "event": "changed"}).status_code == 403
    event.refresh_from_db()
    assert event.event == "sign_in"
