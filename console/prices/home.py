"""The home page: search, four questions with their prices, the state of the catalog, how to connect."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from catalog.models import SAMPLE
from catalog.pricing import list_prices
from catalog.pricing.freshness import offer
from catalog.pricing.list_prices import Snapshot
from catalog.providers.sample.source import SampleSource
from catalog.search import SearchAnswer, search_several
from console.prices.money import is_discounted

EXAMPLES = (
    "n2-standard-8 frankfurt",
    "t4 gpu spot us-central1",
    "nearline storage iowa",
    "n2 core belgium",
)
_SAMPLE_NOTICE = SampleSource().notice()


@dataclass(frozen=True, slots=True)
class Example:
    """A question with the price of what it names, if it names one thing that has a price."""

    question: str
    amount: str | None = None
    per: str = ""


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The home page, in two queries: the state of the catalog, and what the examples match.

    Figures are not kept here: a price may take effect at any time.
    """
    snapshot = list_prices.snapshot()
    update = snapshot.latest
    notice = _SAMPLE_NOTICE if update and update.source == SAMPLE else ""
    catalog = offer(update) if update else None
    if catalog and not notice:
        notice = catalog.freshness.warning(timezone.now())
    context = {
        "mcp_url": settings.MCP_RESOURCE,
        "manage": settings.MANAGE_COMMAND,
        "update": update,
        "catalog": catalog,
        "notice": notice,
        "examples": _examples(snapshot) if update else (),
    }
    return render(request, "console/home.html", context)


def _examples(snapshot: Snapshot) -> list[Example]:
    answers = search_several(EXAMPLES, 1, snapshot)
    return [_example(question, found.answer) for question, found in zip(EXAMPLES, answers, strict=True)]


def _example(question: str, answer: SearchAnswer) -> Example:
    for found in answer["resources"]:
        if rate := found["price"]:
            per = "month, after sustained-use discount" if is_discounted(rate) else "month"
            return Example(question, rate["per_month"], per)
    if answer["skus"] and not answer["ambiguous_in"] and (price := answer["skus"][0]["price"]):
        return Example(question, price["amount"], price["per"])
    return Example(question)
