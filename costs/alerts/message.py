"""What is told of an alert. It is kept as it was, so that a repeat is the same message."""

from __future__ import annotations

from typing import Any, TypedDict

from django.conf import settings

from catalog.pricing.answers import utc_text
from costs.models import Alert, Notification
from costs.wording import printable


class Message(TypedDict):
    """An alert as a receiver reads it. Names and tags of bills in it are data: each channel escapes them."""

    event: str
    alert: int
    cause: str
    kind: str
    severity: str
    summary: str
    details: dict[str, Any]
    about: dict[str, str | None]
    started_at: str
    resolved_at: str | None
    resolution: str
    is_demo: bool
    url: str


def message_of(alert: Alert, event: Notification.Event) -> Message:
    """What is told of an alert as it is."""
    return {
        "event": event.value,
        "alert": alert.pk,
        "cause": alert.cause,
        "kind": alert.kind,
        "severity": alert.severity,
        "summary": alert.summary,
        "details": alert.details,
        "about": alert.about,
        "started_at": utc_text(alert.started_at),
        "resolved_at": utc_text(alert.resolved_at) if alert.resolved_at else None,
        "resolution": alert.resolution,
        "is_demo": alert.is_demo,
        "url": f"{settings.PUBLIC_URL}{alert.path}",
    }


def headline(message: Message) -> str:
    """One line: what is wrong or no longer is."""
    demo = "DEMO, made-up costs: " if message["is_demo"] else ""
    what = "Resolved: " if message["event"] == Notification.Event.RESOLVED else ""
    return printable(f"{what}{demo}{message['summary']}")


def lines(message: Message) -> list[str]:
    """The whole message for people, line by line, without the address of its page."""
    found = [headline(message)]
    explained = message["details"].get("explained") or []
    found += [f"- {line}" for line in map(_part, explained[:3]) if line]
    if message["resolution"]:
        found.append(printable(message["resolution"]))
    found.append(f"Found {message['started_at'][:16].replace('T', ' ')} UTC.")
    return found


def _part(row: dict[str, Any]) -> str:
    """A part of the excess of an anomaly."""
    values = [f"{value}" for name, value in row.items() if name not in ("excess", "currency", "share")]
    return printable(f"{', '.join(values)}: {row.get('excess')}")
