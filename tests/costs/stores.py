"""A store of costs in memory, over charges that a test writes down, and such charges."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import duckdb
from sqlglot import exp

from costs.errors import NotLoadedError
from costs.focus.columns import columns
from costs.store.base import (
    TABLE,
    Accounts,
    Bounds,
    GivenWay,
    LoadedMonth,
    Metered,
    Replacement,
    Rows,
    SourceState,
    Table,
)
from costs.store.fitting import over_rollup, reads
from costs.store.json_values import within
from costs.store.rollups import ROLLUPS, Rollup

LATEST = datetime(2026, 11, 15, tzinfo=UTC)

Charge = Mapping[str, Any]


def charge(day: str = "2026-10-05", cost: str = "1", **others: Any) -> Charge:
    """A charge of a day by columns of unified_costs, by default of the load "aws-2026-10" of source aws.

    Args:
        day: when, in UTC.
        cost: its billed, effective and list cost.
        others: further columns.
    """
    start = datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC)
    cloud = others.get("x_Cloud", "aws")
    source = others.get("x_Source", cloud)
    return {
        "ChargePeriodStart": start,
        "ChargePeriodEnd": start + timedelta(days=1),
        "BillingPeriodStart": start.replace(day=1),
        "BilledCost": Decimal(cost),
        "EffectiveCost": Decimal(cost),
        "ListCost": Decimal(cost),
        "BillingCurrency": "USD",
        "ChargeCategory": "Usage",
        "ServiceName": "Amazon Bedrock",
        "x_Cloud": cloud,
        "x_Source": source,
        "x_LoadId": f"{source}-{day[:7]}",
        "x_IsEstimate": False,
        **others,
    }


def tokens(count: str, day: str = "2026-10-05", cost: str = "1", **others: Any) -> Charge:
    """A charge of so many input tokens of a model."""
    model = {"x_ModelId": "claude-sonnet-4-6", "x_BillingModel": "Claude4.6Sonnet"}
    read = {
        "x_UsageKind": "tokens",
        "x_Tokens": Decimal(count),
        "x_TokenDirection": "Input",
        "x_ModelDeveloper": "Anthropic",
    }
    return charge(day, cost, **{**model, **read, **others})


@dataclass
class MemoryStore:
    """A CostStore over charges.

    Args:
        charges: all charges that were ever loaded.
        demo: the sources whose charges are made up.
        loaded_at: when each load became current, by its id; if not told, after its month, or on LATEST.
        until: when each load was superseded, by its id.
        empty: further loads without charges, as (source, month).
        delivered_at: when the charges of each load were last delivered, by its id.
        states: what sources have not brought.
        publishing_since: since when a load is being published, if one is.
        replaced: the id of the load that replaced each, by the id of the old one.
        gave_way: the estimates that gave way to a load, by its id.
    """

    charges: Sequence[Charge]
    demo: frozenset[str] = frozenset()
    loaded_at: Mapping[str, datetime] = field(default_factory=dict)
    until: Mapping[str, datetime] = field(default_factory=dict)
    empty: Sequence[tuple[str, str]] = ()
    delivered_at: Mapping[str, datetime] = field(default_factory=dict)
    states: Sequence[SourceState] = ()
    publishing_since: datetime | None = None
    replaced: Mapping[str, str] = field(default_factory=dict)
    gave_way: Mapping[str, Sequence[GivenWay]] = field(default_factory=dict)
    dialect: str = "duckdb"
    metered: Metered | None = None

    def __post_init__(self) -> None:
        self.statements: list[exp.Query] = []
        self._table = f"charges_{next(_numbers)}"
        names = ", ".join(f'"{name}" {column.kind.value}' for name, column in columns().items())
        _engine().execute(f"CREATE TABLE {self._table} ({names})")
        used = list(dict.fromkeys(name for one in self.charges for name in one))
        row = f"({', '.join('?' * len(used))})"
        if self.charges:
            _engine().execute(
                f"INSERT INTO {self._table} ({', '.join(used)}) "  # noqa: S608 names of columns
                f"VALUES {', '.join([row] * len(self.charges))}",
                [one.get(name) for one in self.charges for name in used],
            )

    def prepare(self, loads: Sequence[LoadedMonth]) -> None:
        """Nothing makes it faster."""

    def settled(self, now: datetime) -> datetime:
        return min(now, self.publishing_since or now)

    def sources(self) -> Sequence[SourceState]:
        return self.states

    def replacements(self, *, as_of: datetime, limit: int) -> Sequence[Replacement]:
        loads = {load.id: load for load in self._all()}
        pairs = [Replacement(loads[old], loads[new]) for old, new in self.replaced.items()]
        known = [pair for pair in pairs if pair.new.loaded_at <= as_of]
        return sorted(known, key=lambda pair: pair.new.loaded_at, reverse=True)[:limit]

    def run(self, select: exp.Query, *, loads: Sequence[LoadedMonth] | None = None) -> Rows:
        loads = self.loads() if loads is None else loads
        if not loads:
            raise NotLoadedError("No costs are loaded.")
        self.statements.append(select)
        self._show([load.id for load in loads])
        cursor = _engine().execute(select.sql(dialect=self.dialect))
        return Rows([column[0] for column in cursor.description or ()], cursor.fetchall(), loads)

    def run_bounded(self, select: exp.Query, *, loads: Sequence[LoadedMonth], bounds: Bounds) -> Table:
        """Without what bounds a process."""
        self._show([load.id for load in loads])
        cursor = _engine().execute(select.sql(dialect=self.dialect))
        described = cursor.description or ()
        rows, is_cut = within(bounds, cursor.fetchall())
        return Table([name for name, *_ in described], [f"{kind}" for _, kind, *_ in described], rows, is_cut)

    def loads(self, *, as_of: datetime | None = None) -> Sequence[LoadedMonth]:
        return [load for load in self._all() if self._is_current(load, as_of)]

    def _all(self) -> Sequence[LoadedMonth]:
        charges: dict[tuple[str, str, str], list[Charge]] = {}
        for one in self.charges:
            key = one["x_Source"], f"{one['BillingPeriodStart']:%Y-%m}", one["x_LoadId"]
            charges.setdefault(key, []).append(one)
        for source, month in self.empty:
            charges[source, month, f"{source}-{month}"] = []
        return [self._load(*key, found) for key, found in sorted(charges.items())]

    def _load(self, source: str, month: str, load: str, charges: Sequence[Charge]) -> LoadedMonth:
        billed: dict[str, Decimal] = {}
        for one in charges:
            billed[one["BillingCurrency"]] = (
                billed.get(one["BillingCurrency"], Decimal(0)) + one["BilledCost"]
            )
        loaded_at = self.loaded_at.get(load, _soon_after(month))
        return LoadedMonth(
            load,
            source,
            month,
            len(charges),
            billed,
            loaded_at,
            source in self.demo,
            f"/srv/{source}/{month}-1.csv\n/srv/{source}/{month}-2.csv",
            self.delivered_at.get(load),
            _accounts(charges),
            replaces=self.gave_way.get(load, ()),
        )

    def _is_current(self, load: LoadedMonth, as_of: datetime | None) -> bool:
        until = self.until.get(load.id)
        if as_of is None:
            return until is None
        return load.loaded_at <= as_of and (until is None or as_of < until)

    def _show(self, ids: Sequence[str]) -> None:
        """Makes TABLE the charges of these loads."""
        _engine().execute("CREATE OR REPLACE TEMP TABLE loads AS SELECT unnest(?::varchar[]) AS id", [ids])
        _engine().execute(
            f"CREATE OR REPLACE TEMP VIEW {TABLE} AS "  # noqa: S608 names of ours
            f'SELECT * FROM {self._table} WHERE "x_LoadId" IN (FROM loads)'
        )


def _accounts(charges: Sequence[Charge]) -> Accounts:
    accounts: dict[tuple[str, str], dict[str, Decimal]] = {}
    for one in charges:
        billed = accounts.setdefault((one["x_Cloud"], one.get("BillingAccountId", "")), {})
        billed[one["BillingCurrency"]] = billed.get(one["BillingCurrency"], Decimal(0)) + one["BilledCost"]
    return accounts


def _soon_after(month: str) -> datetime:
    return min(datetime.fromisoformat(f"{month}-01T00:00:00Z") + timedelta(days=33), LATEST)


_numbers = itertools.count()


@functools.cache
def _engine() -> duckdb.DuckDBPyConnection:
    """One for all stores of a process: each takes as long to start as a test to run."""
    connection = duckdb.connect(config={"threads": 1})
    connection.execute("SET TimeZone = 'UTC'")
    return connection


@dataclass
class RolledUpStore(MemoryStore):
    """The same, with rollups: whatever one can answer, all answer as the charges do.

    Args:
        rolled_up: the statements that a rollup could answer.
    """

    rolled_up: list[exp.Query] = field(default_factory=list)

    def run(self, select: exp.Query, *, loads: Sequence[LoadedMonth] | None = None) -> Rows:
        found = super().run(select, loads=loads)
        asked = reads(select)
        fitting = [rollup for rollup in ROLLUPS if asked and asked.fits(rollup)]
        for rollup in fitting:
            table = self._roll_up(rollup, [load.id for load in found.loads])
            rows = _engine().execute(over_rollup(select, table)).fetchall()
            assert sorted(rows, key=repr) == sorted(found.rows, key=repr), rollup.name
        self.rolled_up += [select] if fitting else []
        return found

    def _roll_up(self, rollup: Rollup, ids: Sequence[str]) -> str:
        """The table of a rollup, a part for each load as the lake has them."""
        table = f"{rollup.name}_of_{self._table}_{'_'.join(ids)}"
        texts = [exp.Literal.string(each).sql(self.dialect) for each in ids]
        charges = [f'(SELECT * FROM {TABLE} WHERE "x_LoadId" = {text})' for text in texts]  # noqa: S608 ours
        parts = [
            f'SELECT *, {text} AS "x_LoadId" FROM ({rollup.select(of)})'  # noqa: S608 ours
            for text, of in zip(texts, charges, strict=True)
        ]
        _engine().execute(f'CREATE TEMP TABLE IF NOT EXISTS "{table}" AS {" UNION ALL ".join(parts)}')
        return table
