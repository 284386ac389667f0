"""The scope that a call lacks, as a challenge (MCP specification, Authorization, Scope Challenge Handling).

The SDK checks one scope for all calls. Which one a call needs depends on its tool, which is known in a task
of the SDK's: it leaves the scopes here for the response.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from http import HTTPStatus

from starlette.types import Message

from accounts.oauth.challenge import challenge


@dataclass(slots=True)
class Challenge:
    """The scopes that the current request's token should have, separated by spaces; "" if it has them."""

    scope: str = ""

    def ask_for(self, scopes: Iterable[str]) -> None:
        self.scope = " ".join(sorted(scopes))

    def response(self) -> tuple[Message, bytes]:
        """The start of the response (RFC 6750 section 3.1), and its body."""
        error = {"error": "insufficient_scope", "error_description": f"Required scope: {self.scope}"}
        asks = challenge("", error["error"], error["error_description"])
        body = json.dumps(error).encode()
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", b"%d" % len(body)),
            (b"www-authenticate", asks.encode()),
        ]
        return {"type": "http.response.start", "status": HTTPStatus.FORBIDDEN, "headers": headers}, body


# Of the current request. Tasks that are started for it see the same object.
current: ContextVar[Challenge] = ContextVar("challenge")
