"""Who calls a tool that acts for them; most tools answer everybody alike, and are not told."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import User


@dataclass(frozen=True, slots=True)
class Caller:
    """The person whose token is used.

    Args:
        user_id: who they are.
        client: the id of the client that has the token; "" for a token of their own.
    """

    user_id: int
    client: str = ""


def person(caller: Caller) -> User:
    """Their account."""
    return User.objects.get(pk=caller.user_id)
