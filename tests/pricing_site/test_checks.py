from __future__ import annotations

import os
import subprocess
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.checks import run_checks
from pytest_django import Settings

from pricing_site import checks
from tests.harness import starter
from tests.harness.ports import free_port

LONG_KEY = "k" * checks.SECRET_KEY_MIN_LENGTH


def faults(settings: Settings, url: str, *, key: str = LONG_KEY, debug: bool = False) -> list[str]:
    """The ids of our checks that fail with these settings."""
    settings.PUBLIC_URL, settings.SECRET_KEY, settings.DEBUG = url, key, debug
    settings.IS_LOCAL = urlsplit(url).hostname in ("127.0.0.1", "localhost", "::1")
    settings.HAS_GITHUB, settings.ALLAUTH_TRUSTED_PROXY_COUNT = True, 1
    return [f"{error.id}" for error in run_checks() if f"{error.id}".startswith("pricing_site.")]


def manage(*args: str, **environment: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "pricing_site.settings", **environment}
    return starter.run(["manage.py", *args], environment)


@pytest.mark.parametrize(
    "url", ["https://pricing.example.com", "https://pricing.example.com:8443", "https://10.0.0.7"]
)
def test_a_public_https_origin_with_a_long_key_is_accepted(settings: Settings, url: str) -> None:
    assert faults(settings, url) == []


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://localhost:9000", "http://[::1]:8000"])
def test_a_local_server_may_use_http_a_short_key_and_debug(settings: Settings, url: str) -> None:
    assert faults(settings, url, key="short", debug=True) == []


def test_a_short_secret_key_is_an_error_on_a_public_host(settings: Settings) -> None:
    assert faults(settings, "https://pricing.example.com", key=LONG_KEY[1:]) == ["pricing_site.E001"]


def test_debug_is_an_error_on_a_public_host(settings: Settings) -> None:
    assert faults(settings, "https://pricing.example.com", debug=True) == ["pricing_site.E002"]


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("pricing.example.com", "does not start with"),
        ("ftp://pricing.example.com", "does not start with"),
        ("https://", "does not start with"),
        ("http://pricing.example.com", "is not https"),
        ("https://pricing.example.com/prices", "contains more than"),
        ("https://pricing.example.com?a=1", "contains more than"),
        ("https://pricing.example.com#a", "contains more than"),
        ("https://me:pw@pricing.example.com", "contains more than"),
        ("http://127.0.0.1:8000/mcp", "contains more than"),
    ],
)
def test_a_public_url_that_is_not_a_safe_origin_is_an_error_with_the_reason(
    settings: Settings, url: str, words: str
) -> None:
    assert faults(settings, url) == ["pricing_site.E003"]
    [error] = checks.check_public_url()
    assert words in error.msg


@pytest.mark.parametrize("is_local", [True, False])
def test_only_one_of_githubs_credentials_is_an_error(settings: Settings, *, is_local: bool) -> None:
    settings.IS_LOCAL, settings.GITHUB_CLIENT_ID = is_local, "id"

    assert [error.id for error in checks.check_sign_in()] == ["pricing_site.E005"]


def test_a_public_host_without_sign_in_is_a_warning(settings: Settings) -> None:
    assert checks.check_sign_in() == []
    settings.IS_LOCAL = False

    [warning] = checks.check_sign_in()
    assert warning.id == "pricing_site.W001"
    assert "GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET are not set" in warning.msg


def test_a_public_host_without_trusted_proxies_is_a_warning(settings: Settings) -> None:
    assert checks.check_proxies() == []
    settings.IS_LOCAL = False
    assert [warning.id for warning in checks.check_proxies()] == ["pricing_site.W002"]

    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert checks.check_proxies() == []


def test_a_missing_secret_key_stops_the_start_with_a_one_line_message() -> None:
    run = manage("check", SECRET_KEY="")
    assert run.returncode == 1
    assert run.stdout == ""
    assert run.stderr.startswith("SECRET_KEY is not set: ")
    assert run.stderr.count("\n") == 1


def test_unsafe_settings_stop_migrate_before_it_applies_anything(tmp_path: Path) -> None:
    database = f"file:{tmp_path}/catalog.db"
    run = manage("migrate", SECRET_KEY=LONG_KEY, PUBLIC_URL="http://example.com", DATABASE_URL=database)
    assert run.returncode == 1
    assert run.stdout == ""
    assert "pricing_site.E003" in run.stderr


@pytest.mark.parametrize(
    ("setting", "value"), [("SYNC_REQUESTS_PER_MINUTE", 0), ("SYNC_TASK_INDEX", 1), ("SYNC_TASK_INDEX", -1)]
)
def test_settings_under_which_the_sync_would_skip_services_are_an_error(
    settings: Settings, setting: str, value: int
) -> None:
    setattr(settings, setting, value)

    assert faults(settings, "http://127.0.0.1:8000") == ["pricing_site.E004"]


DOCUMENTED = ["gunicorn", "-c", "gunicorn.conf.py"]
OTHERS = [
    ["gunicorn", "-k", "asgi", "pricing_site.asgi:application"],
    ["uvicorn", "pricing_site.asgi:application"],
]
# What a check finds, and what stops the settings themselves.
CHECKED = ({"DEBUG": "true"}, "DEBUG is on, but PUBLIC_URL is not on this machine")
UNREADABLE = ({"SECRET_KEY": ""}, "SECRET_KEY is not set: ")


@pytest.mark.parametrize(
    ("server", "unsafe", "words"),
    [
        (DOCUMENTED, {"SECRET_KEY": "short"}, "SECRET_KEY is shorter than 50 characters."),
        (DOCUMENTED, {"PUBLIC_URL": "http://pricing.example.test"}, "PUBLIC_URL is not https"),
        *((server, *fault) for server in (DOCUMENTED, *OTHERS) for fault in (CHECKED, UNREADABLE)),
    ],
)
def test_a_server_does_not_start_with_unsafe_settings_and_says_why_in_one_sentence(
    server: list[str], unsafe: dict[str, str], words: str, tmp_path: Path
) -> None:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "pricing_site.settings",
        "PUBLIC_URL": "https://pricing.example.test",
        "SECRET_KEY": LONG_KEY,
        "DATABASE_URL": f"file:{tmp_path}/catalog.db",
        "PORT": str(free_port()),
        **unsafe,
    }

    run = starter.run(["-m", *server], environment)

    assert run.returncode == 3
    assert words in run.stderr
    assert "Traceback" not in run.stdout + run.stderr


@pytest.mark.parametrize(
    "job", ["sync-catalog", "projects/p/locations/r/jobs/", "https://run.googleapis.com/v2/x"]
)
def test_a_sync_job_that_is_no_name_of_a_job_is_an_error(settings: Settings, job: str) -> None:
    settings.SYNC_JOB = "projects/p/locations/r/jobs/sync-catalog"
    assert faults(settings, "https://pricing.example.com") == []
    settings.SYNC_JOB = job
    assert faults(settings, "https://pricing.example.com") == ["pricing_site.E009"]


@pytest.mark.parametrize(("token", "is_refused"), [("", False), ("x" * 23, True), ("x" * 24, False)])
def test_a_token_of_metrics_that_could_be_guessed_is_refused(
    settings: Settings, token: str, *, is_refused: bool
) -> None:
    settings.METRICS_TOKEN = token

    assert faults(settings, "https://pricing.example.com") == (["pricing_site.E011"] if is_refused else [])


@pytest.mark.parametrize(
    ("key", "model", "price", "warns"),
    [
        ("", "", [], False),
        ("made-up", "m", [Decimal(1)] * 4, False),
        ("made-up", "", [], True),
        ("made-up", "m", [], True),
        ("made-up", "m", [Decimal(1)] * 3, True),
    ],
)
def test_a_model_that_is_half_set_up_is_warned_of(
    settings: Settings, key: str, model: str, price: list[Decimal], *, warns: bool
) -> None:
    settings.ANTHROPIC_API_KEY, settings.ASK_MODEL, settings.ASK_MODEL_PRICE = key, model, price

    assert bool(checks.check_model()) is warns
