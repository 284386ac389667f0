"""Casts deliveries and relations, as the load does."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

import duckdb
from sqlglot import exp

from costs.focus.cast import cast
from costs.focus.unreadable import describe
from costs.providers.relations import relation
from costs.providers.source import Delivery


@dataclass(frozen=True)
class Origin:
    cloud: str | None = None
    source: str = "bills"
    load_id: str = "load-1"
    is_estimate: bool = False


@cache
def session() -> duckdb.DuckDBPyConnection:
    """One session for all tests of a process: their tables are replaced, never read by another test."""
    connection = duckdb.connect()
    connection.execute("set TimeZone = 'UTC'")
    return connection


def cast_into(raw: str, origin: Origin = Origin(), *, only: Collection[str] = ()) -> list[dict[str, Any]]:
    """Make the table `t` of unified_costs, or of some of its columns, from a relation; return its rows."""
    connection = session()
    selected = [
        each for each in cast(describe(connection, raw), delivery=origin) if not only or each.alias in only
    ]
    connection.execute(f"create or replace table t as {exp.select(*selected).sql('duckdb')} from {raw}")
    found = connection.execute("select * from t order by all")
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def load(delivery: Delivery, *, only: Collection[str] = ()) -> list[dict[str, Any]]:
    return cast_into(relation(delivery), Origin(delivery.cloud), only=only)


def billed(delivery: Delivery) -> Decimal:
    return sum((row["BilledCost"] for row in load(delivery, only=["BilledCost"])), Decimal(0))
