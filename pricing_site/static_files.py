"""The stylesheets and scripts of the admin and the pages, served beside Django without a build step."""

from __future__ import annotations

from pathlib import Path

from django.apps import apps
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

PREFIX = "/static/"

_packages: list[str | tuple[str, str]] = [
    (app.name, "static") for app in apps.get_app_configs() if Path(app.path, "static").is_dir()
]
application = Starlette(routes=[Mount(PREFIX, StaticFiles(packages=_packages))])
