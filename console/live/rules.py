"""The forms of the live page: the cost an hour above which a person is told."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.models import User
from catalog.errors import CatalogError
from console.costs.access import for_readers
from costs.models import Alert
from live import rules
from live.models import LiveRule
from live.rules import Wish
from live.seen import unseen


@require_POST
@for_readers
def put(request: HttpRequest) -> HttpResponse:
    """Add a rule, or change the one of this name."""
    sent = {name: " ".join(request.POST.get(name, "").split()) for name in request.POST}
    minutes = sent.get("minutes", "")
    wish = Wish(
        sent.get("name", ""),
        sent.get("above", ""),
        int(minutes) if minutes.isascii() and minutes.isdecimal() and len(minutes) <= 3 else 0,  # noqa: PLR2004
        sent.get("cloud", ""),
        sent.get("model", ""),
        sent.get("account", ""),
    )
    try:
        rule = rules.put(cast("User", request.user), wish, made_with="")
    except CatalogError as error:
        messages.error(request, " ".join(filter(None, [error.message, error.hint])))
    else:
        messages.success(request, f"You are told when it costs more than {wish.above} USD an hour.")
        for said in unseen([rule]):
            messages.warning(request, said)
    return redirect("live")


@require_POST
@for_readers
def remove(request: HttpRequest, name: str) -> HttpResponse:
    """Remove a rule."""
    try:
        rules.remove(cast("User", request.user), name)
    except CatalogError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "The rule is removed.")
    return redirect("live")


def of_person(user: User) -> dict[str, object]:
    """What the page shows of rules: those of the person and shared ones, and what alerts now."""
    found = [
        *LiveRule.objects.filter(owner=user),
        *LiveRule.objects.filter(is_shared=True).exclude(owner=user),
    ]
    firing = {alert.cause: alert for alert in Alert.objects.firing(["live/"])}
    return {
        "rules": [(rule, firing.get(rule.cause)) for rule in found],
        "firing": [firing[rule.cause] for rule in found if rule.cause in firing],
        "clouds": LiveRule.Cloud.choices,
    }
