"""The ASGI application: MCP at /mcp, Django everywhere else."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pricing_site.settings")

application = get_asgi_application()
