from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.contrib import admin
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone
from oauth2_provider.models import AccessToken, Grant, IDToken, RefreshToken

from accounts.models import Client, User
from accounts.oauth import tokens

pytestmark = pytest.mark.django_db

TOKENS = reverse("admin:oauth2_provider_accesstoken_changelist")


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
