"""The ASGI application: the MCP server at /mcp, static files at /static/, Django everywhere else."""

from __future__ import annotations

import os
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pricing_site.settings")
django_application = get_asgi_application()  # sets Django up: what imports models comes after

from starlette.types import Receive  # noqa: E402

from mcp_api import endpoint  # noqa: E402
from pricing_site import static_files  # noqa: E402


async def application(scope: dict[str, Any], receive: Receive, send: Any) -> None:
    """Hand each connection to the side that serves it; only the MCP side has a lifespan."""
    if scope["type"] == "lifespan" or (scope["type"] == "http" and scope["path"] in endpoint.PATHS):
        await endpoint.application(scope, receive, send)
    elif scope["type"] == "http" and scope["path"].startswith(static_files.PREFIX):
        await static_files.application(scope, receive, send)
    else:
        await django_application(scope, receive, send)
