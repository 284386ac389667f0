from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from pytest_django import Settings

from tests.harness import fake_github
from tests.harness.fake_github import GitHub


@pytest.fixture
def github(settings: Settings) -> Iterator[GitHub]:
    """A server whose users sign in with a fake GitHub."""
    app = {"client_id": fake_github.CLIENT_ID, "secret": fake_github.CLIENT_SECRET}
    settings.HAS_GITHUB = True
    settings.LOGIN_URL = "account_login"
    settings.SOCIALACCOUNT_PROVIDERS = {"github": {**settings.SOCIALACCOUNT_PROVIDERS["github"], "APP": app}}
    with fake_github.serve(urlsplit(settings.GITHUB_URL).port or 0) as github:
        yield github
