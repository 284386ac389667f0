from __future__ import annotations

import json
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings
from werkzeug import Response

from costs.alerts import notify
from costs.alerts.channels.alertmanager import REPEATS
from costs.alerts.notify import MAX_ATTEMPTS, Sender
from costs.models import Alert, Notification
from tests.costs.alerts.conftest import Receiver
from tests.costs.alerts.making import DAY, NOW, SECRET, make_budget, run, store
from tests.harness.alertmanager import alertmanager
from tests.harness.smtp_server import Mailbox

pytestmark = pytest.mark.django_db


def send() -> Sender:
    sender = Sender(lambda: None)
    sender.send_due()
    return sender


def make_message(channel: str, event: str = "firing", cause: str = "budget/a", **values: Any) -> Notification:
    now = timezone.now()
    known = {"kind": "budget", "path": "/", "started_at": now, "seen_at": now}
    alert, _ = Alert.objects.get_or_create(cause=cause, defaults=known)
    message: dict[str, Any] = {
        **dict.fromkeys(("cause", "summary", "kind", "severity", "url"), "x"),
        "event": event,
        "details": {},
        "about": {},
        "started_at": now.isoformat(),
        "resolved_at": None,
        "resolution": "",
        "is_demo": False,
    }
    sent = {"message": message, "next_attempt_at": now, "created_at": now, **values}
    return Notification.objects.create(alert=alert, channel=channel, event=event, **sent)


def overdue(notification: Notification) -> None:
    """Let the next attempt be due."""
    Notification.objects.filter(pk=notification.pk).update(next_attempt_at=timezone.now())


def interrupted(channel: str, **values: Any) -> Notification:
    claimed = timezone.now() - Notification.LEASE - timedelta(seconds=1)
    return make_message(channel, state="sending", attempts=1, claimed_at=claimed, **values)


def test_what_is_sent_is_marked_and_not_sent_again(webhook: Receiver) -> None:
    notification = make_message("webhook")

    assert (send().sent, send().sent) == (1, 0)

    notification.refresh_from_db()
    assert (notification.state, notification.attempts, notification.error) == ("sent", 1, "")
    assert len(webhook.requests) == 1


def test_a_refused_message_is_tried_again_later_and_at_last_given_up(webhook: Receiver) -> None:
    notification = make_message("webhook")
    keys = set()
    for attempt in range(1, MAX_ATTEMPTS + 1):
        webhook.answers = [Response("no", status=400)]
        assert (send().unsent, send().unsent) == (1, 0)
        keys.add(webhook.requests[-1].headers["webhook-id"])
        notification.refresh_from_db()
        assert notification.attempts == attempt
        overdue(notification)

    assert notification.state == "failed"
    assert notification.error == "It answered HTTP 400: no"
    assert len(keys) == 1
    assert send().unsent == 0


def test_an_interrupted_message_is_sent_again_where_a_repeat_is_known(webhook: Receiver) -> None:
    notification = interrupted("webhook")

    assert send().sent == 1

    notification.refresh_from_db()
    assert (notification.state, notification.attempts) == ("sent", 2)
    assert len(webhook.requests) == 1


def test_an_interrupted_message_is_never_sent_again_to_slack(slack: Receiver) -> None:
    notification = interrupted("slack")

    assert send().sent == 0

    notification.refresh_from_db()
    assert notification.state == "unknown"
    assert slack.requests == []


def test_a_message_that_is_being_sent_is_not_taken_for_interrupted(webhook: Receiver) -> None:
    notification = make_message("webhook", state="sending", attempts=1, claimed_at=timezone.now())

    assert send().sent == 0

    notification.refresh_from_db()
    assert notification.state == "sending"
    assert webhook.requests == []


def test_an_interrupted_message_of_what_is_resolved_by_now_is_not_sent(webhook: Receiver) -> None:
    notification = interrupted("webhook")
    Alert.objects.update(resolved_at=timezone.now())
    resolved = make_message("webhook", "resolved")

    assert send().sent == 1

    notification.refresh_from_db()
    resolved.refresh_from_db()
    assert (notification.state, resolved.state) == ("unknown", "sent")
    assert [json.loads(request.get_data())["type"] for request in webhook.requests] == ["alert.resolved"]


def test_the_end_is_not_told_before_the_beginning(webhook: Receiver) -> None:
    make_message("webhook", state="sending", attempts=1, claimed_at=timezone.now())
    make_message("webhook", "resolved")

    assert send().sent == 0
    assert webhook.requests == []


def test_slack_without_an_answer_is_not_asked_again(slack: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notify, "SEND_SECONDS", 0.3)
    released = threading.Event()
    handle = slack.__class__.__call__

    def hang(self: Receiver, request: Any) -> Response:
        answer = handle(self, request)
        released.wait(10)
        return answer

    monkeypatch.setattr(slack.__class__, "__call__", hang)
    notification = make_message("slack")
    try:
        send()
    finally:
        released.set()

    notification.refresh_from_db()
    assert (notification.state, notification.error) == ("unknown", "It took too long.")


def test_a_slow_channel_does_not_hold_the_others(
    slack: Receiver, mailbox: Mailbox, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ALERT_EMAIL_TO = ["ops@example.com"]
    arrived: list[int] = []
    handle = slack.__class__.__call__

    def slow(self: Receiver, request: Any) -> Response:
        deadline = time.monotonic() + 10
        while len(mailbox.sent) < 3 and time.monotonic() < deadline:
            time.sleep(0.01)
        arrived.append(len(mailbox.sent))
        return handle(self, request)

    monkeypatch.setattr(slack.__class__, "__call__", slow)
    for number in range(3):
        for channel in ("email", "slack"):
            make_message(channel, cause=f"{number}")

    send()

    assert arrived[0] == 3


def test_a_channel_that_cannot_be_reached_is_left_until_later(webhook: Receiver) -> None:
    webhook.answers = [Response(status=503)]
    for cause in ("a", "b"):
        make_message("webhook", cause=cause)

    send()

    assert len(webhook.requests) == 1
    assert Notification.objects.filter(state="pending").count() == 2


def test_owners_get_the_emails_of_their_budget_only(mailbox: Mailbox, settings: Settings) -> None:
    settings.ALERT_EMAIL_TO = ["all@example.com"]
    make_budget("team-a", thresholds=[50], forecast_thresholds=[], owners=["ada@example.com"])
    make_budget("team-b", thresholds=[50], forecast_thresholds=[], owners=["bob@example.com"])

    run(store("60"))

    assert sorted(recipients for recipients, _ in mailbox.sent) == [
        ["ada@example.com", "all@example.com"],
        ["all@example.com", "bob@example.com"],
    ]


@pytest.mark.usefixtures("mailbox")
def test_an_alert_without_anyone_to_mail_is_not_told() -> None:
    make_budget(thresholds=[50], forecast_thresholds=[])

    run(store("60"))

    assert Alert.objects.get().untold == Alert.Untold.NO_CHANNEL


def test_a_message_says_what_how_much_since_when_and_where(slack: Receiver) -> None:
    make_budget(thresholds=[100], forecast_thresholds=[])

    run(store("70", "50"))

    [request] = slack.requests
    assert request.json
    assert request.json["text"].replace("\u200b", "") == (
        "Budget team-a: 120.00 of 100.00 USD is spent in 2026-10 (120.0 %), 20.00 USD over it. "
        "It reached 100 % on 2026-10-02.\n"
        "Found 2026-10-20 09:00 UTC.\n"
        "http://127.0.0.1:8000/costs/budgets/team-a/"
    )


def test_alertmanager_gets_what_fires_again_after_it_forgot(tmp_path: Path, settings: Settings) -> None:
    make_budget(thresholds=[50], forecast_thresholds=[])
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    with alertmanager(tmp_path / "one") as server:
        settings.ALERT_ALERTMANAGER_URL = server.url
        run(store("60"))
        assert len(server.alerts()) == 1
    Notification.objects.update(sent_at=timezone.now() - REPEATS - timedelta(seconds=1))

    with alertmanager(tmp_path / "two") as server:
        settings.ALERT_ALERTMANAGER_URL = server.url
        run(store("60"), NOW + timedelta(hours=1))
        assert len(server.alerts()) == 1
        run(store("40"), NOW + DAY)
        deadline = time.monotonic() + 10
        while server.alerts() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert server.alerts() == {}


def test_the_secrets_of_channels_are_in_no_row(webhook: Receiver, settings: Settings) -> None:
    settings.ALERT_SLACK_URL = webhook.url + "/TOPSECRET"
    make_budget(thresholds=[50], forecast_thresholds=[])

    run(store("60"))

    rows = json.dumps(list(Notification.objects.values("channel", "message", "error")))
    assert "TOPSECRET" not in rows
    assert SECRET not in rows
