"""The site's own pages."""

from __future__ import annotations

import base64
import hashlib
import logging
import secrets
import sys
from pathlib import Path

from csp.decorators import csp_update
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.cache import never_cache

from pricing_site.database_faults import is_not_migrated
from tools.errors import RETRY_SECONDS, is_database_fault

logger = logging.getLogger(__name__)

# The page of a fault has its style inside, since the static files may be what fails.
_ERROR_STYLE = (Path(__file__).parent / "templates" / "500.css").read_text()
_ERROR_STYLE_HASH = base64.b64encode(hashlib.sha256(_ERROR_STYLE.encode()).digest()).decode()


def bad_request(_request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that something is wrong with the request, and where the server is if it was asked for another."""
    address = settings.PUBLIC_URL if isinstance(exception, DisallowedHost) else ""
    return HttpResponse(render_to_string("400.html", {"address": address}), status=400)


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """Respond to a reached rate limit: with JSON to programs, with a page to people."""
    if _is_for_programs(request):
        response: HttpResponse = _unavailable("Too many requests from this address.", 429)
    else:
        response = render(request, "429.html", status=429)
    response.headers["Retry-After"] = "60"
    return response


def _is_for_programs(request: HttpRequest) -> bool:
    return request.path.startswith("/oauth/") and request.path != reverse("oauth2_provider:authorize")


def _unavailable(description: str, status: int) -> JsonResponse:
    """The error that OAuth clients know for what may work later."""
    return JsonResponse({"error": "temporarily_unavailable", "error_description": description}, status=status)


@never_cache
def mcp(request: HttpRequest) -> HttpResponse:
    """Explain the MCP endpoint to a person who opens it in a browser; asgi.py sends only those here."""
    response = render(request, "pricing_site/mcp.html", status=405)
    response.headers["Allow"] = "POST"
    return response


@csp_update({"style-src": [f"'sha256-{_ERROR_STYLE_HASH}'"]})
def server_error(request: HttpRequest) -> HttpResponse:
    """Show a page with an id that finds the fault in the log, without the database and static files.

    If the database is not migrated, the page says so and how to do it; if it does not answer, to come back.
    """
    error = sys.exc_info()[1]
    if is_not_migrated(error):
        context = {"manage": settings.MANAGE_COMMAND}
        return HttpResponse(render_to_string("pricing_site/not_migrated.html", context), status=503)
    if is_database_fault(error):
        return _database_away(request)
    error_id = secrets.token_hex(4)
    logger.error("Error %s in page %s", error_id, request.path)
    context = {"error_id": error_id, "style": _ERROR_STYLE}
    return HttpResponse(render_to_string("500.html", context), status=500)


def _database_away(request: HttpRequest) -> HttpResponse:
    if _is_for_programs(request):
        response: HttpResponse = _unavailable("The server's database does not answer at the moment.", 503)
    else:
        response = HttpResponse(render_to_string("503.html", {"style": _ERROR_STYLE}), status=503)
    response.headers["Retry-After"] = f"{RETRY_SECONDS}"
    return response
