"""Which messages are not sent after an evaluation, by channel, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from costs.alerts import causes
from costs.alerts.channels import channels
from costs.models import AlertRun, Notification

Event, State = Notification.Event, Notification.State


@dataclass(frozen=True, slots=True)
class Unsent:
    """Messages of a channel that are not sent.

    Args:
        channel: its name.
        count: how many.
        error: why not, without secrets; of the last one that was tried.
        next_attempt_at: when they are tried again; None if they are given up.
    """

    channel: str
    count: int
    error: str
    next_attempt_at: datetime | None


def unsent(run: AlertRun) -> list[Unsent]:
    """The messages of these rules that wait, and those given up, by this evaluation or of what still fires.

    Those of a channel that is no longer set up are left out.
    """
    groups: dict[tuple[str, bool], list[Notification]] = {}
    for each in _not_sent(run):
        groups.setdefault((each.channel, each.state in _WAIT), []).append(each)
    return [_of(name, found, waits=waits) for (name, waits), found in sorted(groups.items())]


_WAIT = (State.PENDING, State.SENDING)


def _not_sent(run: AlertRun) -> list[Notification]:
    waits = Q(state__in=_WAIT)
    fires = Q(state=State.FAILED, event=Event.FIRING, alert__resolved_at=None)
    was_tried = Q(state__in=(State.FAILED, State.UNKNOWN), claimed_at__gte=run.started_at)
    found = Notification.objects.filter(waits | fires | was_tried, channel__in=channels()).select_related(
        "alert"
    )
    prefixes = causes.RULES[run.rules].prefixes
    return [each for each in found.order_by("claimed_at", "id") if each.alert.cause.startswith(prefixes)]


def _of(channel: str, found: list[Notification], *, waits: bool) -> Unsent:
    errors = [each.error for each in found if each.error]
    next_attempt_at = min(each.next_attempt_at for each in found) if waits else None
    return Unsent(channel, len(found), errors[-1] if errors else "", next_attempt_at)
