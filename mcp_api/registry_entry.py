"""The server's entry for the MCP registry: server.json of its schema of 2025-12-11, at /server.json."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from tools.version import NAME, product_version

SCHEMA = "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json"
TITLE = "Cloud prices and costs"
# The registry takes 100 characters.
DESCRIPTION = (
    "Exact list prices of Google Cloud with proof, and what AI costs you on AWS, Google Cloud and Azure."
)


def entry() -> dict[str, Any]:
    """The entry of the server at PUBLIC_URL.

    Its name is in the namespace of that host, which whoever runs it can prove to own.
    """
    host = urlsplit(settings.PUBLIC_URL).hostname or ""
    namespace = ".".join(reversed(host.split("."))) if not settings.IS_LOCAL else "localhost"
    return {
        "$schema": SCHEMA,
        "name": f"{namespace}/{NAME}",
        "title": TITLE,
        "description": DESCRIPTION,
        "version": product_version(),
        "websiteUrl": f"{settings.PUBLIC_URL}/docs/",
        "remotes": [{"type": "streamable-http", "url": settings.MCP_RESOURCE}],
    }


@require_safe
def serve(_request: HttpRequest) -> JsonResponse:
    return JsonResponse(entry(), json_dumps_params={"ensure_ascii": False, "indent": 2})
