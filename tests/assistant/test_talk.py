from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from assistant import talk
from assistant.ask import ask
from assistant.errors import UnknownTurnError
from assistant.models import Talk, Turn

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> User:
    return User.objects.create_user("ada")


def test_a_conversation_is_one_persons_alone(person: User) -> None:
    other = User.objects.create_user("eve")
    turn = ask(person, "How much yesterday?")["id"]

    for stranger in (other, None):
        with pytest.raises(UnknownTurnError):
            ask(stranger, "and by cloud?", follow=turn)
    assert ask(person, "and by cloud?", follow=turn)["id"] != turn
    assert [each.turns.count() for each in Talk.objects.of(person)] == [2]


def test_a_conversation_is_called_by_its_first_question(person: User) -> None:
    first = ask(person, "How much   yesterday?")
    ask(person, "by cloud", follow=first["id"])

    assert Talk.objects.get().title == "How much yesterday?"


def test_an_old_conversation_is_not_followed_and_is_deleted_daily(person: User, settings: Settings) -> None:
    settings.TALK_DAYS = 30
    old, new = (ask(person, text)["id"] for text in ("How much yesterday?", "How much last week?"))
    Talk.objects.filter(turns=old).update(asked_at=timezone.now() - timedelta(days=31))

    with pytest.raises(UnknownTurnError):
        ask(person, "by cloud", follow=old)
    call_command("clear_expired", stdout=StringIO())
    assert [each.pk for each in Turn.objects.all()] == [new]


def test_of_one_person_the_oldest_conversations_make_room(
    person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(talk, "MAX_TALKS", 2)
    ask(None, "How much yesterday?")
    turns = [ask(person, f"How much on {day} October?")["id"] for day in (1, 2, 3)]

    assert {each.pk for each in Turn.objects.filter(talk__person=person)} == {*turns[1:]}
    assert Talk.objects.of(None).count() == 1


def test_a_conversation_ends_somewhere(person: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(talk, "MAX_TURNS", 1)
    first = ask(person, "How much yesterday?")["id"]

    with pytest.raises(UnknownTurnError, match="1 questions"):
        ask(person, "by cloud", follow=first)


def test_a_person_takes_the_conversations_along(person: User) -> None:
    ask(person, "How much yesterday?")
    person.delete()

    assert not Talk.objects.exists()


def test_all_of_a_person_is_exported_and_deleted(person: User) -> None:
    first = ask(person, "What did atlantis cost?")
    ask(None, "How much yesterday?")
    out = StringIO()
    call_command("talks", "--person", f"{person.pk}", "--export", stdout=out)
    call_command("talks", "--person", f"{person.pk}", "--delete", stdout=StringIO())

    [exported] = map(json.loads, out.getvalue().splitlines())
    assert exported["title"] == "What did atlantis cost?"
    assert exported["turns"][0] | {"asked_at": "", "figures": {}} == {
        "id": first["id"],
        "asked_at": "",
        "text": "What did atlantis cost?",
        "question": None,
        "asks": [],
        "not_understood": ["atlantis"],
        "answer": first["answer"],
        "figures": {},
        "feedback": None,
    }
    assert [each.person for each in Talk.objects.all()] == [None]
