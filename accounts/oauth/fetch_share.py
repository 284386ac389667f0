"""A share of the document fetches for each person, so that one person's slow documents cannot stop others.

django-oauth-toolkit limits the fetches of a process, whoever they are for (CIMD_MAX_CONCURRENT_FETCHES).
"""

from __future__ import annotations

import contextlib
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future
from contextvars import ContextVar
from typing import Any

from oauthlib.common import Request

MAX_FETCHES = 2

_lock = threading.Lock()
_fetches: Counter[int] = Counter()


class Share:
    """What one authorization request takes of its person's share: nothing, unless a fetch is due."""

    def __init__(self, user_id: int) -> None:
        self.is_refused = False
        self._user_id = user_id
        self._is_taken = False
        self._lookup: Future[Any] | None = None

    def take(self) -> bool:
        """Take a fetch from the share. False if MAX_FETCHES are under way."""
        with _lock:
            if not self._is_taken:
                self._is_taken = _fetches[self._user_id] < MAX_FETCHES
                self.is_refused = not self._is_taken
                _fetches[self._user_id] += self._is_taken
        return self._is_taken

    def keep_until(self, lookup: Future[Any]) -> None:
        """Keep the fetch beyond the request if the look-up of its host takes longer: it occupies a thread."""
        self._lookup = lookup

    def give_back(self) -> None:
        if self._is_taken and self._lookup:
            self._lookup.add_done_callback(self._give_back)
        elif self._is_taken:
            self._give_back()

    def _give_back(self, _: Future[Any] | None = None) -> None:
        with _lock:
            _fetches[self._user_id] -= 1
            if not _fetches[self._user_id]:
                del _fetches[self._user_id]


_current: ContextVar[Share | None] = ContextVar("share", default=None)


@contextlib.contextmanager
def share_of(user_id: int) -> Iterator[Share]:
    """Let documents be fetched for this person until the block ends, within their share."""
    share = Share(user_id)
    token = _current.set(share)
    try:
        yield share
    finally:
        _current.reset(token)
        share.give_back()


def keep_until(lookup: Future[Any]) -> None:
    """Count the fetch that is under way until the look-up ends, too."""
    if share := _current.get():
        share.keep_until(lookup)


class IsWithinShare:
    """Lets a document be fetched only at the authorization endpoint, for a person and within their share.

    The library asks just before a fetch. A document that is refused here stays available to others, while
    one that cannot be fetched is refused to everyone for a minute.
    """

    def has_permission(self, _request: Request, _client_id: str) -> bool:
        share = _current.get()
        return share is not None and share.take()
