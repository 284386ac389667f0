"""Pages that a client may open in a window of its own."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponseBase


def answers_its_opener(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Leave the tie to the window that opened this one.

    A client on the web hears of the end through `window.opener`, which Django's Cross-Origin-Opener-Policy
    would cut on the first of our pages on the way.
    """

    @wraps(view)
    def wrapped(*args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(*args, **kwargs)
        response.headers["Cross-Origin-Opener-Policy"] = "unsafe-none"
        return response

    return wrapped
