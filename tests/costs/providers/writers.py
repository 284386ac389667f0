"""Writes folders as clouds deliver them."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
from focus_data_toolkit.generators import get_generator

Row = Mapping[str, str]


@cache
def rows(provider: str, version: str = "1.2", count: int = 60) -> tuple[Row, ...]:
    """Made-up rows of May 2026 by focus-data-toolkit."""
    data: bytes = get_generator(provider, version).generate_csv_bytes(count, 7)
    # AWS has maps of text, so that a tag cannot be a number.
    text = data.decode().replace('""SyntheticFleetSize"":500', '""SyntheticFleetSize"":""500""')
    return tuple(csv.DictReader(io.StringIO(text)))


def in_month(all_: Sequence[Row], month: str) -> list[Row]:
    """The rows, as billed in another month."""
    year, number = map(int, month.split("-"))
    end = f"{year + number // 12}-{number % 12 + 1:02}-01T00:00:00Z"
    period = {"BillingPeriodStart": f"{month}-01T00:00:00Z", "BillingPeriodEnd": end}
    return [{**row, **period} for row in all_]


def write_csv(path: Path, all_: Sequence[Row]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = io.StringIO()
    writer = csv.DictWriter(text, list(all_[0]))
    writer.writeheader()
    writer.writerows(all_)
    data = text.getvalue().encode()
    path.write_bytes(gzip.compress(data, mtime=0) if path.suffix == ".gz" else data)
    return path


def write_parquet(path: Path, all_: Sequence[Row]) -> Path:
    """The rows with the types of AWS: doubles, timestamps and a map of tags."""
    path.parent.mkdir(parents=True, exist_ok=True)
    source = write_csv(path.with_name(f".{path.name}.csv"), all_)
    with duckdb.connect() as connection:
        selected = ", ".join(_typed(name) for name in all_[0])
        connection.execute(
            f"copy (select {selected} from read_csv(?, all_varchar = true, header = true)) "  # noqa: S608
            f"to '{path}' (format parquet)",
            [str(source)],
        )
    return path


def _typed(name: str) -> str:
    if name.endswith(("Cost", "Price", "Quantity")):
        return f'cast("{name}" as double) as "{name}"'
    if name.endswith(("PeriodStart", "PeriodEnd")):
        return f'cast("{name}" as timestamptz) at time zone \'UTC\' as "{name}"'
    if name == "Tags":
        return "cast(cast(Tags as json) as map(varchar, varchar)) as Tags"
    return f'"{name}"'


def write_json(path: Path, body: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(body))
    return path


def write_lines(path: Path, all_: Sequence[Mapping[str, Any]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    data = "".join(f"{json.dumps(row)}\n" for row in all_).encode()
    path.write_bytes(gzip.compress(data, mtime=0) if path.suffix == ".gz" else data)
    return path


def deliver_aws(
    root: Path, month: str, chunks: Mapping[str, Sequence[Row]], *, export: str = "focus"
) -> Path:
    """What AWS does: new data files beside the old ones, then the month's manifest again."""
    folder = root / export
    for name, chunk in chunks.items():
        write_parquet(folder / "data" / f"BILLING_PERIOD={month}" / name, chunk)
    uris = [f"s3://bucket/billing/{export}/data/BILLING_PERIOD={month}/{name}" for name in chunks]
    manifest = folder / "metadata" / f"BILLING_PERIOD={month}" / f"{export}-Manifest.json"
    return write_json(manifest, {"dataFiles": uris})


def deliver_azure(
    root: Path,
    month: str,
    submitted: str,
    parts: Sequence[Sequence[Row]],
    *,
    run: str = "run",
    **changes: Any,
) -> Path:
    """What a run of an Azure export writes: its parts and a manifest; `changes` are of the manifest."""
    days = f"{month.replace('-', '')}01-{month.replace('-', '')}31"
    folder = f"exports/daily-focus/{days}/{run}"
    blobs = []
    for number, part in enumerate(parts):
        path = write_csv(root / folder / f"part_{number}_0001.csv.gz", part)
        name, size = f"{folder}/{path.name}", path.stat().st_size
        blobs.append({"blobName": name, "byteCount": size, "dataRowCount": len(part)})
    body = {
        "blobCount": len(parts),
        "dataRowCount": sum(map(len, parts)),
        "exportConfig": {"exportName": "daily-focus", "type": "FocusCost", "dataVersion": "1.2-preview"},
        "runInfo": {"submittedTime": submitted, "runId": run, "startDate": f"{month}-01T00:00:00"},
        "blobs": blobs,
    }
    return write_json(root / folder / "manifest.json", {**body, **changes})


def google_row(**changes: Any) -> dict[str, Any]:
    """A row of Google Cloud's detailed export as BigQuery writes it: NUMERIC as text, FLOAT as a number."""
    row = {
        "billing_account_id": "010101-F0FFF0-61C528",
        "service": {"id": "C7E2-9256-1C43", "description": "Vertex AI"},
        "sku": {"id": "FDAB-647C-5A22", "description": "Gemini 2.5 Flash GA Text Input - Predictions"},
        "usage_start_time": "2026-05-03 10:00:00 UTC",
        "usage_end_time": "2026-05-03 11:00:00 UTC",
        "project": {"id": "proj-a", "name": "Project A", "labels": [{"key": "env", "value": "prod"}]},
        "labels": [{"key": "team", "value": "search"}],
        "system_labels": [],
        "location": {"location": "us-central1", "region": "us-central1"},
        "resource": {"name": "gemini-2.5-flash", "global_name": "//aiplatform.googleapis.com/x"},
        "price": {"effective_price": "0.3", "list_price": "0.3", "pricing_unit_quantity": "1000000"},
        "cost": 0.3,
        "cost_at_list": "0.3",
        "currency": "USD",
        "usage": {
            "amount": 1000000.0,
            "unit": "requests",
            "amount_in_pricing_units": 1000000.0,
            "pricing_unit": "count",
        },
        "credits": [],
        "invoice": {"month": "202605", "publisher_type": "GOOGLE"},
        "cost_type": "regular",
        "transaction_type": "GOOGLE",
        "export_time": "2026-05-03 13:00:00.123456 UTC",
    }
    return {**row, **changes}
