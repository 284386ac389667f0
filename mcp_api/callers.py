"""Who sent the current request, and what was asked for: its scopes, its line in the log and its count."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from mcp.server.auth.middleware.auth_context import get_access_token

from accounts.oauth.scopes import grantable
from mcp_api import calls, step_up, threads
from tools import errors


@dataclass(slots=True)
class Call:
    """A call of the person `subject` by a client, and how it ended."""

    subject: str
    client: str = ""
    outcome: str = "cancelled"


def scopes() -> set[str]:
    """The scopes of the current request's token."""
    token = get_access_token()
    return set(token.scopes) if token else set()


@contextmanager
def counted(name: str, kind: str = "tool") -> Iterator[Call]:
    """Record a call when it has ended (`calls.record`).

    Args:
        name: what is called.
        kind: what that is: tool, resource or prompt.
    """
    token = get_access_token()
    call = Call(token.subject or "", token.client_id) if token else Call("")
    began = time.monotonic()
    try:
        yield call
    finally:
        seconds = time.monotonic() - began
        calls.record(calls.Call(kind, name, call.subject, call.client, seconds, call.outcome))


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
