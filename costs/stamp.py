"""Stamps charges with what their meters count, the models that they name, and the customers they are for.

What a stamp depends on is in the row itself, so that loaded months can be stamped again when names or rules
change, and their money stays the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

import duckdb
from sqlglot import exp

from catalog.meters.meter import NOT_AI, Meter
from catalog.meters.read import read_meter
from catalog.meters.units import MARKETPLACE
from costs import customers
from costs.customers import Rules
from costs.focus.columns import columns
from costs.focus.sql import fill

_METERS = "meters_read"
# The clouds whose meters have a vocabulary.
_READ = frozenset({"aws", "gcp", "azure"})
# How much a pricing unit is if the bill says so beside it, since both units are "Units": Azure in a column,
# AWS's marketplace in the description ("AWS Marketplace software usage|us-west-2|Million Input Tokens").
_BLOCK = f"""
case x_Cloud when 'azure' then x_PricingUnitDescription
  when 'aws' then nullif(regexp_extract(ChargeDescription, '{MARKETPLACE}', 1, 'i'), '') || ' tokens' end
"""
# What identifies a meter: the arguments of read_meter, with each unit that the bill gives. Azure's meter
# subcategory comes before its service: "5.4" is a model of one only (docs/meters.md).
_KEY = {
    "key_cloud": "x_Cloud",
    "key_meter": "x_Meter",
    "key_subcategory": "x_SkuMeterSubcategory",
    "key_service": "ServiceName",
    "key_consumed": "ConsumedUnit",
    "key_pricing": "PricingUnit",
    "key_block": _BLOCK,
}
_CONSUMED = "cast(ConsumedQuantity as double) * cast(consumed_per_unit as double)"
_PRICED = "cast(PricingQuantity as double) * cast(pricing_per_unit as double)"
_BLOCKS = "cast(PricingQuantity as double) * cast(block_per_unit as double)"
_PRICE = "cast(coalesce(nullif(ContractedUnitPrice, 0), ListUnitPrice) as double)"
# Units that differ do so by a thousand or a million; what is rounded, blocked or discounted, by far less.
_IS_NEAR = "between 0.1 and 10"
# For some agreements, Azure writes PricingQuantity too small by the size of the block, and its documents
# differ on what its prices are of ("FOCUS conformance summary", "Validate Cost Management FOCUS data"). Its
# blocks count only if both quantities and the money agree.
_IS_SURE = f"""
x_Cloud <> 'azure' or (abs(cast(ConsumedQuantity as double) / nullif({_BLOCKS}, 0) - 1) < 0.01
  and abs({_PRICE} * cast(PricingQuantity as double) / nullif(cast(EffectiveCost as double), 0)) {_IS_NEAR})
"""
# FOCUS fills quantities of purchases, credits and unused commitments too, which are no usage.
_COUNT = f"""
case when ChargeCategory = 'Usage' and CommitmentDiscountStatus is distinct from 'Unused' and $is_counted
  and coalesce(abs({_CONSUMED} / nullif({_PRICED}, 0)) {_IS_NEAR}, true)
then cast(coalesce(
  ConsumedQuantity * cast(consumed_per_unit as decimal(20, 6)),
  PricingQuantity * cast(pricing_per_unit as decimal(20, 6)),
  case when {_IS_SURE}
    then coalesce(PricingQuantity, ConsumedQuantity) * cast(block_per_unit as decimal(20, 6)) end
) as decimal(38, 9)) end
"""
_STAMPS = {
    "x_UsageKind": "usage_kind",
    "x_BillingModel": "billing_model",
    "x_ModelId": "model_id",
    "x_ModelDeveloper": "model_developer",
    "x_TokenDirection": "direction",
    "x_TokenCacheAction": "cache",
    "x_Modality": "modality",
    "x_ServiceTier": "tier",
    "x_Scope": "scope",
    "x_Context": "context",
}
_FACTS = (*_STAMPS.values(), "consumed_per_unit", "pricing_per_unit", "block_per_unit")


class Names(Protocol):
    """The table of model names; `catalog.offers.model_names.Names` is one."""

    def find(self, cloud: str, products: tuple[str, ...], billing_model: str) -> tuple[str, str] | None:
        """The id and the developer of a model."""


def version() -> str:
    """A hash of the code that decides what a charge is stamped with, beside that of meters."""
    files = (Path(__file__), Path(customers.__file__))
    return sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]


def stamp(connection: duckdb.DuckDBPyConnection, table: str, names: Names, rules: Rules) -> exp.Select:
    """The rows of a table with all stamps, each column of unified_costs in order.

    Args:
        connection: where the table is. A temporary table of its meters is made there.
        table: the name of a table with the columns of unified_costs, stamped before or not.
        names: the models by their billing names.
        rules: the customers.
    """
    charges = exp.table_(table, quoted=True)
    _read_meters(connection, charges, names)
    filled: dict[str, exp.Expr] = {
        **{name: exp.column(fact, "meter") for name, fact in _STAMPS.items()},
        "x_Tokens": fill(_COUNT, is_counted=fill("usage_kind = 'tokens'")),
        "x_Requests": fill(_COUNT, is_counted=fill("usage_kind in ('requests', 'searches')")),
        "x_ConsumerId": rules.consumer(_tag_keys(connection, charges)),
    }
    selected = [
        exp.alias_(filled.get(name) or exp.column(name, "charge", quoted=True), name, quoted=True, copy=False)
        for name in columns()
    ]
    same = [
        exp.NullSafeEQ(this=fill(sql), expression=exp.column(name, "meter")) for name, sql in _KEY.items()
    ]
    joined = exp.select(*selected, copy=False).from_(exp.alias_(charges, "charge", table=True))
    return joined.join(exp.table_(_METERS).as_("meter"), on=exp.and_(*same), join_type="left")


def _read_meters(connection: duckdb.DuckDBPyConnection, charges: exp.Table, names: Names) -> None:
    """Reads each meter of the charges once, into a table to join with."""
    distinct = exp.select(*map(fill, _KEY.values())).distinct().from_(charges)
    found = connection.execute(distinct.sql("duckdb")).fetchall()
    rows = [dict(zip((*_KEY, *_FACTS), [*key, *_facts(key, names)], strict=True)) for key in found]
    form = json.dumps([dict.fromkeys((*_KEY, *_FACTS), "varchar")])
    connection.execute(
        f"create or replace temp table {_METERS} as "  # a constant
        "select unnest(from_json(cast($rows as varchar), $form), recursive := true)",
        {"rows": json.dumps(rows), "form": form},
    )


def _facts(key: tuple[str | None, ...], names: Names) -> Iterator[str | None]:
    cloud, meter, subcategory, service, *units = (part or "" for part in key)
    products = tuple(filter(None, (subcategory, service)))
    meters = [_meter(cloud, meter, unit, products) for unit in units]
    # The one whose unit says what is counted.
    read = next((each for each in meters if each.per_unit is not None), meters[0])
    model = names.find(cloud, products, read.billing_model) if read.billing_model else None
    yield read.kind
    yield read.billing_model or None
    yield from model or (None, None)
    yield from (read.direction, read.cache, read.modality, read.tier, read.scope, read.context)
    # A factor in the name of the meter counts if the bill has no unit at all.
    is_without = not any(units)
    yield from (
        _factor(each, read) if unit or is_without else None for unit, each in zip(units, meters, strict=True)
    )


def _meter(cloud: str, meter: str, unit: str, products: Sequence[str]) -> Meter:
    return read_meter(cloud, meter, unit, *products) if cloud in _READ else NOT_AI


def _factor(meter: Meter, read: Meter) -> str | None:
    """How many things a unit is, if they are those that the row counts."""
    return f"{meter.per_unit:f}" if meter.per_unit is not None and meter.kind == read.kind else None


def _tag_keys(connection: duckdb.DuckDBPyConnection, charges: exp.Table) -> set[str]:
    keys = exp.select(fill("unnest(json_keys(Tags))")).distinct().from_(charges)
    rows: list[tuple[Any, ...]] = connection.execute(keys.sql("duckdb")).fetchall()
    return {key for (key,) in rows}
