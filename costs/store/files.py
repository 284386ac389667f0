"""Writes charges to a Parquet file: the same charges in any order are the same bytes."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from glob import escape
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
from sqlglot import exp

from catalog.pricing.decimals import exact_sum, plain
from costs.focus.columns import columns
from costs.store.base import Account, Accounts, UsageDays

_PARTS = 4
# By time first, since questions are of a time; then neighbours that are alike; the hash decides the rest.
_ORDER = ("ChargePeriodStart", "ServiceName", "x_Meter")
# A writer has all values of as many rows in memory, for each thread.
_ROW_GROUP = 30_720
# The id of the load is the name of the file, which makes the content independent of it.
_STORED = [name for name in columns() if name != "x_LoadId"]


@dataclass(frozen=True, slots=True)
class Written:
    """A file of charges.

    Args:
        path: where it is.
        rows: how many.
        billed: the sum of BilledCost by currency.
        accounts: the same by cloud and billing account.
        sha256: of its bytes.
        usage_days: the days of usage and the sums by cloud, billing account and account.
    """

    path: Path
    rows: int
    billed: Mapping[str, Decimal]
    accounts: Accounts
    sha256: str
    usage_days: UsageDays


def write(connection: duckdb.DuckDBPyConnection, charges: exp.Select, path: Path) -> Written:
    """Write charges to a new file.

    Args:
        connection: a session that may write there (`open_writer`).
        charges: a select of the columns of unified_costs.
        path: the file.
    """
    select = exp.select(*_columns(_STORED)).from_(charges.subquery("charges"), copy=False)
    select.order_by(*_columns(_ORDER), exp.func("hash", *_columns(_STORED), dialect="duckdb"), copy=False)
    target = exp.Literal.string(str(path)).sql("duckdb")
    options = f"format parquet, compression zstd, row_group_size {_ROW_GROUP}"
    connection.execute(f"copy ({select.sql('duckdb')}) to {target} ({options})")
    path.chmod(0o600)
    with path.open("rb") as file:
        os.fsync(file.fileno())
    return measure(connection, path)


def _columns(names: Iterable[str]) -> list[exp.Column]:
    return [exp.column(name, quoted=True) for name in names]


def measure(connection: duckdb.DuckDBPyConnection, path: Path) -> Written:
    """What a file holds."""
    sums = connection.execute(
        "select coalesce(x_Cloud, ''), coalesce(BillingAccountId, ''), coalesce(BillingCurrency, ''), "
        "sum(BilledCost), count(*) from read_parquet($path) group by all order by all",
        {"path": escape(str(path))},
    ).fetchall()
    accounts: dict[Account, dict[str, Decimal]] = {}
    for cloud, account, currency, amount, _ in sums:
        accounts.setdefault((cloud, account), {})[currency] = amount or Decimal(0)
    rows = sum(count for *_, count in sums)
    return Written(path, rows, _total(accounts), accounts, sha256_of(path), usage_days(connection, path))


def usage_days(connection: duckdb.DuckDBPyConnection, path: Path) -> UsageDays:
    """The accounts that a file has charges of, with their days and sums."""
    found = connection.execute(
        "select coalesce(x_Cloud, ''), coalesce(BillingAccountId, ''), coalesce(SubAccountId, ''), "
        "coalesce(BillingCurrency, ''), sum(BilledCost), "
        "list(distinct strftime(ChargePeriodStart at time zone 'UTC', '%Y-%m-%d')) "
        "filter (ChargeCategory = 'Usage') "
        "from read_parquet($path) group by all order by all",
        {"path": escape(str(path))},
    ).fetchall()
    usage: dict[tuple[str, str, str], tuple[set[str], dict[str, str]]] = {}
    for cloud, billing, account, currency, amount, its_days in found:
        days, billed = usage.setdefault((cloud, billing, account), (set(), {}))
        days.update(its_days or ())
        billed[currency] = plain(amount or Decimal(0))
    known: dict[str, dict[str, dict[str, list[Any]]]] = {}
    for (cloud, billing, account), (days, billed) in usage.items():
        span = [min(days, default=None), max(days, default=None), _gaps(sorted(days)), billed]
        known.setdefault(cloud, {}).setdefault(billing, {})[account] = span
    return known


def has_gaps_and_sums(days: UsageDays) -> bool:
    """Whether these were noted by a version that noted gaps and sums."""
    of_accounts = (span for billing in days.values() for names in billing.values() for span in names.values())
    return all(len(span) == _PARTS for span in of_accounts)


def _gaps(days: Sequence[str]) -> list[list[str]]:
    """The runs of days between the first and the last of these that are not among them, by their ends."""
    dates = [date.fromisoformat(day) for day in days]
    one = timedelta(days=1)
    return [[f"{a + one}", f"{b - one}"] for a, b in pairwise(dates) if b - a > one]


def _total(accounts: Accounts) -> dict[str, Decimal]:
    currencies = sorted({currency for sums in accounts.values() for currency in sums})
    return {
        currency: exact_sum(sums.get(currency, Decimal(0)) for sums in accounts.values())
        for currency in currencies
    }


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, which is read once in a process, and again if it has changed since.

    Raises:
        OSError: it cannot be read.
    """
    stat = path.stat()
    return _digest(path, (stat.st_mtime_ns, stat.st_size, stat.st_ino))


@lru_cache(maxsize=10_000)
def _digest(path: Path, _state: tuple[int, int, int]) -> str:
    return sha256_of(path)


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
