"""The site's own pages."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from catalog.models import SAMPLE, PricingUpdate
from catalog.pricing.freshness import offer
from catalog.providers.sample.source import SampleSource

_SAMPLE_NOTICE = SampleSource().notice()


def home(request: HttpRequest) -> HttpResponse:
    """The home page: the catalog's figures, the tools and how to connect.

    The figures are those of the whole catalog, read in the same query as the last sync.
    """
    update = PricingUpdate.objects.latest_completed()
    notice = _SAMPLE_NOTICE if update and update.source == SAMPLE else ""
    catalog = offer(update) if update else None
    if catalog and not notice:
        notice = catalog.freshness.warning(timezone.now())
    context = {"mcp_url": settings.MCP_RESOURCE, "update": update, "catalog": catalog, "notice": notice}
    return render(request, "pricing_site/home.html", context)


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """Respond to a reached rate limit: with JSON to programs, with a page to people."""
    if request.path.startswith("/oauth/") and request.path != reverse("oauth2_provider:authorize"):
        description = "Too many requests from this address."
        body = {"error": "temporarily_unavailable", "error_description": description}
        response: HttpResponse = JsonResponse(body, status=429)
    else:
        response = render(request, "429.html", status=429)
    response.headers["Retry-After"] = "60"
    return response
