"""The home page: search, four questions with their prices, the state of the catalog, how to connect."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from catalog.models import SAMPLE, PricingUpdate
from catalog.pricing.freshness import offer
from catalog.providers.sample.source import SampleSource
from console.prices.money import is_discounted
from tools import prices
from tools.prices_schema import SearchArguments

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
    """The home page. The figures of the catalog are read in the same query as the last sync."""
    update = PricingUpdate.objects.latest_completed()
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
        "examples": _examples(update.pk, update.completed_at) if update else (),
    }
    return render(request, "console/home.html", context)


@lru_cache(maxsize=1)
def _examples(_update: int, _completed_at: datetime | None) -> tuple[Example, ...]:
    """The examples with the prices of a sync; a process asks for them once."""
    return tuple(_example(question) for question in EXAMPLES)


def _example(question: str) -> Example:
    answer = prices.search(SearchArguments(query=question, limit=1))
    for found in answer["resources"]:
        if price := found["price"]:
            per = "month, after sustained-use discount" if is_discounted(price) else "month"
            return Example(question, price["per_month"], per)
    if answer["skus"] and not answer["ambiguous_in"] and (price := answer["skus"][0]["price"]):
        return Example(question, price["amount"], price["per"])
    return Example(question)
