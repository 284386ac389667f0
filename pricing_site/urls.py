"""The site's pages and static files. asgi.py serves /mcp beside Django."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from mcp_api import registry_entry
from pricing_site import static_files, views

handler400 = views.bad_request
# allauth responds with this when a rate limit is reached.
handler429 = views.too_many_requests
handler500 = views.server_error

urlpatterns = [
    path("favicon.ico", static_files.favicon),
    path(f"{settings.STATIC_URL.lstrip('/')}<path:name>", static_files.serve),
    path("server.json", registry_entry.serve),
    path("mcp", views.mcp),
    path("mcp/", views.mcp),
    path("api/", include("rest_api.api")),
    path("admin/", admin.site.urls),
    path("", include("console.urls")),
    path("", include("accounts.urls")),
    path("", include("accounts.oauth.urls")),
]
