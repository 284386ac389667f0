"""What every channel of messages can do, and how it fails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from costs.alerts.message import Message

# What a receiver may take to connect, and to answer.
CONNECT_SECONDS, ANSWER_SECONDS = 5, 10


class NotSentError(Exception):
    """The receiver has not taken the message. The text has no secret: the admin shows it."""


class UnreachableError(NotSentError):
    """Nor would it take another one now."""


class UnsureError(Exception):
    """No answer came, so the receiver may have taken the message."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to be sent.

    Args:
        key: its own, the same each time that it is sent.
        message: what it says.
        owners: the e-mail addresses of those whom it is for.
        is_personal: whether nobody else is told.
        created_at: when it was written.
        now: when it is sent.
    """

    key: str
    message: Message
    owners: Sequence[str]
    created_at: datetime
    now: datetime
    is_personal: bool = False


class Channel(Protocol):
    """Sends messages. It uses no database: it runs beside other channels.

    Args:
        knows_repeats: whether the receiver can tell that it was sent a message before.
        repeats_every: how often a message is sent again while its alert fires; None for once.
    """

    knows_repeats: bool
    repeats_every: timedelta | None

    def reaches(self, owners: Sequence[str], *, is_personal: bool = False) -> bool:
        """Whether a message for these owners, and for nobody else if it is personal, reaches anyone."""

    def send(self, outgoing: Outgoing) -> None:
        """Send a message.

        Raises:
            NotSentError: the receiver has not taken it.
            UnsureError: it may have taken it.
        """
