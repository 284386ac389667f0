"""Pagination cursors: where the next page starts, for one request and one state of the catalog."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from catalog.errors import InvalidArgumentError

HINT = "Send next_cursor unchanged with the same arguments, or omit cursor to start over."
_FORM = re.compile(r"1\.(?P<request>[0-9a-f]{16})\.(?P<update_id>\d{1,18})\.(?P<offset>\d{1,9})")


@dataclass(frozen=True, slots=True)
class Cursor:
    """`request` is the fingerprint of the arguments, `update_id` the sync that the pages are based on."""

    request: str
    update_id: int
    offset: int

    def encode(self) -> str:
        plain = f"1.{self.request}.{self.update_id}.{self.offset}"
        return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str) -> Cursor:
        """The cursor that `text` encodes.

        Raises:
            ValueError: `text` is not a valid cursor.
        """
        try:
            padded = text.encode("ascii") + b"=" * (-len(text) % 4)
            match = _FORM.fullmatch(base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii"))
        except (UnicodeError, binascii.Error):
            match = None
        if match is None:
            raise ValueError("not a cursor")
        return cls(match["request"], int(match["update_id"]), int(match["offset"]))


def resume(text: str | None, first: Cursor) -> Cursor:
    """Where a page starts. A cursor is only valid for the same request and state of the catalog.

    Args:
        text: the cursor as it was sent; None asks for the first page.
        first: the cursor of the first page.

    Raises:
        InvalidArgumentError: the cursor is not one, or of another request or state.
    """
    if text is None:
        return first
    try:
        start = Cursor.decode(text)
    except ValueError:
        problem = "is invalid"
    else:
        if start.request == first.request and start.update_id == first.update_id:
            return start
        is_same_request = start.request == first.request
        problem = "has expired: prices were synced since" if is_same_request else "belongs to another request"
    raise InvalidArgumentError(f"The cursor {problem}.", hint=HINT)


def fingerprint(*arguments: str | None) -> str:
    """A short digest that distinguishes requests. It is not a secret, as a cursor grants no access."""
    return hashlib.sha256(repr(arguments).encode()).hexdigest()[:16]
