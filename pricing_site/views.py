"""The site's own pages."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from catalog.models import SAMPLE, PricingUpdate
from catalog.sample.source import SampleSource

_SAMPLE_NOTICE = SampleSource().notice()


def home(request: HttpRequest) -> HttpResponse:
    """What this is, what the catalog holds and how to connect.

    The figures are the last sync's own, so that the page costs one small query however large the catalog.
    """
    update = PricingUpdate.objects.latest_completed()
    notice = _SAMPLE_NOTICE if update and update.source == SAMPLE else ""
    context = {"mcp_url": settings.MCP_RESOURCE, "update": update, "notice": notice}
    return render(request, "pricing_site/home.html", context)
