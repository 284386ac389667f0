"""SKUs with all their prices, read in one statement.

Raw SQL, because the ORM makes a SKU and its service anew for each row, and reads each time and each list of
regions again: that takes five times as long.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from itertools import groupby
from typing import Any, Generic, NamedTuple, TypeVar

from django.db import connection, models
from django.db.models.base import ModelState

from catalog.models import NANOS, PricingInfo, Service, Sku

# A libSQL server sends an answer in one piece of at most 10 MB; a price takes about 1 KB.
CHUNK = 2000
M = TypeVar("M", bound=models.Model)


class PriceTier(NamedTuple):
    """A row of pricing_tiers: what PricingTier says of a price, without what a model weighs."""

    start: Decimal
    unit_price: Decimal
    price_units: str
    price_nanos: int


class PriceRows(NamedTuple):
    """A SKU with its rows of pricing_info, each with its tiers, lowest first; the rows are in no order.

    `found_by` is what the statement that chose it says of it.
    """

    sku: Sku
    prices: Sequence[tuple[PricingInfo, Sequence[PriceTier]]]
    found_by: str | None = None


@lru_cache(maxsize=4096)
def _time(stored: str) -> datetime:
    return datetime.fromisoformat(stored).replace(tzinfo=UTC)


# All SKUs together have some hundred lists of regions and some hundred categories.
_json: Callable[[str], Any] = lru_cache(maxsize=4096)(json.loads)


class Table(Generic[M]):
    """The columns of a table in a statement, and the rows of their values; without the fields `left_out`."""

    def __init__(self, model: type[M], *left_out: str) -> None:
        fields = [each for each in model._meta.concrete_fields if each.name not in left_out]
        self._model = model
        self._names = [each.attname for each in fields]
        self._times = [place for place, each in enumerate(fields) if isinstance(each, models.DateTimeField)]
        self._jsons = [place for place, each in enumerate(fields) if isinstance(each, models.JSONField)]
        self._bools = [place for place, each in enumerate(fields) if isinstance(each, models.BooleanField)]
        columns = [f"{model._meta.db_table}.{each.column}" for each in fields]
        for place in self._times:
            # The driver parses a column that is declared as a time, but not what an operator returns.
            columns[place] = f"+{columns[place]}"
        self.sql = ", ".join(columns)
        self.width = len(columns)

    def row(self, values: Sequence[Any]) -> M:
        read = [*values]
        for place in self._times:
            read[place] = read[place] and _time(read[place])
        for place in self._jsons:
            read[place] = read[place] and _json(read[place])
        for place in self._bools:
            read[place] = bool(read[place])
        # As an object is unpickled: its constructor takes four times as long, half of all reading of prices.
        row, state = self._model.__new__(self._model), ModelState()
        state.adding, state.db = False, connection.alias
        row.__dict__ = {"_state": state, **dict(zip(self._names, read, strict=True))}
        return row


_SERVICE, _SKU = Table(Service), Table(Sku)
_INFO = Table(PricingInfo, "pricing_expression_json", "aggregation_json")
# Where the columns of each table begin, of which the first is its key.
_AT_INFO = _SKU.width
_AT_TIER = _AT_INFO + _INFO.width
_AT_SERVICE = _AT_TIER + 3
_LISTED = "SELECT id, value, NULL AS found_by FROM json_each(%s)"
_ROWS = f"""
SELECT {_SKU.sql}, {_INFO.sql}, start_usage_amount, price_units, price_nanos, {_SERVICE.sql}, wanted.found_by
FROM ({{wanted}}) AS wanted
    CROSS JOIN skus ON skus.sku_id = wanted.value
    CROSS JOIN services USING (service_id)
    LEFT JOIN pricing_info ON pricing_info.sku_id = skus.sku_id
    LEFT JOIN pricing_tiers ON pricing_tiers.pricing_info_id = pricing_info.id
ORDER BY wanted.id, pricing_info.id, start_usage_amount
"""  # noqa: S608 only names of columns are put in


def price_rows(sku_ids: Collection[str]) -> Iterator[PriceRows]:
    """All current and past prices of SKUs, in one query for 2000; ids that the catalog lacks are left out."""
    ids, services = [*sku_ids], dict[str, Service]()
    for start in range(0, len(ids), CHUNK):
        with connection.cursor() as cursor:
            cursor.execute(_ROWS.format(wanted=_LISTED), [json.dumps(ids[start : start + CHUNK])])
            rows = cursor.fetchall()
        yield from _skus(rows, services)


def price_rows_of(statement: str, params: Sequence[str]) -> Iterator[PriceRows]:
    """All prices of the SKUs that a statement chooses, in one query.

    Args:
        statement: SQL with the columns `id`, by which the SKUs are ordered, `value`, the id of a SKU, and
            `found_by`.
        params: its parameters.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ROWS.format(wanted=statement), params)
        rows = cursor.fetchall()
    yield from _skus(rows, {})


def _skus(rows: Iterable[Sequence[Any]], services: dict[str, Service]) -> Iterator[PriceRows]:
    """The SKUs of rows; their services are those that are given, to which new ones are added."""
    for _, of_sku in groupby(rows, key=lambda row: row[0]):
        first, *others = of_sku
        sku = _SKU.row(first[:_AT_INFO])
        if sku.service_id not in services:
            services[sku.service_id] = _SERVICE.row(first[_AT_SERVICE:-1])
        Sku._meta.get_field("service").set_cached_value(sku, services[sku.service_id])
        yield PriceRows(sku, [*_prices(sku, [first, *others])], first[-1])


def _prices(sku: Sku, rows: Sequence[Sequence[Any]]) -> Iterator[tuple[PricingInfo, Sequence[PriceTier]]]:
    for info_id, of_info in groupby(rows, key=lambda row: row[_AT_INFO]):
        if info_id is None:
            continue
        of_tiers = [*of_info]
        info = _INFO.row(of_tiers[0][_AT_INFO:_AT_TIER])
        PricingInfo._meta.get_field("sku").set_cached_value(info, sku)
        columns = [row[_AT_TIER:_AT_SERVICE] for row in of_tiers]
        yield info, [_tier(start, units, nanos) for start, units, nanos in columns if units is not None]


def _tier(start: float, units: str, nanos: int) -> PriceTier:
    return PriceTier(Decimal(repr(start)), Decimal(units) + nanos / NANOS, units, nanos)
