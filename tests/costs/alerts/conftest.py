from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import Settings
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from costs.alerts import causes
from tests.costs.alerts.making import SECRET
from tests.harness.http_server import serve
from tests.harness.smtp_server import Mailbox, smtp_server


@pytest.fixture
def anomalies() -> None:
    """Anomalies are looked for in this test, which takes a second each time."""


@pytest.fixture(autouse=True)
def _only_what_is_asked(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "anomalies" not in request.fixturenames:
        monkeypatch.delitem(causes._OF_COSTS, "anomaly/")  # noqa: SLF001


class Receiver:
    """A receiver of posts, which answers as it is told to."""

    def __init__(self) -> None:
        self.server: HTTPServer | None = None
        self.requests: list[Request] = []
        self.answers: list[Response] = []

    def __call__(self, request: Request) -> Response:
        request.get_data()
        self.requests.append(request)
        return self.answers.pop(0) if self.answers else Response("ok")

    @property
    def url(self) -> str:
        assert self.server
        return self.server.url_for("/hook")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    found = Receiver()
    with serve(found) as server:
        found.server = server
        yield found


@pytest.fixture
def webhook(receiver: Receiver, settings: Settings) -> Receiver:
    settings.ALERT_WEBHOOK_URL, settings.ALERT_WEBHOOK_SECRET = receiver.url, SECRET
    return receiver


@pytest.fixture
def slack(receiver: Receiver, settings: Settings) -> Receiver:
    settings.ALERT_SLACK_URL = receiver.url
    return receiver


@pytest.fixture
def mailbox(settings: Settings) -> Iterator[Mailbox]:
    with smtp_server() as found:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", found.port, False
        settings.DEFAULT_FROM_EMAIL = "Costs <costs@example.com>"
        yield found
