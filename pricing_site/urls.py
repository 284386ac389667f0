"""The site's pages. /mcp is not here: asgi.py serves it beside Django."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

urlpatterns = [
    path("admin/", admin.site.urls),
]
