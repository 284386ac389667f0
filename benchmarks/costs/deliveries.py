"""Loads a month's bill as each cloud delivers it: AWS's Parquet, Azure's packed CSV, Google Cloud's rows.

The files are those that a source has fetched; to fetch them takes no more memory, however many they are
(docs/deliveries.md).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from benchmarks.costs.bills import CLOUDS, MONTHS, Bills
from benchmarks.costs.installation import Installation

MONTH = MONTHS[-1]
_PARTS = 8
_DAYS = f"{MONTH.replace('-', '')}01-{MONTH.replace('-', '')}31"
# AWS writes doubles, times without a zone, and maps.
_AWS = """
select * replace (
  {doubles},
  cast(cast(Tags as json) as map(varchar, varchar)) as Tags,
  {times})
from ({focus})
"""
_NUMBERS = (
    "BilledCost",
    "ConsumedQuantity",
    "ContractedCost",
    "ContractedUnitPrice",
    "EffectiveCost",
    "ListCost",
    "ListUnitPrice",
    "PricingQuantity",
)
_TIMES = ("BillingPeriodStart", "BillingPeriodEnd", "ChargePeriodStart", "ChargePeriodEnd")
# As BigQuery writes it to JSON: NUMERIC is text.
_GOOGLE = """
select BillingAccountId as billing_account_id, {{'id': ServiceName, 'description': ServiceName}} as service,
  {{'id': SkuId, 'description': ChargeDescription}} as sku,
  strftime(ChargePeriodStart, '%Y-%m-%d %H:%M:%S UTC') as usage_start_time,
  strftime(ChargePeriodEnd, '%Y-%m-%d %H:%M:%S UTC') as usage_end_time,
  {{'id': SubAccountId, 'name': SubAccountName}} as project,
  list_transform(map_entries(cast(cast(Tags as json) as map(varchar, varchar))),
    lambda e : {{'key': e.key, 'value': e.value}}) as labels,
  {{'location': RegionId, 'region': RegionId}} as location,
  {{'name': ResourceName, 'global_name': ResourceId}} as resource,
  cast(BilledCost as varchar) as cost, cast(ListCost as varchar) as cost_at_list, BillingCurrency as currency,
  {{'amount': cast(ConsumedQuantity as varchar), 'unit': ConsumedUnit,
    'amount_in_pricing_units': cast(PricingQuantity as varchar), 'pricing_unit': PricingUnit}} as usage,
  [] as credits, {{'month': '{month}'}} as invoice, 'regular' as cost_type,
  '{year}-11-01 00:00:00 UTC' as export_time
from ({focus})
"""


def write_aws(bills: Bills, folder: Path) -> None:
    """An AWS Data Export: Parquet files, and the manifest that names them."""
    data = folder / "focus" / "data" / f"BILLING_PERIOD={MONTH}"
    data.mkdir(parents=True)
    doubles = ", ".join(f"cast({name} as double) as {name}" for name in _NUMBERS)
    times = ", ".join(f"{name} at time zone 'UTC' as {name}" for name in _TIMES)
    for number, focus in _parts(bills, "aws"):
        rows = _AWS.format(doubles=doubles, times=times, focus=focus)
        bills.connection.execute(
            f"copy ({rows}) to '{data}/{number}.snappy.parquet' (format parquet, compression snappy)"
        )
    uris = [f"s3://bucket/focus/data/BILLING_PERIOD={MONTH}/{each.name}" for each in sorted(data.iterdir())]
    manifest = folder / "focus" / "metadata" / f"BILLING_PERIOD={MONTH}" / "focus-Manifest.json"
    _write(manifest, {"dataFiles": uris})


def write_azure(bills: Bills, folder: Path) -> None:
    """A run of an Azure export: packed parts, and the manifest that counts them."""
    run = folder / "exports" / _DAYS / "run"
    run.mkdir(parents=True)
    blobs = []
    for number, focus in _parts(bills, "azure"):
        path = run / f"part_{number}_0001.csv.gz"
        [[rows]] = bills.connection.execute(f"copy ({focus}) to '{path}' (format csv)").fetchall()
        blobs.append({"blobName": path.name, "byteCount": path.stat().st_size, "dataRowCount": rows})
    body = {
        "blobCount": len(blobs),
        "dataRowCount": sum(int(blob["dataRowCount"]) for blob in blobs),
        "exportConfig": {"exportName": "daily", "type": "FocusCost", "dataVersion": "1.2"},
        "runInfo": {"submittedTime": f"{MONTH}-31T23:59:59Z", "startDate": f"{MONTH}-01T00:00:00"},
        "blobs": blobs,
    }
    _write(run / "manifest.json", body)


def write_google(bills: Bills, folder: Path) -> None:
    """Rows of Google Cloud's detailed export, in one packed file as load_costs copies them."""
    focus = bills.focus("gcp", MONTH)
    rows = _GOOGLE.format(focus=focus, month=MONTH.replace("-", ""), year=MONTH[:4])
    folder.mkdir(parents=True)
    bills.connection.execute(f"copy ({rows}) to '{folder}/{MONTH}.json.gz' (format json, compression gzip)")


# As each cloud's source of load_costs has them in its copy.
WRITERS: Mapping[str, Callable[[Bills, Path], None]] = {
    "aws": write_aws,
    "azure": write_azure,
    "gcp": write_google,
}


class Delivered(NamedTuple):
    """The load of a delivery."""

    rows: int
    seconds: float
    cpu: float
    megabytes: float
    billed: Decimal
    expected: Decimal


def measure(folder: Path, rows: int, cloud: str) -> Delivered:
    """Load a new delivery of so many rows."""
    bills = Bills(rows * len(CLOUDS) * len(MONTHS))
    WRITERS[cloud](bills, folder / cloud)
    installation = Installation(folder / f"{cloud}-installation")
    installation.migrate()
    found = installation.child("load", cloud, str(folder / cloud))
    figures = (found["rows"], found["seconds"], found["cpu"], found["megabytes"])
    return Delivered(*figures, Decimal(found["billed"]), bills.billed(cloud, MONTH))


def _parts(bills: Bills, cloud: str) -> list[tuple[int, str]]:
    return [(part, bills.focus(cloud, MONTH, where=f"n % {_PARTS} = {part}")) for part in range(_PARTS)]


def _write(path: Path, body: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(body))
