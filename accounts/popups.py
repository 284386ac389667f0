"""Pages that a client may open in a popup window."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponseBase


def keep_window_opener(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Keep `window.opener`, through which a web client learns that its popup has finished.

    Django's default Cross-Origin-Opener-Policy would cut it on the first of our pages.
    """

    @wraps(view)
    def wrapped(*args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(*args, **kwargs)
        response.headers["Cross-Origin-Opener-Policy"] = "unsafe-none"
        return response

    return wrapped
