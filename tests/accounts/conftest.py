from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.conf import settings as django_settings
from pytest_django import Settings
from pytest_httpserver import HTTPServer

from tests.harness import fake_github
from tests.harness.fake_github import GitHub
from tests.harness.http_server import Server


@pytest.fixture(scope="session")
def _github_server() -> Iterator[HTTPServer]:
    """One server for all tests: allauth knows one address."""
    with Server(urlsplit(django_settings.GITHUB_URL).port or 0) as server:
        yield server


@pytest.fixture
def github(settings: Settings, _github_server: HTTPServer) -> Iterator[GitHub]:
    """A server whose users sign in with a fake GitHub."""
    app = {"client_id": fake_github.CLIENT_ID, "secret": fake_github.CLIENT_SECRET}
    settings.HAS_GITHUB = True
    settings.LOGIN_URL = "account_login"
    settings.SOCIALACCOUNT_PROVIDERS = {"github": {**settings.SOCIALACCOUNT_PROVIDERS["github"], "APP": app}}
    github = GitHub()
    github.answer_at(_github_server)
    yield github
    _github_server.check()
    _github_server.clear()
