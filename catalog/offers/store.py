"""Stores what SKUs are: reads them into attributes and writes those to sku_attributes.

Raw SQL, because the ORM has neither json_each nor INSERT ... SELECT: the rows travel as JSON, so that a
server gets few statements.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from catalog.models import Service, Sku, SkuModel, VocabularyState
from catalog.offers import DATA, model_names
from catalog.offers.named_sku import NamedSku
from catalog.offers.plain import COST_OF_WORD, MAX_WORDS, costs_of
from catalog.offers.read_model import read_model
from catalog.offers.read_sku import VERSION, read_sku
from catalog.places import NAMES

Row = list[Any]
# Called with a number of SKUs that have been done.
Progress = Callable[[int], object]

# "Network Inter Zone Egress" has a SKU of its own in Sao Paulo alone; what is sold by region has dozens.
MAX_EXCEPTIONS = 1
# SKUs that are read again together.
PAGE = 2000

COLUMNS = (
    "sku_id",
    "facts",
    "unread",
    "key",
    "costs",
    "cost",
    "span_unit",
    "span_least",
    "span_most",
    "source",
    "destination",
    "has_place",
)
_VALUES = ", ".join(f"json_extract(row.value, '$[{place}]')" for place in range(len(COLUMNS)))
_NEW = ", ".join(f"excluded.{name}" for name in COLUMNS[1:])
_OLD = ", ".join(f"sku_attributes.{name}" for name in COLUMNS[1:])
# {} is the FROM clause, of `row`. An unchanged row is left alone, so that no trigger sees it.
UPSERT = f"""
INSERT INTO "sku_attributes" ({", ".join(COLUMNS)}) SELECT {_VALUES} {{}} WHERE true
ON CONFLICT (sku_id) DO UPDATE SET ({", ".join(COLUMNS[1:])}) = ({_NEW}) WHERE ({_NEW}) IS NOT ({_OLD})
"""
MODEL_COLUMNS = (
    "sku_id",
    "provider",
    "kind",
    "billing_model",
    "model_id",
    "developer",
    "direction",
    "cache",
    "modality",
    "tier",
    "scope",
    "context",
    "variant",
)
_MODEL_VALUES = ", ".join(f"json_extract(row.value, '$[{place}]')" for place in range(len(MODEL_COLUMNS)))
# {} is the FROM clause, of `row`.
REPLACE_MODELS = f"""
INSERT OR REPLACE INTO "sku_models" ({", ".join(MODEL_COLUMNS)}) SELECT {_MODEL_VALUES} {{}} WHERE true
"""
_DELETE_MODELS = """DELETE FROM "sku_models" WHERE sku_id IN (SELECT value FROM json_each(%s))"""
_MARK_LIST_PRICES = """
UPDATE "sku_attributes" SET is_list_price = NOT is_list_price
WHERE sku_id IN (
    SELECT sku_id FROM json_each(%s) AS chosen
        CROSS JOIN skus AS sku ON sku.service_id = chosen.value
        CROSS JOIN sku_attributes AS own USING (sku_id)
    WHERE own.is_list_price <> (
        NOT own.has_place AND sku.service_regions = '["global"]' AND own.key IN (
            SELECT other.key FROM json_each(%s) AS chosen
                CROSS JOIN skus AS seller ON seller.service_id = chosen.value
                CROSS JOIN sku_attributes AS other USING (sku_id)
            WHERE other.has_place AND seller.retired_at IS NULL
            GROUP BY other.key HAVING count(*) > %s
        )
    )
)
"""

_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode


def no_progress(_skus: int) -> None:
    """Show nothing."""


@dataclass(slots=True)
class ReadAgain:
    """The number of SKUs that were read again, and of those whose attributes changed."""

    skus: int = 0
    changed: int = 0


@cache
def version() -> str:
    """The version of the vocabulary: of its files and of the code that reads SKUs with them."""
    digest = hashlib.blake2b(f"{VERSION} {model_names.version()}".encode(), digest_size=8)
    for file in (*sorted(DATA.iterdir()), NAMES):
        digest.update(f"{file.name}\n".encode() + file.read_bytes())
    return digest.hexdigest()


def row_of(sku_id: str, service_id: str, sku: NamedSku) -> Row:
    """The row of a SKU in sku_attributes, in the order of COLUMNS."""
    found = read_sku(sku)
    costs = costs_of(found.facts)
    span, ends = found.span, (found.source, found.destination)
    return [
        sku_id,
        _spaced(found.tokens()),
        _spaced(found.unread),
        f"{service_id} {found.key}",
        _json(costs),
        sum(costs.values()) + COST_OF_WORD * min(len(found.unread), MAX_WORDS),
        *((span.unit, span.least, span.most) if span else (None, None, None)),
        *(place and place.label for place in ends),
        found.has_place,
    ]


def model_row_of(sku_id: str, sku: NamedSku) -> Row | None:
    """The row of a SKU in sku_models, in the order of MODEL_COLUMNS; None if it is of no model."""
    found = read_model(sku)
    if not found:
        return None
    meter = found.meter
    return [
        sku_id,
        found.provider,
        meter.kind,
        meter.billing_model,
        found.model_id,
        found.developer,
        meter.direction,
        meter.cache,
        meter.modality,
        meter.tier,
        meter.scope,
        meter.context,
        meter.variant,
    ]


def _spaced(words: Iterable[str]) -> str:
    return " ".join(("", *words, ""))


def write(rows: Sequence[Row]) -> int:
    """Write rows in one statement; returns how many are new or different."""
    with connection.cursor() as cursor:
        cursor.execute(UPSERT.format("FROM json_each(%s) AS row"), [_json(rows)])
        changed: int = cursor.rowcount
    return changed


def write_models(sku_ids: Sequence[str], rows: Sequence[Row]) -> None:
    """Write what SKUs of models count; `sku_ids` are all that were read, of which the others have no row."""
    # Migration 0007 reads SKUs before the table is there; the next sync reads them again.
    if not sku_ids or SkuModel._meta.db_table not in connection.introspection.table_names():
        return
    with connection.cursor() as cursor:
        cursor.execute(_DELETE_MODELS, [_json(list(sku_ids))])
        if rows:
            cursor.execute(REPLACE_MODELS.format("FROM json_each(%s) AS row"), [_json(rows)])


def mark_list_prices(service_ids: Collection[str]) -> None:
    """Set is_list_price in services whose SKUs have changed.

    A SKU without a place in its name is listed as global. If the same thing has SKUs with places too, it is
    sold in LIST_PRICE_REGIONS only, but for MAX_EXCEPTIONS of them to a price that holds elsewhere.
    """
    services = _json(list(service_ids))
    with connection.cursor() as cursor:
        cursor.execute(_MARK_LIST_PRICES, [services, services, MAX_EXCEPTIONS])


def is_current() -> bool:
    """Whether all SKUs have been read with the vocabulary of this code."""
    return VocabularyState.objects.filter(version=version()).exists()


def read_all_again(
    *,
    within: Callable[[], AbstractContextManager[object]] = nullcontext,
    progress: Progress = no_progress,
) -> ReadAgain:
    """Read every SKU with the vocabulary of this code, and remember that.

    Args:
        within: opens a transaction for each part of the work.
        progress: called with the number of SKUs after each part.
    """
    done = ReadAgain()
    for page in _pages(Sku.objects.all(), within):
        done.skus += page.skus
        done.changed += page.changed
        progress(page.skus)
    with within():
        mark_list_prices(list(Service.objects.values_list("pk", flat=True)))
        VocabularyState(pk=1, version=version(), read_at=timezone.now()).save()
    return done


def read_services_again(service_ids: Collection[str]) -> None:
    """Read the SKUs of renamed services; the caller opens the transaction."""
    for _ in _pages(Sku.objects.filter(service__in=service_ids), nullcontext):
        pass
    mark_list_prices(service_ids)


def _named(texts: Sequence[str | None], category: Mapping[str, Any] | None) -> NamedSku:
    service, name, family, group, usage_type, provider = (text or "" for text in texts)
    return NamedSku(service, name, family, group, usage_type, provider, unit_in(category))


def unit_in(category: Mapping[str, Any] | None) -> str:
    """The unit that AWS and Azure write, which their parsers keep with the category; Google counts tokens."""
    return str((category or {}).get("unit", "count"))


def _pages(skus: QuerySet[Sku], within: Callable[[], AbstractContextManager[object]]) -> Iterator[ReadAgain]:
    """Read SKUs again, page by page, each in a transaction of its own."""
    rows = skus.order_by("sku_id").values_list(
        "sku_id",
        "service_id",
        "service__display_name",
        "display_name",
        "resource_family",
        "resource_group",
        "usage_type",
        "provider",
        "category_json",
    )
    last = ""
    while True:
        with within():
            page = list(rows.filter(sku_id__gt=last)[:PAGE])
            named = [
                (sku_id, service_id, _named(texts, category)) for sku_id, service_id, *texts, category in page
            ]
            changed = write([row_of(*each) for each in named])
            models = (model_row_of(sku_id, sku) for sku_id, _, sku in named)
            write_models([sku_id for sku_id, *_ in named], [row for row in models if row])
        yield ReadAgain(len(page), changed)
        if len(page) < PAGE:
            return
        last = page[-1][0]
