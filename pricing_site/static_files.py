"""The stylesheets and scripts of the admin and the pages, served beside Django without a build step."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.apps import apps
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

PREFIX = "/static/"


class UnsniffedFiles(StaticFiles):
    """Files that a browser takes for what they are said to be."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


_packages: list[str | tuple[str, str]] = [
    (app.name, "static") for app in apps.get_app_configs() if Path(app.path, "static").is_dir()
]
application = Starlette(routes=[Mount(PREFIX, UnsniffedFiles(packages=_packages))])
