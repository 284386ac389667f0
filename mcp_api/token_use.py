"""The last uses of tokens. It imports nothing of the MCP SDK, since commands import rest_api."""

from __future__ import annotations

from accounts.oauth import tokens
from mcp_api import threads

_being_recorded: set[int] = set()


def record_use(token_id: int) -> None:
    """Record the use of a token in the background: a sync may hold the database for longer than a call."""
    if token_id not in _being_recorded:
        _being_recorded.add(token_id)
        recorded = threads.writes.submit(tokens.record_use, token_id)
        recorded.add_done_callback(lambda _: _being_recorded.discard(token_id))
