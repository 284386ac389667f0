from __future__ import annotations

import base64
from typing import Any

import pytest
from django.core.checks import CheckMessage
from pytest_django import Settings

from pricing_site import alert_checks

SECRET = f"whsec_{base64.b64encode(b'k' * 32).decode()}"


def faults(settings: Settings, **values: Any) -> list[CheckMessage]:
    for name, value in values.items():
        setattr(settings, name, value)
    return [fault for check in alert_checks.CHECKS for fault in check()]


def mail(**values: Any) -> dict[str, Any]:
    return {"EMAIL_HOST": "smtp.example.com", "DEFAULT_FROM_EMAIL": "costs@example.com", **values}


def test_without_channels_nothing_is_wrong(settings: Settings) -> None:
    assert faults(settings) == []


@pytest.mark.parametrize(
    "url",
    [
        "https://ops.example.com/x",
        "http://127.0.0.1:9000",
        "http://10.0.0.7/x",
        "http://alerts:9093",
        "http://a.internal",
    ],
)
def test_http_is_accepted_on_this_machine_and_inside_a_network(settings: Settings, url: str) -> None:
    assert faults(settings, ALERT_ALERTMANAGER_URL=url) == []


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://ops.example.com/TOPSECRET", "in the clear"),
        ("http://8.8.8.8/TOPSECRET", "in the clear"),
        ("ops.example.com/TOPSECRET", "does not start with https://"),
        ("ftp://ops.example.com/TOPSECRET", "does not start with https://"),
        ("https://ops.example.com:x/TOPSECRET", "is no address"),
    ],
)
def test_an_unsafe_address_is_an_error_that_does_not_show_it(
    settings: Settings, url: str, words: str
) -> None:
    [fault] = faults(settings, ALERT_SLACK_URL=url)

    assert fault.id == "pricing_site.E006"
    assert fault.msg.startswith("ALERT_SLACK_URL ")
    assert words in fault.msg
    assert "TOPSECRET" not in f"{fault}"


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_short", "not base64!", "whsec_" + "A" * 28])
def test_a_webhook_without_a_good_secret_is_an_error(settings: Settings, secret: str) -> None:
    [fault] = faults(settings, ALERT_WEBHOOK_URL="https://a.example.com", ALERT_WEBHOOK_SECRET=secret)

    assert fault.id == "pricing_site.E007"
    assert not secret or secret not in fault.msg.replace("whsec_ and", "")


def test_a_webhook_with_a_secret_is_accepted(settings: Settings) -> None:
    assert faults(settings, ALERT_WEBHOOK_URL="https://a.example.com", ALERT_WEBHOOK_SECRET=SECRET) == []


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"ALERT_EMAIL_TO": ["a@example.com"]}, "EMAIL_HOST is not"),
        (mail(DEFAULT_FROM_EMAIL=""), "EMAIL_FROM is not"),
        (mail(EMAIL_USE_SSL=True), "both on"),
        (mail(EMAIL_USE_TLS=False, EMAIL_HOST_PASSWORD="secret"), "in the clear"),
    ],
)
def test_contradicting_settings_of_emails_are_an_error(
    settings: Settings, values: dict[str, Any], words: str
) -> None:
    [fault] = faults(settings, **values)

    assert fault.id == "pricing_site.E008"
    assert words in fault.msg


def test_a_relay_on_this_machine_needs_no_tls(settings: Settings) -> None:
    assert faults(settings, **mail(EMAIL_HOST="localhost", EMAIL_USE_TLS=False)) == []
