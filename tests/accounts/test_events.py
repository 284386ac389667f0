from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.test import Client as Browser
from django.utils import timezone

from accounts import events
from accounts.models import AuditEvent, User
from accounts.oauth import access, tokens

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann() -> User:
    return User.objects.create_user("ann")


def kept() -> list[tuple[str, str]]:
    return [(event.event, event.user) for event in AuditEvent.objects.order_by("id")]


def test_sign_ins_and_personal_tokens_are_kept(client: Browser, ann: User) -> None:
    client.force_login(ann)
    raw = tokens.issue(ann, days=1, scopes=["pricing:read", "costs:read"])
    [token] = access.personal_tokens(ann)
    access.revoke_personal_token(ann, token.pk)
    client.logout()

    assert kept() == [
        ("sign_in", "ann"),
        ("token_made", "ann"),
        ("token_revoked", "ann"),
        ("sign_out", "ann"),
    ]
    assert AuditEvent.objects.get(event="token_made").details["scope"] == "costs:read pricing:read"
    assert not any(raw in f"{event.details}" for event in AuditEvent.objects.all())


def test_an_event_outlives_its_person(ann: User) -> None:
    events.audit("sign_in", ann)
    number = ann.pk
    ann.delete()

    [event] = AuditEvent.objects.all()
    assert (event.user_id, event.user) == (number, "ann")


def test_an_event_is_never_changed_and_only_old_ones_are_forgotten(ann: User) -> None:
    events.audit("sign_in", ann, client="x" * 999)
    [event] = AuditEvent.objects.all()

    with pytest.raises(TypeError):
        event.save()
    with pytest.raises(TypeError):
        event.delete()
    assert len(event.details["client"]) == events.MAX_CHARACTERS
    assert events.forget_old() == 0
    AuditEvent.objects.update(at=timezone.now() - events.KEPT_FOR - timedelta(days=1))
    assert events.forget_old() == 1


def test_a_database_that_cannot_keep_it_stops_nobody(
    monkeypatch: pytest.MonkeyPatch, client: Browser, ann: User, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(**_: object) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(AuditEvent.objects, "create", fail)
    client.force_login(ann)

    assert "The audit log lacks an event: database is locked" in caplog.text
    assert client.get("/account/").status_code == 200
