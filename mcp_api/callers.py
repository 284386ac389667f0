"""Who sent the current request, and what was asked for: its scopes, its line in the log and its count."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from mcp.server.auth.middleware.auth_context import get_access_token

from accounts import events, usage
from accounts.oauth.scopes import grantable
from mcp_api import step_up, threads
from tools import errors


@dataclass(slots=True)
class Call:
    """A call of the person `subject`, and how it ended."""

    subject: str
    outcome: str = "cancelled"


def scopes() -> set[str]:
    """The scopes of the current request's token."""
    token = get_access_token()
    return set(token.scopes) if token else set()


@contextmanager
def counted(name: str, kind: str, logger: logging.Logger) -> Iterator[Call]:
    """Log and count a call when it has ended.

    Args:
        name: what is called; not its arguments, which may say what a person works on.
        kind: what `name` is: "tool".
        logger: where the line goes.
    """
    token = get_access_token()
    call = Call(token.subject if token and token.subject else "")
    began = time.monotonic()
    try:
        yield call
    finally:
        values = {"user": call.subject, "client": token.client_id if token else "", kind: name}
        took = round((time.monotonic() - began) * 1000)
        logger.info(events.line(f"{kind}_call", **values, ms=took, outcome=call.outcome))
        _count(call.subject, name, took, failed=call.outcome != "ok")


def _count(subject: str, name: str, took: int, *, failed: bool) -> None:
    """Count a call; of those that wait to be written, the first has all written in time."""
    if subject and usage.count(int(subject), name, took, failed=failed):
        loop = asyncio.get_running_loop()
        loop.call_later(usage.WRITTEN_AFTER, threads.writes.submit, usage.flush)


async def missing_scope(subject: str, scope: str) -> errors.Error | None:
    """What to answer if the token lacks a scope; None if it has it.

    If the person may give the scope, a challenge takes the place of the answer, and the client can ask them.
    """
    had = scopes()
    if scope in had:
        return None
    if scope in await threads.tokens.run(grantable, int(subject)):
        step_up.current.get().ask_for({scope, *had})
    return errors.forbidden_scope(scope, settings.SCOPE_GROUPS.get(scope, ""))
