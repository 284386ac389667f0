"""What every store of costs can do: the lake (Parquet files read by DuckDB), and BigQuery."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_UP, Decimal
from typing import Any, Protocol

from sqlglot import exp

from catalog.pricing.decimals import EXACT, ROUNDED, plain

# The table or view that questions are asked of.
TABLE = "unified_costs"
# Of one cloud, the charges for AI.
VIEWS = {"aws_llm_costs": "aws", "gcp_llm_costs": "gcp", "azure_llm_costs": "azure"}
_MICRO = Decimal("1e-6")

# The cloud, and the id of the billing account.
Account = tuple[str, str]
# What each was billed, by currency.
Accounts = Mapping[Account, Mapping[str, Decimal]]
# By cloud, billing account and account: the first and last day of usage, None if it has only other charges;
# the days between without usage, each run by its first and last; and the sum of BilledCost by currency.
UsageDays = Mapping[str, Mapping[str, Mapping[str, Sequence[Any]]]]


def spelled(account: str) -> str:
    """An account's id however it is spelled, as `costs.focus.alike.SPELLED` has it."""
    return re.sub("[^a-z0-9]", "", account.lower().rpartition("/")[2]).lstrip("0")


@dataclass(frozen=True, slots=True)
class Doubt:
    """What may make the sums of a load wrong, which the load cannot tell.

    Args:
        says: a sentence.
        source: beside whose loads of the month alone it is so; "" if always.
        lost: what the load lacks of the one that it replaced, as "RegionId:eu-west-1"; "" if it is not that.
    """

    says: str
    source: str = ""
    lost: str = ""


@dataclass(frozen=True, slots=True)
class GivenWay:
    """An estimate that a load has replaced: as long as that counts, it does not.

    Args:
        load: its id.
        source: the name of its source.
        account: the account or subscription that it is of.
        billed: its sum of BilledCost by currency.
        instead: what stands in its place; None if that is not known by account.
    """

    load: str
    source: str
    account: str
    billed: Mapping[str, Decimal]
    instead: Mapping[str, Decimal] | None = None


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
        delivered_at: when its charges were last delivered, which stamping them again is not.
        accounts: what each billing account was billed.
        doubts: what may make its sums wrong.
        path: where the store has it; "" if that was deleted.
        sha256: of what the store has.
        is_estimate: whether its charges are no bill.
        account: of an estimate, the account or subscription that it is of.
        replaces: the estimates that gave way to it.
    """

    id: str
    source: str
    billing_period: str
    rows: int
    billed: dict[str, Decimal]
    loaded_at: datetime
    is_demo: bool
    origin: str = ""
    delivered_at: datetime | None = None
    accounts: Accounts = field(default_factory=dict)
    doubts: Sequence[Doubt] = ()
    path: str = ""
    sha256: str = ""
    is_estimate: bool = False
    account: str = ""
    replaces: Sequence[GivenWay] = ()

    def speaks_for(self, source: str) -> bool:
        """Whether it is of a source, or an estimate of that gave way to it."""
        return source == self.source or any(each.source == source for each in self.replaces)

    def same_accounts(self, other: LoadedMonth) -> Accounts:
        """The billing accounts that were billed the same here and there, except nothing, as spelled here."""
        there = {(cloud, spelled(account)): billed for (cloud, account), billed in other.accounts.items()}
        return {
            (cloud, account): billed
            for (cloud, account), billed in self.accounts.items()
            if any(billed.values()) and there.get((cloud, spelled(account))) == billed
        }


@dataclass(frozen=True, slots=True)
class Replacement:
    """A load of a month that a later delivery replaced."""

    old: LoadedMonth
    new: LoadedMonth


@dataclass(frozen=True, slots=True)
class Refusal:
    """A month whose newest delivery was not loaded."""

    month: str
    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class SourceState:
    """What a source has not brought.

    Args:
        name: its name.
        was_loaded: whether anything of it was ever loaded.
        was_read: whether it could be read the last time.
        refusals: the months of that time that were refused.
    """

    name: str
    was_loaded: bool = True
    was_read: bool = True
    refusals: Sequence[Refusal] = ()


@dataclass(frozen=True, slots=True)
class Rows:
    """The result of a query.

    Args:
        names: of columns.
        rows: the rows.
        loads: those that were read.
        billed_bytes: how many bytes the store takes money for; 0 if it takes none for questions.
    """

    names: Sequence[str]
    rows: Sequence[tuple[Any, ...]]
    loads: Sequence[LoadedMonth]
    billed_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Bounds:
    """What SQL from outside may take.

    Args:
        rows: how many rows of its result are read.
        size: how many bytes these may have as JSON.
        seconds: how long it may run.
    """

    rows: int
    size: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Table:
    """A result within bounds, as JSON has it: numbers and times are texts.

    Args:
        names: of columns.
        kinds: the types of the columns, as the store calls them.
        rows: the rows.
        is_cut: whether there are more.
        billed_bytes: as in `Rows`.
    """

    names: Sequence[str]
    kinds: Sequence[str]
    rows: Sequence[Sequence[str | bool | None]]
    is_cut: bool
    billed_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Metered:
    """What a store takes for what questions read.

    Args:
        usd_per_tib: US dollars for 2 to the power of 40 bytes.
        price_source: who says so.
    """

    usd_per_tib: Decimal
    price_source: str

    def cost(self, billed_bytes: int) -> Decimal:
        """What reading so many bytes costs, in US dollars, exactly."""
        return EXACT.divide(EXACT.multiply(self.usd_per_tib, Decimal(billed_bytes)), Decimal(2**40))

    def told(self, billed_bytes: int) -> str:
        """The same as a sentence."""
        dollars = self.cost(billed_bytes).quantize(_MICRO, rounding=ROUND_UP, context=ROUNDED)
        price = f"{plain(self.usd_per_tib)} USD per TiB, {self.price_source}"
        return f"{billed_bytes:,} bytes, {plain(dollars)} USD at {price}."


class CostStore(Protocol):
    """Answers queries over unified_costs.

    Args:
        dialect: of its SQL, as sqlglot calls it.
        metered: what it takes for what questions read; None if nothing.
    """

    dialect: str
    metered: Metered | None

    def run(self, select: exp.Query, *, loads: Sequence[LoadedMonth] | None = None) -> Rows:
        """Run a query over TABLE.

        Args:
            select: a query of sqlglot's builder. Values in it are literals, never text from outside as SQL.
            loads: the loads that TABLE has, whatever has replaced them since; None for those of now.

        Raises:
            costs.errors.NotLoadedError: nothing is loaded.
        """

    def run_bounded(self, select: exp.Query, *, loads: Sequence[LoadedMonth], bounds: Bounds) -> Table:
        """Run a query from outside, over TABLE and the views of clouds.

        Args:
            select: what costs.sql has let through.
            loads: the loads that TABLE has.
            bounds: what it may take.

        Raises:
            costs.errors.InvalidQuestionError: the store refuses it.
            costs.errors.TooLargeError: it takes more than it may.
            costs.errors.BusyError: too many others run.
            costs.errors.NotLoadedError: the charges of a load are gone or damaged.
        """

    def settled(self, now: datetime) -> datetime:
        """The last moment up to `now` whose loads are known for good.

        A load that is being published becomes current at a moment that is over once others see it.
        """

    def sources(self) -> Sequence[SourceState]:
        """The enabled sources of bills, by name."""

    def replacements(self, *, as_of: datetime, limit: int) -> Sequence[Replacement]:
        """The latest replacements of loads by new deliveries up to `as_of`, the latest first."""

    def loads(self, *, as_of: datetime | None = None) -> Sequence[LoadedMonth]:
        """The loads that were current at `as_of`, by source and month."""

    def prepare(self, loads: Sequence[LoadedMonth]) -> None:
        """Make what answers about these loads come sooner with; without it they come too."""
