"""Sends what is to be told: each message once, whatever is killed between.

A message is claimed, sent and marked. One that was claimed and not marked was interrupted: whether it was
sent is unknown. It is sent again only where the receiver can tell a repeat.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from catalog.sync.signals import deferred_interrupts
from costs.alerts.channels import Channel, NotSentError, Outgoing, UnreachableError, UnsureError, channels
from costs.models import Notification

logger = logging.getLogger(__name__)

Event, State = Notification.Event, Notification.State

# How long after each attempt the next one is, but after the last.
BACKOFF = [timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360)]
MAX_ATTEMPTS = len(BACKOFF) + 1
# For all of a message: a receiver that answers byte by byte holds nobody up.
SEND_SECONDS = 20.0
_POLL_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class _Outcome:
    """How the sending of a message went.

    Args:
        error: why it is not sent; "" if it is.
        is_unsure: whether it may be sent in spite of it.
        is_open: whether the channel takes more now.
    """

    error: str = ""
    is_unsure: bool = False
    is_open: bool = True


@dataclass(slots=True)
class _Line:
    """A channel with its messages that are due, one of which is being sent."""

    channel: Channel
    due: list[int]
    sending: Notification | None = None
    started: float = 0.0


@dataclass(slots=True)
class Sender:
    """Sends all messages that are due, by all channels at once, by each one after the other.

    Args:
        beat: called before each message.
        sent: how many were sent.
        unsent: how many could not be.
    """

    beat: Callable[[], object]
    sent: int = 0
    unsent: int = 0
    _lines: dict[str, _Line] = field(default_factory=dict)
    _outcomes: queue.SimpleQueue[tuple[str, int, _Outcome]] = field(default_factory=queue.SimpleQueue)

    def send_due(self) -> None:
        """Send them. An interrupt waits for those that are being sent."""
        found = channels()
        _recover(found)
        _repeat(found)
        self._lines = {name: _Line(channel, _due(name)) for name, channel in found.items()}
        try:
            while self._claim() or self._is_busy():
                self._wait()
        except KeyboardInterrupt:
            with deferred_interrupts():
                while self._is_busy():
                    self._wait()
            raise

    def _is_busy(self) -> bool:
        return any(line.sending for line in self._lines.values())

    def _claim(self) -> bool:
        """Begin the next message of each channel that has none; whether there is one."""
        begun = False
        for name, line in self._lines.items():
            while line.sending is None and line.due:
                self.beat()
                with deferred_interrupts():
                    line.sending = _claimed(line.due.pop(0))
                    if line.sending:
                        line.started, begun = time.monotonic(), True
                        self._start(name, line.channel, line.sending)
        return begun

    def _start(self, name: str, channel: Channel, notification: Notification) -> None:
        outgoing = Outgoing(
            key=_key(notification),
            message=notification.message,
            owners=notification.alert.owners,
            is_personal=notification.alert.is_personal,
            created_at=notification.created_at,
            now=timezone.now(),
        )

        def send() -> None:
            self._outcomes.put((name, notification.pk, _sent(channel, outgoing)))

        # The process does not wait for one that never ends.
        threading.Thread(target=send, name=f"send to {name}", daemon=True).start()

    def _wait(self) -> None:
        """Mark the next message of which it is known what became, or that took too long."""
        with deferred_interrupts():
            try:
                name, pk, outcome = self._outcomes.get(timeout=_POLL_SECONDS)
            except queue.Empty:
                self._give_up()
                return
            sending = self._lines[name].sending
            if sending and sending.pk == pk:
                self._mark(self._lines[name], sending, outcome)

    def _give_up(self) -> None:
        for line in self._lines.values():
            if line.sending and time.monotonic() - line.started > SEND_SECONDS:
                outcome = _Outcome("It took too long.", is_unsure=True, is_open=False)
                self._mark(line, line.sending, outcome)

    def _mark(self, line: _Line, notification: Notification, outcome: _Outcome) -> None:
        line.sending = None
        if not outcome.is_open:
            line.due.clear()
        if outcome.error:
            self.unsent += 1
        else:
            self.sent += 1
        _own(notification).update(**_marked(line.channel, notification, outcome))


def _sent(channel: Channel, outgoing: Outgoing) -> _Outcome:
    try:
        channel.send(outgoing)
    except NotSentError as error:
        return _Outcome(f"{error}", is_open=not isinstance(error, UnreachableError))
    except UnsureError as error:
        return _Outcome(f"{error}", is_unsure=True, is_open=False)
    except Exception as error:
        logger.exception("The message %s could not be sent", outgoing.key)
        return _Outcome(f"It failed by {type(error).__name__}.", is_unsure=True)
    return _Outcome()


def _marked(channel: Channel, notification: Notification, outcome: _Outcome) -> dict[str, object]:
    """What is known of a message after an attempt."""
    now = timezone.now()
    if not outcome.error:
        return {"state": State.SENT, "sent_at": now, "error": ""}
    if outcome.is_unsure and not channel.knows_repeats:
        return {"state": State.UNKNOWN, "error": outcome.error}
    if notification.attempts >= MAX_ATTEMPTS:
        return {"state": State.FAILED, "error": outcome.error}
    later = now + BACKOFF[notification.attempts - 1]
    return {"state": State.PENDING, "error": outcome.error, "next_attempt_at": later}


def _due(channel: str) -> list[int]:
    """The messages that are due, in order; that an alert is resolved is told after that it fires."""
    before = Notification.objects.filter(alert=OuterRef("alert"), channel=channel, event=Event.FIRING)
    waits = Q(event=Event.RESOLVED) & Exists(before.exclude(state__in=Notification.DONE))
    due = Notification.objects.filter(
        channel=channel, state=State.PENDING, next_attempt_at__lte=timezone.now()
    )
    return list(due.exclude(waits).order_by("id").values_list("pk", flat=True))


def _claimed(pk: int) -> Notification | None:
    """The message, claimed for one attempt; None if it is no longer to be sent."""
    found = Notification.objects.filter(pk=pk, state=State.PENDING)
    if not found.update(state=State.SENDING, claimed_at=timezone.now(), attempts=F("attempts") + 1):
        return None
    return Notification.objects.select_related("alert").get(pk=pk)


def _own(notification: Notification) -> QuerySet[Notification]:
    """Its row, unless another has claimed it since."""
    return Notification.objects.filter(
        pk=notification.pk, state=State.SENDING, claimed_at=notification.claimed_at
    )


def _recover(found: Mapping[str, Channel]) -> None:
    """Decide about messages that were interrupted while they were sent."""
    now = timezone.now()
    old = Notification.objects.filter(state=State.SENDING, claimed_at__lt=now - Notification.LEASE)
    for notification in old.select_related("alert"):
        channel = found.get(notification.channel)
        is_so = notification.event == Event.RESOLVED or notification.alert.resolved_at is None
        if channel and channel.knows_repeats and is_so and notification.attempts < MAX_ATTEMPTS:
            _own(notification).update(state=State.PENDING, next_attempt_at=now)
        else:
            _own(notification).update(
                state=State.UNKNOWN, error="The sending was interrupted: it may have been sent or not."
            )


def _repeat(found: Mapping[str, Channel]) -> None:
    """Let what still is so be sent again where the receiver forgets."""
    now = timezone.now()
    for name, channel in found.items():
        if channel.repeats_every:
            Notification.objects.filter(
                channel=name,
                event=Event.FIRING,
                alert__resolved_at=None,
                state__in=(State.SENT, State.FAILED),
                sent_at__lt=now - channel.repeats_every,
            ).update(state=State.PENDING, attempts=0, next_attempt_at=now)


def _key(notification: Notification) -> str:
    """Its own, also among those of a database that was made anew."""
    return f"alert-{notification.pk}-{notification.created_at:%Y%m%d%H%M%S%f}"
