"""Keeps conversations by person, for as long as settings say; deletes and exports them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from assistant.errors import UnknownTurnError
from assistant.models import MAX_TITLE, Talk, Turn

# Of one person. More would only be found by scrolling; the oldest go.
MAX_TALKS = 200
# Of one conversation: a script that follows its own answers ends somewhere.
MAX_TURNS = 200
# Characters of the rows of an answer as JSON, and of what they rest on. Of more, only sentences are kept.
MAX_FIGURES = 100_000
# Answers of one person whose rows are kept, the newest.
MAX_WITH_FIGURES = 500
_EXPORTED_AT_ONCE = 10
# What an answer has besides its question, sentences and words.
_FIGURES = ("rows", "totals", "rows_left_out", "hint", "basis", "error")


def find(person: Any, turn_id: str) -> Turn:
    """The turn that a question follows.

    Args:
        person: who asks; None for commands on this machine.
        turn_id: the id of its answer.

    Raises:
        UnknownTurnError: there is none of this person, or it is older than what is kept.
    """
    turn = (
        Turn.objects.filter(pk=turn_id, talk__person=person, talk__asked_at__gte=_kept_from())
        .select_related("talk")
        .first()
    )
    if turn is None:
        raise UnknownTurnError(
            f"There is no answer {turn_id[:40]!r} to follow.",
            hint="Ask the whole question, without following.",
        )
    return turn


def last_plan(turn: Turn) -> dict[str, Any] | None:
    """What the last question of a conversation was read as that was answered, until a turn."""
    if turn.plan:
        return dict(turn.plan)
    found = turn.talk.turns.filter(plan__isnull=False, asked_at__lte=turn.asked_at).last()
    return dict(found.plan) if found and found.plan else None


@transaction.atomic
def keep(person: Any, text: str, answer: dict[str, Any], following: Turn | None) -> Turn:
    """Keep a turn; a new conversation is called by its first question.

    Args:
        person: who asked.
        text: the question.
        answer: its answer, as assistant.ask makes it.
        following: the turn before.

    Raises:
        UnknownTurnError: the conversation is full.
    """
    now = timezone.now()
    talk = following.talk if following else Talk(person=person, title=text[:MAX_TITLE])
    if following and talk.turns.count() >= MAX_TURNS:
        raise UnknownTurnError(
            f"This conversation has {MAX_TURNS} questions.", hint="Begin a new one, without following."
        )
    talk.asked_at = now
    talk.save()
    turn = Turn(
        talk=talk,
        text=text,
        plan=answer["question"],
        asks=answer["asks"],
        answer=answer["answer"],
        not_understood=answer["not_understood"],
        figures=_figures(answer),
        asked_at=now,
    )
    turn.save(force_insert=True)
    _drop_oldest_figures(person)
    if following is None:
        _drop_oldest(person)
    return turn


def _figures(answer: dict[str, Any]) -> dict[str, Any] | None:
    """What the engine said; None of a language model's answer, whose rows are not kept, or if it is long."""
    if "rows" not in answer:
        return None
    found = {name: answer[name] for name in _FIGURES}
    return found if len(json.dumps(found, ensure_ascii=False)) <= MAX_FIGURES else None


def _drop_oldest_figures(person: Any) -> None:
    kept = Turn.objects.filter(talk__person=person, figures__isnull=False).order_by("-asked_at", "-id")
    if older := [*kept.values_list("pk", flat=True)[MAX_WITH_FIGURES:]]:
        Turn.objects.filter(pk__in=older).update(figures=None)


def conversation(person: Any, talk_id: int) -> Talk:
    """A conversation of a person.

    Raises:
        UnknownTurnError: there is none of this person, or it is older than what is kept.
    """
    found = Talk.objects.of(person).filter(pk=talk_id, asked_at__gte=_kept_from()).first()
    if found is None:
        raise UnknownTurnError(
            "There is no such conversation.", hint="It is deleted, too old, or another person's."
        )
    return found


def as_answer(turn: Turn) -> dict[str, Any]:
    """The answer as it was given, by the names of assistant.ask.Answer.

    Of one that was too long or is too old to be kept whole, `rows` is null and `basis` is empty.
    """
    figures = turn.figures or {**dict.fromkeys(_FIGURES), "basis": {}, "totals": []}
    return {
        "id": turn.pk,
        "question": turn.plan,
        "answer": turn.answer,
        "not_understood": turn.not_understood,
        "asks": turn.asks,
        **figures,
    }


def _drop_oldest(person: Any) -> None:
    older = Talk.objects.of(person).order_by("-asked_at", "-id").values_list("pk", flat=True)[MAX_TALKS:]
    Talk.objects.filter(pk__in=[*older]).delete()


def sweep(now: datetime | None = None) -> int:
    """Delete the conversations in which nothing was asked for as long as they are kept; return how many."""
    old = Talk.objects.older_than(_kept_from(now))
    count = old.count()
    old.delete()
    return count


def delete(person: Any) -> int:
    """Delete all conversations of a person; return how many."""
    found = Talk.objects.of(person)
    count = found.count()
    found.delete()
    return count


def delete_one(person: Any, talk_id: int) -> None:
    """Delete a conversation of a person.

    Raises:
        UnknownTurnError: there is none of this person.
    """
    conversation(person, talk_id).delete()


def export(person: Any) -> Iterator[dict[str, Any]]:
    """All conversations of a person as JSON, the first ones first."""
    talks = Talk.objects.of(person).order_by("started_at", "id").prefetch_related("turns__feedback")
    for talk in talks.iterator(chunk_size=_EXPORTED_AT_ONCE):
        yield {
            "title": talk.title,
            "started_at": f"{talk.started_at:%Y-%m-%dT%H:%M:%SZ}",
            "turns": [_exported(turn) for turn in talk.turns.all()],
        }


def _exported(turn: Turn) -> dict[str, Any]:
    return {
        "id": turn.pk,
        "asked_at": f"{turn.asked_at:%Y-%m-%dT%H:%M:%SZ}",
        "text": turn.text,
        "question": turn.plan,
        "asks": turn.asks,
        "not_understood": turn.not_understood,
        "answer": turn.answer,
        "figures": turn.figures,
        "feedback": _feedback(turn),
    }


def _feedback(turn: Turn) -> dict[str, Any] | None:
    found = getattr(turn, "feedback", None)
    return {"is_right": found.is_right, "reason": found.reason} if found else None


def _kept_from(now: datetime | None = None) -> datetime:
    return (now or timezone.now()) - timedelta(days=settings.TALK_DAYS)
