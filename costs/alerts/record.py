"""From what was found to alerts and the messages about them, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from costs.alerts.channels import channels
from costs.alerts.findings import Findings, Found
from costs.alerts.message import message_of
from costs.models import Alert, AlertRun, Mute, Notification

# Forecasts and anomalies are estimates, which move. One that is gone and comes back within a day is the same.
HOLDS = timedelta(days=1)
# What is not told now, but once the reason is gone.
LATER = (Alert.Untold.NO_CHANNEL, Alert.Untold.MUTED, Alert.Untold.DEMO)
# The detail of an alert that says why it is not known now.
_DOUBT = "not_known_now"


def record(findings: Findings, run: AlertRun, now: datetime, prefixes: tuple[str, ...]) -> None:
    """Open, renew and resolve alerts, and write down what is to be told.

    Args:
        findings: what was found.
        run: the evaluation, which counts.
        now: the time.
        prefixes: the beginnings of the causes that were looked for; other alerts stay as they are.
    """
    run.skipped = list(findings.unknown.values())
    firing = {alert.cause: alert for alert in Alert.objects.firing(prefixes)}
    mutes = list(Mute.objects.filter(Q(until=None) | Q(until__gt=now)))
    for cause, found in findings.found.items():
        alert = firing.get(cause)
        if alert is None and _is_acknowledged(cause):
            continue
        if alert is None:
            run.fired += 1
            alert = Alert(cause=cause, kind=found.kind, severity=found.severity, started_at=now)
            alert.untold = Alert.Untold.NO_CHANNEL
        _renew(alert, found, mutes, now)
    for alert in firing.values():
        if alert.kind == Alert.Kind.LIVE and alert.cause not in findings.found:
            _say_doubt(alert, findings.doubt(alert.cause))
        if why := _resolution(alert, findings, now):
            run.resolved += 1
            _resolve(alert, why, now, is_told=alert.cause not in findings.replaced)


def _is_acknowledged(cause: str) -> bool:
    """Whether it is an anomaly of which someone has already said why it is so."""
    last = Alert.objects.filter(cause=cause, kind=Alert.Kind.ANOMALY).first()
    return last is not None and last.acknowledged_at is not None


def _renew(alert: Alert, found: Found, mutes: Iterable[Mute], now: datetime) -> None:
    alert.summary, alert.details, alert.about = found.summary, {**found.details}, {**found.about}
    alert.path, alert.owners, alert.is_demo = found.path, [*found.owners], found.is_demo
    alert.is_personal, alert.holds_seconds = found.is_personal, int(found.holds.total_seconds())
    alert.seen_at = now
    why = _untold(found, mutes)
    if alert.untold in LATER and alert.acknowledged_at is None:
        alert.untold = why
    alert.save()
    if why == alert.untold == Alert.Untold.NO and alert.acknowledged_at is None:
        _tell(alert, Notification.Event.FIRING, _new_to(alert), now)


def _say_doubt(alert: Alert, why: str) -> None:
    """Add to what an alert about now says that it is of then, while that is not known of now."""
    said = alert.details.get(_DOUBT, "")
    if said == why:
        return
    known = alert.summary.removesuffix(_doubted(said)) if said else alert.summary
    alert.summary = f"{known}{_doubted(why)}" if why else known
    alert.details = {**alert.details, _DOUBT: why}
    alert.save(update_fields=["summary", "details"])


def _doubted(why: str) -> str:
    return f" It is not known now. {why}"


def _new_to(alert: Alert) -> list[str]:
    """The channels that it reaches someone by and that have never had a message of it."""
    firing = alert.notifications.filter(event=Notification.Event.FIRING)
    had = set(firing.values_list("channel", flat=True))
    reached = _reaching(alert.owners, is_personal=alert.is_personal)
    return [name for name in reached if name not in had]


def _untold(found: Found, mutes: Iterable[Mute]) -> Alert.Untold:
    """Why nobody is told of it now."""
    if found.is_covered:
        return Alert.Untold.COVERED
    if found.is_demo and not settings.ALERT_DEMO:
        return Alert.Untold.DEMO
    if any(_mutes(mute, found) for mute in mutes):
        return Alert.Untold.MUTED
    is_reached = _reaching(found.owners, is_personal=found.is_personal)
    return Alert.Untold.NO if is_reached else Alert.Untold.NO_CHANNEL


def _mutes(mute: Mute, found: Found) -> bool:
    """Whether all that the mute names is so of what was found."""
    about = found.about
    return mute.kind == found.kind and all(
        name in about and about[name] == value for name, value in mute.match.items()
    )


def _resolution(alert: Alert, findings: Findings, now: datetime) -> str:
    """Why an alert is over; "" if it is not."""
    if alert.cause in findings.replaced:
        return "What was forecast is spent."
    if alert.acknowledged_at and alert.kind == Alert.Kind.ANOMALY:
        return f"Acknowledged: {alert.reason}" if alert.reason else "Acknowledged."
    if alert.cause in findings.found or findings.is_unknown(alert.cause):
        return ""
    if now - alert.seen_at < _holds(alert):
        return ""
    return _why_gone(alert, now)


def _why_gone(alert: Alert, now: datetime) -> str:
    if alert.kind == Alert.Kind.ANOMALY:
        return "It is no longer found: a delivery has changed the costs, or it is too old."
    period = alert.details.get("period")
    if period and period["end"] <= f"{now.date()}":
        return "Its period is over."
    return "It is no longer so."


def _holds(alert: Alert) -> timedelta:
    """How long it is not found before it is over."""
    is_estimate = alert.kind == Alert.Kind.ANOMALY or alert.details.get("kind") == "forecast"
    return HOLDS if is_estimate else timedelta(seconds=alert.holds_seconds)


def _resolve(alert: Alert, why: str, now: datetime, *, is_told: bool) -> None:
    alert.resolved_at, alert.resolution = now, why
    alert.save()
    told = alert.notifications.filter(event=Notification.Event.FIRING)
    # Nobody needs to hear now that it was so, and of its end only who may have heard of it.
    told.filter(state=Notification.State.PENDING).update(state=Notification.State.DROPPED)
    heard = told.exclude(state=Notification.State.FAILED, sent_at=None).exclude(attempts=0, sent_at=None)
    if is_told:
        _tell(alert, Notification.Event.RESOLVED, list(heard.values_list("channel", flat=True)), now)


def _reaching(owners: Sequence[str], *, is_personal: bool) -> list[str]:
    """The channels by which an alert reaches someone."""
    return [name for name, channel in channels().items() if channel.reaches(owners, is_personal=is_personal)]


def _tell(alert: Alert, event: Notification.Event, names: Sequence[str], now: datetime) -> None:
    message = message_of(alert, event)
    for name in names:
        Notification.objects.create(
            alert=alert,
            channel=name,
            event=event,
            message=message,
            next_attempt_at=now,
            created_at=now,
        )
