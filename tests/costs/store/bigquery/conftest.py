"""A dataset of the emulator for each test, and the store over it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import google.auth
import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery
from pytest_django.fixtures import Settings
from pytest_httpserver import HTTPServer

from costs.store.bigquery import store as stores
from costs.store.bigquery import unified
from tests.costs.store.bigquery.wire import Wire
from tests.harness.bqemulator import BigQueryEmulator

PROJECT = "acme"


@pytest.fixture(scope="session")
def emulator() -> Iterator[BigQueryEmulator]:
    with BigQueryEmulator() as running:
        yield running


@pytest.fixture
def wire(emulator: BigQueryEmulator, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> Wire:
    monkeypatch.setenv("BIGQUERY_EMULATOR_HOST", httpserver.url_for("").rstrip("/"))
    anonymous = AnonymousCredentials()  # type: ignore[no-untyped-call]
    monkeypatch.setattr(google.auth, "default", lambda **_: (anonymous, PROJECT))
    return Wire(httpserver, emulator.url)


@pytest.fixture
def client(emulator: BigQueryEmulator) -> bigquery.Client:
    """What others read with."""
    anonymous = AnonymousCredentials()  # type: ignore[no-untyped-call]
    return bigquery.Client(PROJECT, anonymous, client_options={"api_endpoint": emulator.url})


@pytest.fixture
def place(wire: Wire, client: bigquery.Client, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> str:
    """A new dataset, in which the costs are."""
    dataset = f"costs_{secrets.token_hex(4)}"
    client.create_dataset(dataset)
    settings.COST_STORE = f"bigquery://{PROJECT}/{dataset}"
    assert wire.asked == []
    monkeypatch.setattr(unified, "_PAUSE_SECONDS", 0.01)
    stores.opened.cache_clear()
    return f"{PROJECT}.{dataset}"
