"""The page that takes questions in words; one's own conversations, answers, and questions that are shared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from accounts.models import User
from assistant import talk
from assistant.ask import answer_question
from assistant.errors import UnknownTurnError
from assistant.examples import examples
from assistant.feedback import MAX_REASON
from assistant.models import Talk, Turn
from assistant.reading.words import MAX_CHARACTERS
from catalog.errors import CatalogError
from console.ask.shown import csv_of, shared_question, shown
from console.costs.moments import TABS
from console.limits import count_question
from console.pages import Page, Table
from costs.errors import NotLoadedError
from costs.query.snapshot import take
from costs.store import configured

TEMPLATE = "console/ask/ask.html"
# Of a conversation, so many answers are shown whole; of earlier ones the sentences.
MAX_WHOLE = 10
# So many conversations are listed; the others are folded.
MAX_LISTED = 15


def ask(request: HttpRequest) -> Page:
    """Show the box for a question, examples, and one's conversations."""
    person = cast("User", request.user)
    context = {**frame(person), **_beginning(), "text": printable(request.GET.get("q", ""))}
    talks = [_as_json(each) for each in context["talks"]]
    table = Table(("title", "asked_at", "url"), [[*each.values()] for each in talks])
    return Page(TEMPLATE, {"examples": context["examples"], "talks": talks}, table, context)


def conversation(request: HttpRequest, pk: int) -> Page:
    """Show a conversation of the person.

    Raises:
        UnknownTurnError: there is none of theirs.
    """
    person = cast("User", request.user)
    found = talk.conversation(person, pk)
    turns = [*found.turns.select_related("feedback")]
    context = {**frame(person), **of_talk(found, turns)}
    answers = [{"text": turn.text, **talk.as_answer(turn)} for turn in turns]
    table = Table(("asked_at", "question", "answer"), [[_time(t.asked_at), t.text, t.answer] for t in turns])
    return Page(TEMPLATE, {"title": found.title, "turns": answers}, table, context)


def answer(request: HttpRequest, key: str) -> Page:
    """Show one answer of the person, as it was given.

    Raises:
        UnknownTurnError: there is none of theirs.
    """
    person = cast("User", request.user)
    try:
        turn = talk.find(person, key)
    except UnknownTurnError:
        hint = "It is deleted, too old, or another person's."
        raise UnknownTurnError("There is no such answer.", hint=hint) from None
    found = talk.as_answer(turn)
    context = {**frame(person), **of_talk(turn.talk, [turn]), "is_single": True}
    return Page(TEMPLATE, {"text": turn.text, **found}, csv_of(found), context)


def shared(request: HttpRequest, token: str) -> Page:
    """Answer a question that somebody shared, with the figures of now. It is in no conversation.

    Raises:
        UnknownTurnError: the address has been cut or changed.
        CatalogError: it cannot be answered.
    """
    person = cast("User", request.user)
    count_question(person.pk)
    question = shared_question(token)
    if question is None:
        raise UnknownTurnError("This address has no question.", hint="Copy the whole address, or ask anew.")
    found = answer_question(question)
    view = shown(found)
    context = {**_common(), "look": view, "is_demo": bool(found["basis"].get("is_demo"))}
    return Page("console/ask/shared.html", {**found}, csv_of(found), context)


def refused(person: User, error: CatalogError, text: str, follow: str) -> dict[str, Any]:
    """The context of the page that a question was sent from and could not be answered: with it, and why."""
    try:
        found = talk.find(person, follow).talk if follow else None
    except UnknownTurnError:
        found = None
    began = of_talk(found, [*found.turns.select_related("feedback")]) if found else _beginning()
    return {**frame(person), **began, "text": text[:MAX_CHARACTERS], "error": error}


def frame(person: User) -> dict[str, Any]:
    """What the page has beside the conversation: the person's others, and bounds of the forms."""
    talks = [*Talk.objects.of(person).order_by("-asked_at", "-pk").only("pk", "title", "asked_at")]
    return {
        **_common(),
        "talks": talks,
        "listed": talks[:MAX_LISTED],
        "folded": talks[MAX_LISTED:],
    }


def of_talk(found: Talk, turns: list[Turn]) -> dict[str, Any]:
    """The context of a conversation."""
    whole = turns[-MAX_WHOLE:]
    looks = [(turn, shown(talk.as_answer(turn), turn.text)) for turn in whole]
    return {
        "talk": found,
        "earlier": turns[:-MAX_WHOLE],
        "looks": looks,
        "last": turns[-1] if turns else None,
        "is_demo": any(look.answer["basis"].get("is_demo") for _, look in looks),
    }


def _common() -> dict[str, Any]:
    return {
        "tabs": [(reverse(each), title, each == "ask") for each, title in TABS],
        "carried": "",
        "max_characters": MAX_CHARACTERS,
        "max_reason": MAX_REASON,
        "days": settings.TALK_DAYS,
    }


def _beginning() -> dict[str, Any]:
    """Examples of what is loaded, or that nothing is."""
    try:
        costs = take(configured.open_store(), None)
    except NotLoadedError as error:
        return {"examples": examples(), "unloaded": error, "manage": settings.MANAGE_COMMAND}
    return {"examples": examples(), "is_demo": any(load.is_demo for load in costs.loads)}


def printable(text: str) -> str:
    """A text on one line, without signs that are not seen."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _as_json(found: Talk) -> Mapping[str, str]:
    return {
        "title": found.title,
        "asked_at": _time(found.asked_at),
        "url": f"{settings.PUBLIC_URL}{reverse('ask-talk', args=[found.pk])}",
    }


def _time(moment: Any) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
