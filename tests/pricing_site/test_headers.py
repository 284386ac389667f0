"""Security headers and cookies."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client as Browser

from accounts.models import User

PAGES = [
    "/",
    "/connect/",
    "/accounts/login/",
    "/admin/login/",
    "/account/",
    "/oauth/authorize",
    "/oauth/token",
    "/.well-known/oauth-authorization-server",
    "/nowhere/",
]


@pytest.mark.django_db
@pytest.mark.parametrize("path", PAGES)
def test_no_page_can_be_framed_sniffed_or_leaked(client: Browser, path: str) -> None:
    response = client.get(path)

    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    policy = response["Content-Security-Policy"]
    for directive in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "script-src 'self'"):
        assert directive in policy
    assert "unsafe" not in policy


@pytest.mark.django_db
def test_cookies_are_hidden_from_scripts_and_other_sites(client: Browser) -> None:
    User.objects.create_superuser("admin", password="correct horse battery")

    client.post("/admin/login/", {"username": "admin", "password": "correct horse battery"})
    client.get("/account/")

    for name in ("sessionid", "csrftoken"):
        assert client.cookies[name]["samesite"] == "Lax"
        assert client.cookies[name]["httponly"]


def test_over_https_cookies_are_secure_and_hsts_is_on() -> None:
    program = (
        "from django.conf import settings as s;"
        "print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_SSL_REDIRECT, s.SECURE_HSTS_SECONDS)"
    )
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "pricing_site.settings",
        "PUBLIC_URL": "https://pricing.example.com",
        "SECRET_KEY": "x" * 50,
    }
    run = subprocess.run(  # noqa: S603 our own program
        [sys.executable, "-c", program],
        cwd=Path(settings.BASE_DIR),
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.split() == ["True", "True", "True", str(365 * 24 * 3600)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "words"), [("/nowhere/", "Page not found"), ("/account/clients/9/revoke/", "")]
)
def test_errors_are_shown_on_our_own_pages(admin_client: Browser, path: str, words: str) -> None:
    response = admin_client.get(path) if words else admin_client.post(path)

    assert response.status_code == 404
    assert "Cloud Pricing" in response.content.decode()
    assert words in response.content.decode()
