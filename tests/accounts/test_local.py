from __future__ import annotations

import json
import stat
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from django.contrib.auth import authenticate
from django.utils import timezone
from oauth2_provider.models import AccessToken
from pytest_django import Settings

from accounts.errors import NotLocalError
from accounts.local import ensure_local_account
from accounts.models import User
from accounts.oauth import tokens

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "local-account.json"


def test_the_first_run_creates_a_working_administrator_and_token(path: Path) -> None:
    account = ensure_local_account(path)

    user = authenticate(username=account.username, password=account.password)
    assert isinstance(user, User)
    assert user.is_staff
    assert user.is_superuser
    bearer = tokens.check(account.token)
    assert bearer is not None
    assert bearer.user_id == user.pk


def test_a_second_run_returns_the_same_account_and_creates_nothing(path: Path) -> None:
    account = ensure_local_account(path)

    assert ensure_local_account(path) == account
    assert User.objects.count() == 1
    assert AccessToken.objects.count() == 1


def test_only_the_owner_can_read_the_file(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("{}")
    path.chmod(0o644)

    ensure_local_account(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_deleted_user_is_recreated_with_the_same_password_and_a_new_token(path: Path) -> None:
    before = ensure_local_account(path)
    User.objects.all().delete()

    after = ensure_local_account(path)
    assert after == replace(before, token=after.token)
    assert authenticate(username=after.username, password=after.password)
    assert tokens.check(after.token)
    assert tokens.check(before.token) is None


def test_an_expired_token_is_replaced(path: Path) -> None:
    before = ensure_local_account(path)
    AccessToken.objects.update(expires=timezone.now())

    after = ensure_local_account(path)
    assert after.token != before.token
    assert tokens.check(after.token)


def test_another_users_token_in_the_file_is_replaced(path: Path) -> None:
    account = ensure_local_account(path)
    other = tokens.issue(User.objects.create_user("ann"), days=1)
    path.write_text(json.dumps(asdict(replace(account, token=other))))

    assert ensure_local_account(path).token != other


def test_a_user_who_was_disabled_or_demoted_can_sign_in_again_and_is_reported(path: Path) -> None:
    before = ensure_local_account(path)
    assert not before.is_restored
    User.objects.update(is_active=False, is_staff=False, is_superuser=False)

    assert ensure_local_account(path) == replace(before, is_restored=True)
    user = authenticate(username=before.username, password=before.password)
    assert isinstance(user, User)
    assert user.is_superuser
    assert ensure_local_account(path) == before


def test_the_token_moves_with_the_server_to_another_port(path: Path, settings: Settings) -> None:
    before = ensure_local_account(path)
    settings.MCP_RESOURCE = "http://127.0.0.1:9000/mcp"
    settings.MCP_RESOURCES = frozenset({settings.MCP_RESOURCE})
    assert tokens.check(before.token) is None

    assert ensure_local_account(path) == before
    assert tokens.check(before.token)
    assert AccessToken.objects.get().resource == ["http://127.0.0.1:9000/mcp"]


def test_the_token_has_all_scopes_even_those_that_came_after_it(path: Path) -> None:
    before = ensure_local_account(path)
    assert AccessToken.objects.get().scope == "alerts:write costs:read costs:sql pricing:read usage:write"
    AccessToken.objects.update(scope="pricing:read")

    assert ensure_local_account(path) == before
    assert AccessToken.objects.get().scope == "alerts:write costs:read costs:sql pricing:read usage:write"


def test_a_token_that_is_replaced_is_revoked_and_those_of_others_are_kept(path: Path) -> None:
    before = ensure_local_account(path)
    admin = User.objects.get()
    kept = [
        tokens.issue(admin, days=1, name="nightly report"),
        tokens.issue(User.objects.create_user("ann"), days=1, name="script/run"),
    ]
    path.unlink()

    after = ensure_local_account(path)
    assert tokens.check(before.token) is None
    assert all(tokens.check(token) for token in [after.token, *kept])


def test_a_password_that_the_administrator_set_is_kept_by_every_later_run(path: Path) -> None:
    before = ensure_local_account(path)
    user = User.objects.get()
    user.set_password("my own password")
    user.save()

    for _ in range(2):
        assert ensure_local_account(path) == replace(before, password=None)
        assert authenticate(username=before.username, password="my own password")

    path.unlink()
    after = ensure_local_account(path)
    assert authenticate(username=after.username, password=after.password)


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"password": ""}'])
def test_a_damaged_file_gets_a_new_password_that_works(path: Path, damage: str) -> None:
    before = ensure_local_account(path)
    path.write_text(damage)

    after = ensure_local_account(path)
    assert after.password not in ("", before.password)
    assert authenticate(username=after.username, password=after.password)
    assert ensure_local_account(path) == after


def test_a_public_server_gets_no_local_account(path: Path, settings: Settings) -> None:
    settings.IS_LOCAL = False
    settings.PUBLIC_URL = "https://pricing.example.com"

    with pytest.raises(NotLocalError, match=r"not https://pricing\.example\.com") as caught:
        ensure_local_account(path)
    assert caught.value.public_url == "https://pricing.example.com"
    assert not path.exists()
    assert not User.objects.exists()
