"""What the forms of /ask/ do: ask, say whether an answer was right, delete; and the export."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from assistant import feedback, talk
from assistant.ask import ask
from assistant.models import Turn
from catalog.errors import CatalogError
from console.ask.page import TEMPLATE, printable, refused
from console.costs.access import for_readers
from console.limits import count_question
from console.pages import STATUSES


@for_readers
def put_question(request: HttpRequest) -> HttpResponse:
    """Answer a question, and lead to its conversation. One that is refused stays in its box."""
    if request.method != "POST":
        return redirect("ask")
    person = cast("User", request.user)
    text, follow = printable(request.POST.get("q", "")), request.POST.get("follow", "")
    try:
        count_question(person.pk)
        found = ask(person, text, follow=follow)
    except CatalogError as error:
        status = STATUSES.get(error.code, 400)
        page = render(request, TEMPLATE, refused(person, error, text, follow), status=status)
        # The address in the browser stays that of the page it was asked on.
        page["HX-Push-Url"] = "false"
        if status == STATUSES["rate_limited"]:
            page["Retry-After"] = "60"
        return page
    return _to(Turn.objects.get(pk=found["id"]))


@require_POST
@for_readers
def give_feedback(request: HttpRequest, key: str) -> HttpResponse:
    """Keep whether an answer was right."""
    person = cast("User", request.user)
    reason = printable(request.POST.get("reason", ""))
    try:
        given = feedback.give(person, key, is_right=request.POST.get("right") == "1", reason=reason)
    except CatalogError as error:
        return _refusal(error)
    return _to(given.turn)


@require_POST
@for_readers
def delete_talk(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete a conversation of the person."""
    try:
        talk.delete_one(cast("User", request.user), pk)
    except CatalogError as error:
        return _refusal(error)
    messages.success(request, "The conversation is deleted.")
    return redirect("ask")


@require_POST
@for_readers
def delete_all(request: HttpRequest) -> HttpResponse:
    """Delete all conversations of the person."""
    count = talk.delete(cast("User", request.user))
    messages.success(request, f"Conversations deleted: {count}.")
    return redirect("ask")


@require_safe
@for_readers
def export(request: HttpRequest) -> HttpResponse:
    """All conversations of the person as a file."""
    headers = {"Content-Disposition": 'attachment; filename="conversations.json"'}
    found = [*talk.export(cast("User", request.user))]
    return JsonResponse(
        found, safe=False, headers=headers, json_dumps_params={"ensure_ascii": False, "indent": 1}
    )


def _to(turn: Turn) -> HttpResponse:
    return redirect(f"{reverse('ask-talk', args=[turn.talk_id])}#a-{turn.pk}")


def _refusal(error: CatalogError) -> HttpResponse:
    said = " ".join(filter(None, [error.message, error.hint]))
    return HttpResponse(said, status=STATUSES.get(error.code, 400), content_type="text/plain; charset=utf-8")
