"""Security headers and cookies."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest
from django.conf import settings
from django.test import Client as Browser

from accounts.models import User
from tests.harness.product import Product, install, serve

PAGES = [
    "/",
    "/connect/",
    "/connect",
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


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """A server behind a proxy that ends TLS."""
    folder = tmp_path_factory.mktemp("public")
    local = install(folder, GITHUB_CLIENT_ID="id", GITHUB_CLIENT_SECRET="secret", TRUSTED_PROXIES="1")
    product = replace(local, environment={**local.environment, "PUBLIC_URL": "https://pricing.example.com"})
    with serve(product, folder / "server.log"):
        yield product


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/static/admin/css/base.css", 200),
        ("POST", "/mcp", 401),
        ("GET", "/mcp", 405),
        ("POST", "/nothing-here", 413),
    ],
)
@pytest.mark.parametrize("scheme", ["https", "http"])
def test_over_https_every_answer_has_hsts(
    public: Product, method: str, path: str, status: int, scheme: str
) -> None:
    body = b"x" * 100_000 if status == 413 else b""
    headers = {"Host": "pricing.example.com", "X-Forwarded-Proto": scheme}
    response = httpx2.request(method, public.url + path, headers=headers, content=body)

    redirected = scheme == "http" and status == 200
    assert response.status_code == (301 if redirected else status)
    expected = ["max-age=31536000; includeSubDomains; preload"] if scheme == "https" else []
    assert response.headers.get_list("Strict-Transport-Security") == expected


def test_over_https_cookies_belong_to_the_host_alone(public: Product) -> None:
    headers = {"Host": "pricing.example.com", "X-Forwarded-Proto": "https"}
    cookies = httpx2.get(f"{public.url}/accounts/login/", headers=headers).headers.get_list("Set-Cookie")

    assert cookies
    for cookie in cookies:
        assert cookie.startswith("__Host-")
        assert "Secure" in cookie
        assert "Path=/" in cookie
        assert "Domain" not in cookie


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "words"), [("/nowhere/", "Page not found"), ("/account/clients/9/revoke/", "")]
)
def test_errors_are_shown_on_our_own_pages(admin_client: Browser, path: str, words: str) -> None:
    response = admin_client.get(path) if words else admin_client.post(path)

    assert response.status_code == 404
    assert "Cloud Pricing" in response.content.decode()
    assert words in response.content.decode()
