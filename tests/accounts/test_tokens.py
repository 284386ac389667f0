from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils import timezone
from oauth2_provider.models import AccessToken

from accounts.errors import InvalidTokenError
from accounts.models import Client, User
from accounts.oauth import tokens

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    return User.objects.create_user("ann")


def test_a_token_is_valid_for_its_user_until_it_expires(user: User) -> None:
    raw = tokens.issue(user, days=7)

    bearer = tokens.check(raw)
    assert bearer is not None
    assert bearer.user_id == user.pk
    assert bearer.scope == "pricing:read"

    AccessToken.objects.update(expires=timezone.now() - timedelta(seconds=1))
    assert tokens.check(raw) is None


def test_a_token_cannot_be_recovered_from_the_database(user: User) -> None:
    raw = tokens.issue(user, days=7)

    stored = AccessToken.objects.values().get()
    assert not any(raw in str(value) for value in stored.values())
    assert tokens.check(stored["token_checksum"]) is None


@pytest.mark.parametrize("raw", ["", "garbage", "pricing_", "\udcff", "x" * 100_000])
def test_an_invalid_token_is_refused(user: User, raw: str) -> None:
    tokens.issue(user, days=7)

    assert tokens.check(raw) is None


def test_deleting_the_row_revokes_the_token(user: User) -> None:
    raw = tokens.issue(user, days=7)
    AccessToken.objects.all().delete()

    assert tokens.check(raw) is None


def test_a_token_of_a_disabled_user_is_refused(user: User) -> None:
    raw = tokens.issue(user, days=7)
    User.objects.update(is_active=False)

    assert tokens.check(raw) is None


@pytest.mark.parametrize("resource", [[], ["https://elsewhere.example/mcp"]])
def test_a_token_for_another_server_is_refused(user: User, resource: list[str]) -> None:
    raw = tokens.issue(user, days=7)
    AccessToken.objects.update(resource=resource)

    assert tokens.check(raw) is None


@pytest.mark.parametrize(
    ("changes", "description"),
    [
        ({"expires": timezone.now()}, "The token has expired."),
        (
            {"resource": ["http://127.0.0.1:9000/mcp"]},
            "The token is for http://127.0.0.1:9000/mcp, and this server is http://127.0.0.1:8000/mcp.",
        ),
        (
            {"resource": ['https://x.example/", error="x']},
            "The token is for another address, and this server is http://127.0.0.1:8000/mcp.",
        ),
        ({"resource": []}, "The token is for another address, and this server is http://127.0.0.1:8000/mcp."),
        ({"user": None}, "The token is unknown or was revoked."),
    ],
    ids=["expired", "moved", "not quotable", "for nothing", "without a user"],
)
def test_the_holder_of_a_refused_token_is_told_why(
    user: User, changes: dict[str, object], description: str
) -> None:
    raw = tokens.issue(user, days=7)
    AccessToken.objects.update(**changes)

    with pytest.raises(InvalidTokenError) as caught:
        tokens.verify(raw)
    assert caught.value.description == description


def test_nothing_is_said_about_the_token_of_a_disabled_user(user: User) -> None:
    raw = tokens.issue(user, days=7)
    AccessToken.objects.update(resource=["http://127.0.0.1:9000/mcp"], expires=timezone.now())
    User.objects.update(is_active=False)

    with pytest.raises(InvalidTokenError, match=r"^The token is unknown or was revoked\.$"):
        tokens.verify(raw)


def test_a_token_of_a_disabled_client_is_refused(user: User) -> None:
    raw = tokens.issue(user, days=7)
    client = Client.objects.create(name="Agent")
    AccessToken.objects.update(application=client)
    bearer = tokens.check(raw)
    assert bearer is not None
    assert bearer.client_id == client.client_id

    Client.objects.update(disabled=True)
    assert tokens.check(raw) is None


def test_a_token_without_a_user_is_refused(user: User) -> None:
    raw = tokens.issue(user, days=7)
    AccessToken.objects.update(user=None)

    assert tokens.check(raw) is None


def test_the_check_is_one_query(user: User, django_assert_num_queries: object) -> None:
    raw = tokens.issue(user, days=7)

    with django_assert_num_queries(1):  # type: ignore[operator]
        assert tokens.check(raw) is not None


def is_use_due(raw: str) -> bool:
    bearer = tokens.check(raw)
    assert bearer is not None
    return bearer.is_use_due


def test_a_use_is_due_to_be_recorded_at_first_and_then_once_an_hour(user: User) -> None:
    raw = tokens.issue(user, days=7)
    AccessToken.objects.update(
        created=timezone.now() - timedelta(days=1), updated=timezone.now() - timedelta(days=1)
    )
    token = AccessToken.objects.get()
    assert is_use_due(raw)
    tokens.record_use(token.pk)
    assert not is_use_due(raw)

    earlier = timezone.now() - tokens.LAST_USED_PRECISION
    AccessToken.objects.update(updated=earlier)
    assert is_use_due(raw)
    tokens.record_use(token.pk)
    assert not is_use_due(raw)
    assert AccessToken.objects.get().updated > earlier


def test_the_first_use_is_due_seconds_after_the_token_was_made(user: User) -> None:
    raw = tokens.issue(user, days=7)

    assert is_use_due(raw)
    AccessToken.objects.update(created=timezone.now() - timedelta(seconds=2))
    assert not is_use_due(raw)


def test_a_token_of_a_client_is_not_written_at_its_first_use(user: User) -> None:
    raw = tokens.issue(user, days=7)
    AccessToken.objects.update(application=Client.objects.create(name="Agent"))

    assert not is_use_due(raw)


def test_a_use_that_cannot_be_recorded_is_due_at_the_next_call(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = tokens.issue(user, days=7)
    AccessToken.objects.update(updated=timezone.now() - tokens.LAST_USED_PRECISION)

    def locked(*_: object, **__: object) -> None:
        raise OperationalError("database is locked")

    with monkeypatch.context() as patched:
        patched.setattr("django.db.models.query.QuerySet.update", locked)
        tokens.record_use(AccessToken.objects.get().pk)

    bearer = tokens.check(raw)
    assert bearer is not None
    assert bearer.is_use_due


def _issue_token(*args: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("issue_token", *args, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_issue_token_prints_only_the_token_and_says_where_it_is_valid(user: User) -> None:
    out, err = _issue_token("ann", "--days", "3")

    bearer = tokens.check(out.strip())
    assert bearer is not None
    assert bearer.user_id == user.pk
    assert timedelta(days=2) < bearer.expires - timezone.now() < timedelta(days=3)
    assert err.startswith("Valid for 3 days at http://127.0.0.1:8000/mcp. ")


def test_issue_token_gives_the_scopes_that_it_is_told_to(user: User) -> None:
    user.groups.add(Group.objects.create(name="Cost readers"))

    out, err = _issue_token("ann", "--scope", "costs:read", "--scope", "pricing:read")

    bearer = tokens.check(out.strip())
    assert bearer is not None
    assert bearer.scope == "costs:read pricing:read"
    assert "It may: costs:read, pricing:read." in err


def test_issue_token_refuses_a_scope_that_the_user_may_not_give(user: User) -> None:
    with pytest.raises(CommandError, match=r"^ann may not give costs:read: it is for .* Cost readers\. Add"):
        _issue_token("ann", "--scope", "costs:read")

    assert not AccessToken.objects.filter(user=user).exists()


def test_issue_token_creates_a_user_without_a_password_when_told_to() -> None:
    out, err = _issue_token("octo-cat", "--create")

    bearer = tokens.check(out.strip())
    assert bearer is not None
    user = User.objects.get(username="octo-cat")
    assert bearer.user_id == user.pk
    assert not user.has_usable_password()
    assert "Created user octo-cat" in err


def test_issue_token_refuses_an_unknown_login_with_the_nearest_known_ones() -> None:
    with pytest.raises(
        CommandError, match=r"^There is no user 'anne'\. There are no users yet\. Add --create"
    ):
        _issue_token("anne")
    for name in ["bob", "ann", *(f"person-{number}" for number in range(10))]:
        User.objects.create_user(name)

    with pytest.raises(
        CommandError, match=r"Known logins: ann, .* Add --create to create the user\.$"
    ) as caught:
        _issue_token("anne")

    assert f"{caught.value}".count(", ") == 9
    assert not User.objects.filter(username="anne").exists()
    assert not AccessToken.objects.exists()


def test_issue_token_leaves_an_existing_user_unchanged(user: User) -> None:
    user.set_password("correct horse battery")
    user.save()

    _, err = _issue_token("ann", "--create")

    assert "Created user" not in err
    assert User.objects.get().check_password("correct horse battery")


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["no such login", "--create"], "is not a valid login"),
        (["ann", "--create", "--days", "0"], "must be a whole number from 1 to 366, not '0'"),
        (["ann", "--create", "--days", "a year"], "must be a whole number from 1 to 366, not 'a year'"),
    ],
)
def test_issue_token_explains_a_wrong_argument_and_creates_nothing(args: list[str], says: str) -> None:
    with pytest.raises(CommandError, match=says):
        _issue_token(*args)

    assert not AccessToken.objects.exists()
    assert not User.objects.exists()


@pytest.mark.usefixtures("user")
def test_issue_token_refuses_a_disabled_user() -> None:
    User.objects.update(is_active=False)

    with pytest.raises(CommandError, match="disabled"):
        _issue_token("ann")
