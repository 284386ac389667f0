"""The jobs to measure. Each uses Django's default database."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from catalog.models import Service, Sku
from catalog.pricing.details import details
from tests.catalog.factories import make_price

ROWS = 20_000
STATEMENT_ROWS = 5_000
COLUMNS = ["sku_id", "service_id", "display_name", "description", "resource_family", "content_hash"]

# Unchanged rows are not written.
_UPSERT = f"""
    INSERT INTO skus ({", ".join(COLUMNS)})
    SELECT {", ".join(f"value ->> '{column}'" for column in COLUMNS)} FROM json_each(%s) WHERE true
    ON CONFLICT (sku_id) DO UPDATE SET
        {", ".join(f"{column} = excluded.{column}" for column in COLUMNS[1:])}
    WHERE content_hash IS NOT excluded.content_hash
"""  # noqa: S608  built from the constants above


def insert_one_by_one(rows: int) -> float:
    """The seconds for `rows` rows, with one request and one transaction per INSERT."""
    Service.objects.create(service_id="S", display_name="Service")
    started = time.perf_counter()
    for row in _rows("single", rows):
        Sku.objects.create(**row)
    return time.perf_counter() - started


def delete_skus() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM skus")


def bulk_create() -> None:
    skus = [Sku(**row) for row in _rows("orm", ROWS)]
    with transaction.atomic():
        Sku.objects.bulk_create(
            skus, update_conflicts=True, unique_fields=["sku_id"], update_fields=COLUMNS[1:]
        )


def upsert_json() -> None:
    rows = list(_rows("json", ROWS))
    with transaction.atomic(), connection.cursor() as cursor:
        for start in range(0, ROWS, STATEMENT_ROWS):
            cursor.execute(_UPSERT, [json.dumps(rows[start : start + STATEMENT_ROWS])])


def point_query() -> None:
    Sku.objects.get(pk="json-777")


def add_price() -> None:
    make_price(Sku.objects.get(pk="json-777"))


def details_query() -> None:
    [sku] = details(["json-777"])["skus"]
    assert sku["pricing"]  # noqa: S101  do not measure a wrong result


def count_details_queries() -> int:
    with CaptureQueriesContext(connection) as queries:
        details_query()
    return len(queries)


def _rows(prefix: str, rows: int) -> Iterator[dict[str, Any]]:
    for number in range(rows):
        yield {
            "sku_id": f"{prefix}-{number}",
            "service_id": "S",
            "display_name": f"N2 Instance Core number {number} running in Frankfurt",
            "description": f"Compute Engine CPU, on demand, per hour, Frankfurt (europe-west3), {number}",
            "resource_family": "Compute",
            "content_hash": f"{prefix}{number:064d}",
        }
