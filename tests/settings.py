"""The product's settings with a test's environment: no .env of a laptop leaks into a test run."""

from __future__ import annotations

import os

os.environ.update(
    SECRET_KEY="tests-only-" + "x" * 50,
    PUBLIC_URL="http://127.0.0.1:8000",
    DEBUG="false",
    GOOGLE_API_KEY="",
)

from pricing_site.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
