"""The product's settings with a test's environment: no .env of a laptop leaks into a test run."""

from __future__ import annotations

import os

from tests.harness.ports import free_port

# TEST_DATABASE=libsql runs the tests on a libsql-server, which tests/conftest.py starts on this port.
ON_LIBSQL = {"file": False, "libsql": True}[os.environ.get("TEST_DATABASE", "file")]

os.environ.update(
    DATABASE_URL=f"http://127.0.0.1:{free_port()}" if ON_LIBSQL else "file:data/catalog.db",
    DATABASE_AUTH_TOKEN="",
    COSTS_DIR="data/costs",
    SECRET_KEY="tests-only-" + "x" * 50,
    PUBLIC_URL="http://127.0.0.1:8000",
    DEBUG="false",
    GOOGLE_API_KEY="",
    GITHUB_CLIENT_ID="",
    GITHUB_CLIENT_SECRET="",
    # The fake GitHub of tests/harness/fake_github.py; allauth reads the address once, when it is imported.
    GITHUB_URL=f"http://127.0.0.1:{free_port()}",
    STAFF_GITHUB_IDS="",
    ALLOWED_GITHUB_IDS="",
    ALLOWED_GITHUB_ORGS="",
    TRUSTED_PROXIES="0",
    ALERT_WEBHOOK_URL="",
    ALERT_SLACK_URL="",
    ALERT_ALERTMANAGER_URL="",
    EMAIL_HOST="",
)

from pricing_site.settings import *  # noqa: E402, F403  the environment comes first

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.MD5PasswordHasher",
    "accounts.hashers.ClientSecretHasher",
]

if ON_LIBSQL:
    DATABASES["default"]["TEST"] = {"NAME": DATABASES["default"]["NAME"]}  # noqa: F405

# Django's tests name their database by NAME.
DATABASES["default"]["OPTIONS"].pop("database", None)  # noqa: F405
