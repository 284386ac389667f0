"""Staging: the rows of a service that a run has read and not yet written.

They stay in sync_staging, as JSON, until the service has been read to the end. Then the database itself moves
them into the tables, in one transaction that is short because no data crosses the network
(docs/decisions/0003-staged-writes.md). Raw SQL, because the ORM has neither json_each nor INSERT ... SELECT.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from django.db import connection

from catalog.models import PricingUpdate, StagedRows
from catalog.offers import store
from catalog.offers.named_sku import NamedSku
from catalog.providers.records import PricingRecord, ServiceRecord, SkuRecord
from catalog.sync.price_history import NewPrice

Row = list[Any]

_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

_SKU_COLUMNS = (
    "sku_id",
    "service_id",
    "display_name",
    "description",
    "category_json",
    "resource_family",
    "resource_group",
    "usage_type",
    "geo_taxonomy_type",
    "geo_taxonomy_regions",
    "service_regions",
    "service_provider_name",
    "content_hash",
    "provider",
)
_PRICE_COLUMNS = (
    "sku_id",
    "effective_time",
    "summary",
    "currency_code",
    "usage_unit",
    "usage_unit_description",
    "base_unit",
    "base_unit_description",
    "base_unit_conversion_factor",
    "display_quantity",
    "aggregation_level",
    "aggregation_interval",
    "aggregation_count",
    "pricing_expression_json",
    "aggregation_json",
    "content_hash",
)
_TIER_COLUMNS = ("start_usage_amount", "price_units", "price_nanos")


def _values(columns: Sequence[str], start: int = 0) -> str:
    return ", ".join(f"json_extract(row.value, '$[{place}]')" for place in range(start, start + len(columns)))


# Staged rows that one statement moves: 20,000 SKUs, which a server indexes in a second or two. A very large
# service in one statement would exceed the client's timeout.
ROWS_PER_STATEMENT = 40
# LIMIT -1 keeps SQLite from flattening the subquery: flattened, it renders row.value once for each column.
_STAGED = """
FROM (
    SELECT entry.value FROM sync_staging AS chunk, json_each(chunk.rows) AS entry
    WHERE chunk.update_id = %s AND chunk.id BETWEEN %s AND %s AND chunk.kind = '{}' {} LIMIT -1
) AS row"""
_MOVE_ATTRIBUTES = store.UPSERT.format(_STAGED.format("attributes", ""))
_MOVE_MODELS = store.REPLACE_MODELS.format(_STAGED.format("models", ""))
_MOVE_SKUS = f"""
INSERT INTO "skus" ({", ".join(_SKU_COLUMNS)}, last_seen_update_id, created_at, updated_at)
SELECT {_values(_SKU_COLUMNS)}, %s, %s, %s {_STAGED.format("skus", "ORDER BY chunk.id, entry.key")}
WHERE true
ON CONFLICT (sku_id) DO UPDATE SET
    {", ".join(f"{name} = excluded.{name}" for name in _SKU_COLUMNS[1:])},
    last_seen_update_id = excluded.last_seen_update_id, updated_at = excluded.updated_at, retired_at = NULL
"""
_MOVE_PRICES = f"""
INSERT INTO "pricing_info" (id, {", ".join(_PRICE_COLUMNS)}, created_at)
SELECT %s + json_extract(row.value, '$[0]'), {_values(_PRICE_COLUMNS, 1)}, %s {_STAGED.format("prices", "")}
"""
_MOVE_TIERS = f"""
INSERT INTO "pricing_tiers" (pricing_info_id, {", ".join(_TIER_COLUMNS)}, created_at)
SELECT %s + json_extract(row.value, '$[0]'), {_values(_TIER_COLUMNS, 1)}, %s {_STAGED.format("tiers", "")}
"""
# The AUTOINCREMENT counter rather than the largest id: ids of deleted rows are not reused.
_LAST_PRICE_ID = "SELECT seq FROM sqlite_sequence WHERE name = 'pricing_info'"
_RETIRE = """
UPDATE "skus" SET retired_at = %s, updated_at = %s
WHERE service_id = %s AND retired_at IS NULL AND sku_id IN (SELECT value FROM json_each(%s))
"""


class Stage:
    """The staged rows of the service that the run `update` is reading."""

    def __init__(self, update: PricingUpdate) -> None:
        self._update = update
        self._prices = 0
        self._has_models = False
        self._is_empty = True

    def put(
        self,
        skus: Sequence[tuple[SkuRecord, str]] = (),
        prices: Sequence[tuple[str, NewPrice]] = (),
        services: Mapping[str, ServiceRecord] = MappingProxyType({}),
    ) -> None:
        """Stage rows, in one statement.

        Args:
            skus: SKUs with their content hashes.
            prices: new prices with the ids of their SKUs, a SKU's oldest first.
            services: their services, by id.
        """
        numbered = list(enumerate(prices, self._prices + 1))
        self._prices += len(numbered)
        named = [(sku, _named(sku, services[sku.service_id])) for sku, _ in skus]
        models = [row for sku, each in named if (row := store.model_row_of(sku.sku_id, each))]
        self._has_models = self._has_models or bool(models)
        rows = {
            "models": models,
            "attributes": [store.row_of(sku.sku_id, sku.service_id, each) for sku, each in named],
            "skus": [_sku_row(sku, content_hash, services[sku.service_id]) for sku, content_hash in skus],
            "prices": [[number, *_price_row(sku_id, new)] for number, (sku_id, new) in numbered],
            "tiers": [[number, *row] for number, (_, new) in numbered for row in _tier_rows(new.price)],
        }
        StagedRows.objects.bulk_create(
            StagedRows(update=self._update, kind=kind, rows=_json(values))
            for kind, values in rows.items()
            if values
        )
        self._is_empty = self._is_empty and not any(rows.values())

    def move(self, now: datetime) -> None:
        """Move the staged rows into the tables; the caller opens the transaction."""
        if self._is_empty:
            return
        update, time = self._update.pk, connection.ops.adapt_datetimefield_value(now)
        with connection.cursor() as cursor:
            cursor.execute(_LAST_PRICE_ID)
            last = (cursor.fetchone() or [0])[0]
            for staged in self._ranges():
                # Before the SKUs, so that the search index sees them with their attributes.
                cursor.execute(_MOVE_ATTRIBUTES, [update, *staged])
                cursor.execute(_MOVE_SKUS, [update, time, time, update, *staged])
                if self._has_models:
                    cursor.execute(_MOVE_MODELS, [update, *staged])
                if self._prices:
                    cursor.execute(_MOVE_PRICES, [last, time, update, *staged])
                    cursor.execute(_MOVE_TIERS, [last, time, update, *staged])
        self.clear()

    def _ranges(self) -> list[tuple[int, int]]:
        """The first and last id of the staged rows that each statement moves, in order."""
        ids = list(StagedRows.objects.filter(update=self._update).order_by("id").values_list("id", flat=True))
        starts = range(0, len(ids), ROWS_PER_STATEMENT)
        return [(ids[start], ids[start : start + ROWS_PER_STATEMENT][-1]) for start in starts]

    def clear(self) -> None:
        """Discard the staged rows."""
        if not self._is_empty:
            StagedRows.objects.filter(update=self._update).delete()
        self._prices = 0
        self._has_models = False
        self._is_empty = True


def retire(service_id: str, sku_ids: Iterable[str], now: datetime) -> None:
    """Mark SKUs of a service as withdrawn, except those that now belong to another service."""
    time = connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:
        cursor.execute(_RETIRE, [time, time, service_id, _json(list(sku_ids))])


def _named(sku: SkuRecord, service: ServiceRecord) -> NamedSku:
    texts = (sku.display_name, sku.resource_family, sku.resource_group, sku.usage_type)
    return NamedSku(service.display_name, *texts, service.provider, store.unit_in(sku.category))


def _sku_row(sku: SkuRecord, content_hash: str, service: ServiceRecord) -> Row:
    return [
        sku.sku_id,
        sku.service_id,
        sku.display_name,
        sku.description,
        _json(sku.category),
        sku.resource_family,
        sku.resource_group,
        sku.usage_type,
        sku.geo_taxonomy_type,
        _json(sku.geo_taxonomy_regions),
        _json(sku.service_regions),
        sku.service_provider_name,
        content_hash,
        service.provider,
    ]


def _price_row(sku_id: str, new: NewPrice) -> Row:
    price = new.price
    return [
        sku_id,
        connection.ops.adapt_datetimefield_value(price.effective_time),
        price.summary,
        price.currency_code,
        price.usage_unit,
        price.usage_unit_description,
        price.base_unit,
        price.base_unit_description,
        _digits(price.base_unit_conversion_factor),
        _digits(price.display_quantity),
        price.aggregation_level,
        price.aggregation_interval,
        price.aggregation_count,
        _json(price.expression),
        None if price.aggregation is None else _json(price.aggregation),
        new.content_hash,
    ]


def _digits(number: Decimal) -> str:
    """The exact number in digits, without an exponent or closing zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _tier_rows(price: PricingRecord) -> list[Row]:
    return [[float(tier.start_usage_amount), tier.units, tier.nanos] for tier in price.tiers]
