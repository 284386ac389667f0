"""An incoming webhook of Slack, or of Mattermost, Rocket.Chat and others that take the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from costs.alerts.channels.base import Outgoing
from costs.alerts.channels.http import body_of, post
from costs.alerts.message import lines

MAX_CHARACTERS = 3000
# Has no width: what would be a mention, a link or a heading to the receiver stays as it is written.
_NOTHING = "\u200b"
_MARKS = "@*_~`#[]!|"


class Slack:
    """Posts to an incoming webhook.

    Args:
        url: its address, which is a secret.
    """

    # It takes a repeat for another message.
    knows_repeats = False
    repeats_every: timedelta | None = None

    def __init__(self, url: str) -> None:
        self._url = url

    def reaches(self, _owners: Sequence[str], *, is_personal: bool = False) -> bool:
        return not is_personal

    def send(self, outgoing: Outgoing) -> None:
        text = "\n".join(map(escaped, lines(outgoing.message)))[:MAX_CHARACTERS]
        # Without mrkdwn, nothing in it is a format. The address is ours.
        post(self._url, body_of({"text": f"{text}\n{outgoing.message['url']}", "mrkdwn": False}))


def escaped(text: str) -> str:
    """A text with names of bills in it, which is no mention, link or format."""
    for sign, reference in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(sign, reference)
    return "".join(f"{sign}{_NOTHING}" if sign in _MARKS else sign for sign in text)
