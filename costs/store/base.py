"""What every store of costs can do: the lake (Parquet files read by DuckDB), later BigQuery."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from sqlglot import exp

# The table or view that questions are asked of.
TABLE = "unified_costs"


@dataclass(frozen=True, slots=True)
class LoadedMonth:
    """A load that an answer rests on.

    Args:
        id: as in x_LoadId.
        source: the name of the source.
        billing_period: the month, as 2026-10.
        rows: how many.
        billed: the sum of BilledCost by currency.
        loaded_at: when it became current.
        is_demo: whether its data is made up.
        origin: the files that it was read from.
    """

    id: str
    source: str
    billing_period: str
    rows: int
    billed: dict[str, Decimal]
    loaded_at: datetime
    is_demo: bool
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Rows:
    """The result of a query: names of columns, rows, and the loads that were read."""

    names: Sequence[str]
    rows: Sequence[tuple[Any, ...]]
    loads: Sequence[LoadedMonth]


class CostStore(Protocol):
    """Answers queries over unified_costs."""

    dialect: str

    def run(self, select: exp.Query, *, as_of: datetime | None = None) -> Rows:
        """Run a query over TABLE, as it was at `as_of`.

        Args:
            select: a query of sqlglot's builder. Values in it are literals, never text from outside as SQL.
            as_of: a past moment; None for now.

        Raises:
            costs.errors.NotLoadedError: nothing was loaded then.
        """

    def loads(self, *, as_of: datetime | None = None) -> Sequence[LoadedMonth]:
        """The loads that were current at `as_of`, by source and month."""
