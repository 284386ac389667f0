"""Writes charges to a Parquet file: the same charges in any order are the same bytes."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from glob import escape
from pathlib import Path

import duckdb
from sqlglot import exp

from catalog.pricing.decimals import exact_sum
from costs.focus.columns import columns
from costs.store.base import Account, Accounts

# By cloud, billing account and account: the first and last day of usage, None if it has only other charges.
UsageDays = Mapping[str, Mapping[str, Mapping[str, Sequence[str | None]]]]
# By time first, since questions are of a time; then neighbours that are alike; the hash decides the rest.
_ORDER = ("ChargePeriodStart", "ServiceName", "x_Meter")
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
        usage_days: the first and last day of usage by cloud, billing account and account.
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
    connection.execute(f"copy ({select.sql('duckdb')}) to {target} (format parquet, compression zstd)")
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
    """The accounts that a file has charges of, with their days."""
    day = "strftime({}(ChargePeriodStart) filter (ChargeCategory = 'Usage') at time zone 'UTC', '%Y-%m-%d')"
    found = connection.execute(
        "select coalesce(x_Cloud, ''), coalesce(BillingAccountId, ''), coalesce(SubAccountId, ''), "  # noqa: S608
        f"{day.format('min')}, {day.format('max')} "  # names of ours
        "from read_parquet($path) group by all order by all",
        {"path": escape(str(path))},
    ).fetchall()
    days: dict[str, dict[str, dict[str, list[str | None]]]] = {}
    for cloud, billing, account, *first_and_last in found:
        days.setdefault(cloud, {}).setdefault(billing, {})[account] = first_and_last
    return days


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
