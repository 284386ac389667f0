"""Filters of the log."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from starlette.requests import ClientDisconnect


class RefusedRequests(logging.Filter):
    """Keeps what any stranger can cause to one line: without a stack trace, and not logged twice."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and isinstance(record.exc_info[1], ClientDisconnect):
            return False  # the MCP SDK logs a body that ends early as an error of its own
        if getattr(record, "status_code", 500) >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return True
        record.exc_info = None
        if record.name == "django.security.DisallowedHost":
            _warn_of_host(record)
        # Django logs a wrong Host with its reason, then the response that this leads to.
        request: Any = getattr(record, "request", None)
        if record.name.startswith("django.security"):
            request.is_refusal_logged = True
        return record.name != "django.request" or not getattr(request, "is_refusal_logged", False)


def _warn_of_host(record: logging.LogRecord) -> None:
    """A stranger's Host is not the operator's mistake, and Django advises to allow it."""
    record.levelno, record.levelname = logging.WARNING, "WARNING"
    record.msg = f"{record.msg}".partition(" You may need to add")[0]
