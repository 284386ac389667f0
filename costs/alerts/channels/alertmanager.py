"""Prometheus' Alertmanager, which groups, silences and passes alerts on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from catalog.pricing.answers import utc_text
from costs.alerts.channels.base import Outgoing
from costs.alerts.channels.http import body_of, post
from costs.alerts.message import Message, headline, lines

# It forgets alerts when it is started again, so those that fire are sent again.
REPEATS = timedelta(minutes=10)
# It takes an alert for resolved if it is not sent for so long: rules are evaluated once a day at least.
HOLDS = timedelta(hours=36)


class Alertmanager:
    """Posts to the API of an Alertmanager.

    Args:
        url: its address, without /api/v2.
    """

    # It knows alerts by their labels.
    knows_repeats = True
    repeats_every: timedelta | None = REPEATS

    def __init__(self, url: str) -> None:
        self._url = f"{url}/api/v2/alerts"

    def reaches(self, _owners: Sequence[str], *, is_personal: bool = False) -> bool:
        return not is_personal

    def send(self, outgoing: Outgoing) -> None:
        post(self._url, body_of([_alert(outgoing)]))


def _alert(outgoing: Outgoing) -> dict[str, Any]:
    message = outgoing.message
    return {
        "labels": _labels(message),
        "annotations": {"summary": headline(message), "description": "\n".join(lines(message))},
        "startsAt": message["started_at"],
        "endsAt": message["resolved_at"] or utc_text(outgoing.now + HOLDS),
        "generatorURL": message["url"],
    }


def _labels(message: Message) -> dict[str, str]:
    """What tells alerts apart: all that is the same each time that a cause is found."""
    about = {name: value for name, value in message["about"].items() if value}
    own = {
        "alertname": f"CloudPricing{message['kind'].capitalize()}",
        "severity": message["severity"],
        "cause": message["cause"],
        "demo": "true" if message["is_demo"] else "",
    }
    return {**about, **{name: value for name, value in own.items() if value}}
