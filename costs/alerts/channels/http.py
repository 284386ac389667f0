"""Posts JSON to a receiver: no redirect is followed, no answer is waited for or read without end."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import requests
from requests.exceptions import ConnectTimeout, RequestException

from costs.alerts.channels.base import (
    ANSWER_SECONDS,
    CONNECT_SECONDS,
    NotSentError,
    UnreachableError,
    UnsureError,
)
from costs.wording import printable

# urllib3's errors of a connection that was not made.
_BEFORE_SENDING = ("NewConnectionError", "ConnectTimeoutError", "NameResolutionError", "SSLError")
_MAX_READ = 1000
_MAX_TOLD = 100
_REDIRECTS = range(300, 400)
# Answers that another message would get too.
_BUSY = (429, 502, 503, 504)


def body_of(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def post(url: str, body: bytes, headers: Mapping[str, str] | None = None) -> None:
    """Post a body of JSON.

    Raises:
        NotSentError: the receiver answered that it has not taken it, or cannot be reached.
        UnsureError: it has not answered.
    """
    try:
        with requests.post(
            url,
            data=body,
            headers={"Content-Type": "application/json", "User-Agent": "cloud-pricing", **(headers or {})},
            timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
            allow_redirects=False,
            stream=True,
        ) as answer:
            _check(answer)
    except RequestException as error:
        # The text of such an error has the address, which may be a secret.
        raise _failure(error) from None


def _check(answer: requests.Response) -> None:
    status = answer.status_code
    if answer.ok and status not in _REDIRECTS:
        return
    if status in _REDIRECTS:
        raise NotSentError(f"It answered HTTP {status}: a redirect, which is not followed.")
    says = answer.raw.read(_MAX_READ, decode_content=True).decode(errors="replace")[:_MAX_TOLD].strip()
    text = f"It answered HTTP {status}{f': {printable(says)}' if says else ''}"
    raise UnreachableError(text) if status in _BUSY else NotSentError(text)


def _failure(error: RequestException) -> Exception:
    if isinstance(error, ConnectTimeout) or _is_unconnected(error):
        return UnreachableError("It cannot be reached.")
    if isinstance(error, ValueError):
        return NotSentError("Its address is not one.")
    return UnsureError("It did not answer.")


def _is_unconnected(error: RequestException) -> bool:
    """Whether no connection was made, so that nothing can have been sent."""
    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", None)
    return type(reason).__name__ in _BEFORE_SENDING
