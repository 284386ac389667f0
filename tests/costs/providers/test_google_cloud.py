from __future__ import annotations

import gzip
import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import google.auth
import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery
from pytest_httpserver import HTTPServer

from costs.errors import LoadError
from costs.providers.folder import FolderSource
from costs.providers.google_cloud import GoogleCloudSource, open_source
from costs.providers.source import Delivery, Layout
from tests.costs.loaded import billed, load
from tests.costs.providers.bigquery_wire import DATASET, DETAILED, FOCUS, PROJECT, Wire, schema
from tests.costs.providers.writers import google_row, write_lines
from tests.harness.bqemulator import BigQueryEmulator

BY_EXPORT_TIME = {"type": "DAY", "field": "export_time"}


@pytest.fixture(scope="module")
def emulator() -> Iterator[BigQueryEmulator]:
    with BigQueryEmulator() as running:
        yield running


@pytest.fixture
def wire(
    emulator: BigQueryEmulator, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> Wire:
    monkeypatch.setenv("BIGQUERY_EMULATOR_HOST", httpserver.url_for("").rstrip("/"))
    monkeypatch.setattr(google.auth, "default", lambda **_: (AnonymousCredentials(), PROJECT))  # type: ignore[no-untyped-call]
    return Wire(httpserver, emulator.url, partition=BY_EXPORT_TIME)


class Export:
    """A table of the emulator, and the source that reads it.

    Args:
        wire: what is between.
        folder: for the copy.
        fields: its columns.
    """

    def __init__(self, wire: Wire, folder: Path, fields: Sequence[Any] = DETAILED) -> None:
        self.wire, self.folder = wire, folder
        self.table = f"gcp_billing_export_{secrets.token_hex(4)}"
        self._client = bigquery.Client(
            PROJECT, AnonymousCredentials(), client_options={"api_endpoint": wire.target}  # type: ignore[no-untyped-call]
        )
        self._client.create_dataset(DATASET, exists_ok=True)
        self._fields = schema(fields)
        self._client.create_table(bigquery.Table(f"{PROJECT}.{DATASET}.{self.table}", self._fields))

    def add(self, *rows: Mapping[str, Any]) -> None:
        file = BytesIO("".join(f"{json.dumps(row)}\n" for row in rows).encode())
        how = bigquery.LoadJobConfig(schema=self._fields, source_format="NEWLINE_DELIMITED_JSON")
        name = f"{PROJECT}.{DATASET}.{self.table}"
        self._client.load_table_from_file(file, name, job_config=how).result(timeout=60)

    def run(self, sql: str) -> None:
        self._client.query(sql.format(table=f"`{PROJECT}.{DATASET}.{self.table}`")).result(timeout=60)

    def source(self, options: str = "") -> GoogleCloudSource:
        return open_source("gcp-main", f"bigquery://{PROJECT}/{DATASET}/{self.table}{options}", self.folder)

    def deliveries(self, options: str = "") -> list[Delivery]:
        self.wire.asked.clear()
        return list(self.source(options).deliveries())

    def reads(self) -> list[str]:
        """The months that the last deliveries were read for."""
        return [_value(each, "month") for each in self.wire.asked if "AS line" in each["query"]]


def _value(query: Mapping[str, Any], name: str) -> str:
    parameters = {each["name"]: each["parameterValue"]["value"] for each in query["queryParameters"]}
    return str(parameters[name])


@pytest.fixture
def export(wire: Wire, tmp_path: Path) -> Export:
    return Export(wire, tmp_path / "copy")


def row(month: str, day: str, **changes: Any) -> dict[str, Any]:
    """A row that is billed in a month and was added on a day."""
    return google_row(invoice={"month": month}, export_time=f"{day} 03:00:00 UTC", **changes)


def months(found: Sequence[Delivery]) -> dict[str, Decimal]:
    return {delivery.period: billed(delivery) for delivery in found}


def test_each_month_is_read_whole(export: Export) -> None:
    export.add(row("202609", "2026-09-30"), row("202610", "2026-10-02"), row("202610", "2026-10-03", cost=1.5))

    found = export.deliveries()

    assert months(found) == {"2026-09": Decimal("0.3"), "2026-10": Decimal("1.8")}
    assert [(each.layout, each.rows, each.cloud) for each in found] == [
        (Layout.GOOGLE_CLOUD_ROWS, 1, "gcp"),
        (Layout.GOOGLE_CLOUD_ROWS, 2, "gcp"),
    ]
