"""Channels against real receivers: an HTTP server, an SMTP server and an Alertmanager."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django import Settings
from werkzeug import Response

from costs.alerts.channels import NotSentError, Outgoing, UnreachableError, UnsureError, http
from costs.alerts.channels.alertmanager import Alertmanager
from costs.alerts.channels.email import Email
from costs.alerts.channels.slack import Slack
from costs.alerts.channels.webhook import Webhook
from costs.alerts.message import Message
from tests.costs.alerts.conftest import Receiver
from tests.costs.alerts.making import NOW, SECRET
from tests.harness.alertmanager import alertmanager
from tests.harness.ports import free_port
from tests.harness.smtp_server import Mailbox

HOSTILE = 'Customer "<!channel> @here [pay](http://evil.test) *bold*\r\nBcc: all@example.com" cost 5.00 USD.'


def message(event: str = "firing", summary: str = "It is over.", cause: str = "budget/a/1") -> Message:
    return {
        "event": event,
        "alert": 7,
        "cause": cause,
        "kind": "budget",
        "severity": "warning",
        "summary": summary,
        "details": {"spent": "5", "currency": "USD"},
        "about": {"budget": "a", "customer": None},
        "started_at": "2026-10-20T09:00:00Z",
        "resolved_at": "2026-10-21T09:00:00Z" if event == "resolved" else None,
        "resolution": "It is no longer so." if event == "resolved" else "",
        "is_demo": False,
        "url": "http://127.0.0.1:8000/costs/budgets/a/",
    }


def outgoing(told: Message | None = None, owners: tuple[str, ...] = ()) -> Outgoing:
    return Outgoing("alert-1-x", told or message(), owners, NOW, NOW + timedelta(minutes=2))


def test_a_webhook_is_signed_over_its_id_its_time_and_its_body(receiver: Receiver) -> None:
    Webhook(receiver.url, SECRET).send(outgoing())

    [request] = receiver.requests
    headers = request.headers
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + request.get_data()
    digest = hmac.new(base64.b64decode(SECRET.removeprefix("whsec_")), signed, hashlib.sha256).digest()
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"
    assert headers["webhook-id"] == headers["Idempotency-Key"] == "alert-1-x"
    assert headers["webhook-timestamp"] == f"{int((NOW + timedelta(minutes=2)).timestamp())}"
    assert request.json == {
        "type": "alert.firing",
        "timestamp": "2026-10-20T09:00:00Z",
        "data": {"contract": "1", **message()},
    }


def test_text_of_bills_is_no_mention_link_or_format_in_slack(receiver: Receiver) -> None:
    Slack(receiver.url).send(outgoing(message(summary=HOSTILE)))

    [request] = receiver.requests
    assert request.json
    text = request.json["text"]
    assert request.json["mrkdwn"] is False
    assert "<" not in text
    assert "&lt;!" in text
    for hostile in ("@here", "](", "*bold*", "<!channel>", "\r"):
        assert hostile not in text
    assert text.endswith("\nhttp://127.0.0.1:8000/costs/budgets/a/")


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    receiver.answers = [Response(status=302, headers={"Location": receiver.url})]

    with pytest.raises(NotSentError, match="HTTP 302: a redirect"):
        Slack(receiver.url).send(outgoing())

    assert len(receiver.requests) == 1


@pytest.mark.parametrize(
    ("status", "error"),
    [(400, NotSentError), (404, NotSentError), (429, UnreachableError), (503, UnreachableError)],
)
def test_a_receiver_that_refuses_has_not_taken_the_message(
    receiver: Receiver, status: int, error: type[Exception]
) -> None:
    receiver.answers = [Response("no_service\x1b[31m" + "x" * 5000, status=status)]

    with pytest.raises(error) as refused:
        Slack(receiver.url).send(outgoing())

    assert f"HTTP {status}: no_service\\u001b" in f"{refused.value}"
    assert len(f"{refused.value}") < 150


@pytest.fixture
def silent() -> Iterator[str]:
    """A receiver that takes a request and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/services/T0/SECRET"


def test_without_an_answer_it_is_not_known_what_became_of_it(
    silent: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(http, "ANSWER_SECONDS", 0.2)
    caplog.set_level(logging.DEBUG)

    with pytest.raises(UnsureError) as error:
        Slack(silent).send(outgoing())

    assert "SECRET" not in f"{error.value}"
    assert error.value.__cause__ is None


def test_a_receiver_that_is_not_there_was_sent_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(UnreachableError, match=r"^It cannot be reached\.$"):
        Slack(f"http://127.0.0.1:{free_port()}/services/T0/SECRET").send(outgoing())

    assert "SECRET" not in caplog.text


def test_an_address_with_other_capitals_gets_one_email(mailbox: Mailbox) -> None:
    Email(["OPS@example.com"]).send(
        outgoing(owners=("Ada@example.com", "ada@Example.com", "ops@example.com"))
    )

    [(recipients, _)] = mailbox.sent
    assert recipients == ["Ada@example.com", "ops@example.com"]


def test_an_email_goes_to_the_owners_and_to_those_who_get_all(mailbox: Mailbox) -> None:
    Email(["ops@example.com"]).send(outgoing(owners=("ada@example.com", "ops@example.com")))

    [(recipients, email)] = mailbox.sent
    assert recipients == ["ada@example.com", "ops@example.com"]
    assert (email["To"], email["Bcc"]) == ("undisclosed-recipients:;", None)
    assert "ada@" not in email.as_string()
    assert email["Subject"] == "It is over."
    assert email["From"] == "Costs <costs@example.com>"
    assert email["Message-ID"] == "<alert-1-x@example.com>"
    assert "http://127.0.0.1:8000/costs/budgets/a/" in email.get_content()


def test_text_of_bills_adds_no_header_to_an_email(mailbox: Mailbox) -> None:
    Email(["ops@example.com"]).send(outgoing(message(summary=HOSTILE)))

    [(recipients, email)] = mailbox.sent
    assert recipients == ["ops@example.com"]
    assert email["Bcc"] is None
    assert "\\u000d\\u000aBcc" in email["Subject"]


def test_a_refused_address_is_known_not_to_have_got_it(mailbox: Mailbox) -> None:
    mailbox.refuses = {"gone@example.com"}

    with pytest.raises(NotSentError, match="refused all"):
        Email([]).send(outgoing(owners=("gone@example.com",)))


def test_an_smtp_server_that_is_not_there_cannot_be_used(settings: Settings, mailbox: Mailbox) -> None:
    settings.EMAIL_PORT = free_port()

    with pytest.raises(UnreachableError, match="ConnectionRefusedError"):
        Email(["ops@example.com"]).send(outgoing())

    assert mailbox.sent == []


def test_alertmanager_has_an_alert_until_it_is_resolved(tmp_path: Path) -> None:
    with alertmanager(tmp_path) as server:
        channel = Alertmanager(server.url)
        first, second = message(summary=HOSTILE), message(cause="budget/b/1")
        now = NOW.now(NOW.tzinfo)
        for told in (first, first, second):
            channel.send(Outgoing("k", told, (), now, now))

        assert set(server.alerts()) == {"budget/a/1", "budget/b/1"}
        alert = server.alerts()["budget/a/1"]
        assert alert["labels"] == {
            "alertname": "CloudPricingBudget",
            "budget": "a",
            "cause": "budget/a/1",
            "severity": "warning",
        }
        assert "<!channel>" in alert["annotations"]["summary"]
        assert alert["generatorURL"] == "http://127.0.0.1:8000/costs/budgets/a/"

        ended: Message = {**message("resolved"), "resolved_at": json.loads(f'"{now.isoformat()}"')}
        channel.send(Outgoing("k", ended, (), now, now))
        deadline = time.monotonic() + 10
        while "budget/a/1" in server.alerts() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert set(server.alerts()) == {"budget/b/1"}
