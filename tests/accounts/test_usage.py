from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from accounts.models import ToolUse, User
from accounts.usage import KEPT_FOR, Use, count, flush, of

pytestmark = pytest.mark.django_db

TODAY = datetime(2026, 1, 2, tzinfo=UTC).date()


@pytest.fixture
def user() -> User:
    return User.objects.create_user("ann")


@pytest.fixture(autouse=True)
def _uncounted() -> Iterator[None]:
    flush()
    ToolUse.objects.all().delete()
    yield
    flush()


def test_calls_add_up_over_several_writes(user: User) -> None:
    for milliseconds in (5, 20, 20):
        count(user.pk, "search", milliseconds, failed=False)
    flush()
    count(user.pk, "search", 5000, failed=True)
    flush()

    row = ToolUse.objects.get()
    assert (row.calls, row.failed, row.up_to_10, row.up_to_30, row.slower) == (4, 1, 1, 2, 1)
    assert row.day == timezone.now().date()


def test_only_the_first_call_after_a_write_has_to_arrange_the_next(user: User) -> None:
    assert [count(user.pk, "search", 1, failed=False) for _ in range(3)] == [True, False, False]
    flush()
    assert count(user.pk, "search", 1, failed=False)


def test_counts_that_cannot_be_written_wait(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    count(user.pk, "search", 1, failed=False)

    def fail() -> None:
        raise OperationalError("database is locked")

    with monkeypatch.context() as patch:
        patch.setattr(connection, "cursor", fail)
        flush()
    assert not ToolUse.objects.exists()
    assert count(user.pk, "search", 1, failed=False)  # arranges the next write
    flush()
    assert ToolUse.objects.get().calls == 2


def test_people_who_are_gone_are_not_counted(user: User) -> None:
    count(user.pk + 1000, "search", 1, failed=False)
    count(user.pk, "search", 1, failed=False)
    flush()

    assert ToolUse.objects.get().user == user


def test_the_p95_is_a_bound_that_95_percent_keep(user: User) -> None:
    rows = {"day": TODAY, "user": user}
    ToolUse.objects.create(**rows, tool="search", calls=100, up_to_10=94, up_to_30=1, slower=5)
    ToolUse.objects.create(**rows, tool="details", calls=100, up_to_10=94, slower=6, failed=2)
    ToolUse.objects.create(**rows, tool="calculate", calls=200, up_to_100=200)

    assert of([user], TODAY) == [
        Use("calculate", 200, 0, 100),
        Use("details", 100, 2, None),
        Use("search", 100, 0, 30),
    ]
    assert of([User.objects.create_user("bob")], TODAY) == []
    assert len(of(None, TODAY)) == 3
    assert of(None, TODAY + timedelta(days=1)) == []


def test_old_counts_are_deleted(user: User) -> None:
    old = timezone.now().date() - KEPT_FOR
    for day in (old, old - timedelta(days=1)):
        ToolUse.objects.create(user=user, day=day, tool="search", calls=1)

    call_command("clear_expired")
    assert ToolUse.objects.get().day == old


def test_a_person_sees_their_own_calls(client: Client, user: User) -> None:
    count(user.pk, "calculate", 20, failed=False)
    count(User.objects.create_user("bob").pk, "details", 20, failed=False)
    flush()
    client.force_login(user)

    html = client.get("/account/").content.decode()
    assert "<code>calculate</code> <span>1 call, 95 % within 30 ms</span>" in html
    assert "<code>details</code>" not in html
    assert "600 times a minute" in html
