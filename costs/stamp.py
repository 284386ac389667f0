"""Stamps charges with what their meters count, the models that they name, and the customers they are for.

What a stamp depends on is in the row itself, so that loaded months can be stamped again when names or rules
change, and their money stays the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Protocol

import duckdb
from sqlglot import exp

from costs.customers import Rules
from costs.focus.columns import columns
from costs.focus.sql import fill
from costs.meters.meter import NOT_AI, Meter
from costs.meters.read import read_meter

_METERS = "meters_read"
# The clouds whose meters have a vocabulary.
_READ = frozenset({"aws", "gcp", "azure"})
# What identifies a meter, in the order of read_meter's arguments.
_KEY = ("x_Cloud", "x_Meter", "ServiceName", "ConsumedUnit", "PricingUnit")
# FOCUS fills quantities of purchases, credits and unused commitments too, which are no usage.
_COUNT = """
case when ChargeCategory = 'Usage' and CommitmentDiscountStatus is distinct from 'Unused' and $is_counted
then cast(coalesce(ConsumedQuantity * cast(consumed_per_unit as decimal(20, 6)),
                   PricingQuantity * cast(pricing_per_unit as decimal(20, 6))) as decimal(38, 9)) end
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
_FACTS = (*_STAMPS.values(), "consumed_per_unit", "pricing_per_unit")


class Names(Protocol):
    """The table of model names; `costs.meters.model_names.Names` is one."""

    def find(self, cloud: str, product: str, billing_model: str) -> tuple[str, str] | None:
        """The id and the developer of a model."""


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
        exp.alias_(filled.get(name) or exp.column(name, "charge", quoted=True), name, quoted=True)
        for name in columns()
    ]
    same = [fill(f"charge.{name} is not distinct from meter.{name}") for name in _KEY]
    joined = exp.select(*selected).from_(exp.alias_(charges, "charge", table=True))
    return joined.join(exp.table_(_METERS).as_("meter"), on=exp.and_(*same), join_type="left")


def _read_meters(connection: duckdb.DuckDBPyConnection, charges: exp.Table, names: Names) -> None:
    """Reads each meter of the charges once, into a table to join with."""
    distinct = exp.select(*_KEY).distinct().from_(charges)
    found = connection.execute(distinct.sql("duckdb")).fetchall()
    rows = [dict(zip((*_KEY, *_FACTS), [*key, *_facts(key, names)], strict=True)) for key in found]
    form = json.dumps([dict.fromkeys((*_KEY, *_FACTS), "varchar")])
    connection.execute(
        f"create or replace temp table {_METERS} as "  # a constant
        "select unnest(from_json(cast($rows as varchar), $form), recursive := true)",
        {"rows": json.dumps(rows), "form": form},
    )


def _facts(key: tuple[str | None, ...], names: Names) -> Iterator[str | None]:
    cloud, meter, product, *units = (part or "" for part in key)
    consumed, pricing = (_meter(cloud, meter, unit, product) for unit in units)
    # The one whose unit says what is counted.
    read = pricing if consumed.per_unit is None and pricing.per_unit is not None else consumed
    model = names.find(cloud, product, read.billing_model) if read.billing_model else None
    yield read.kind
    yield read.billing_model or None
    yield from model or (None, None)
    yield from (read.direction, read.cache, read.modality, read.tier, read.scope, read.context)
    yield from (_factor(each, read) for each in (consumed, pricing))


def _meter(cloud: str, meter: str, unit: str, product: str) -> Meter:
    return read_meter(cloud, meter, unit, product) if cloud in _READ else NOT_AI


def _factor(meter: Meter, read: Meter) -> str | None:
    """How many things a unit is, if they are those that the row counts."""
    return f"{meter.per_unit:f}" if meter.per_unit is not None and meter.kind == read.kind else None


def _tag_keys(connection: duckdb.DuckDBPyConnection, charges: exp.Table) -> set[str]:
    keys = exp.select(fill("unnest(json_keys(Tags))")).distinct().from_(charges)
    rows: list[tuple[Any, ...]] = connection.execute(keys.sql("duckdb")).fetchall()
    return {key for (key,) in rows}
