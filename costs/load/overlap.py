"""What the files of two loads have in common: charges, and accounts."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import duckdb
from sqlglot import exp

from costs.focus.repeated import same_files
from costs.focus.unreadable import FILE
from costs.store.base import Account
from costs.store.engine import stored

_BOTH = "both_sources"


def charges(connection: duckdb.DuckDBPyConnection, file: Path, other: Path) -> str:
    """Which charges are those of another source too, or restated there, as a subject of "are"; "" if none."""
    both = exp.union(*(_with_file(connection, path) for path in (file, other)), distinct=False)
    connection.execute(f"create or replace temp view {_BOTH} as {both.sql('duckdb')}")
    found = same_files(connection, _BOTH)
    if not found:
        return ""
    [same] = found
    if same.is_whole and same.shared == same.charges:
        return "The charges"
    days = "" if same.is_whole else " of the days that both have"
    return f"{same.shared:,} of {same.charges:,} charges{days}"


def _with_file(connection: duckdb.DuckDBPyConnection, path: Path) -> exp.Select:
    file = exp.alias_(exp.Literal.string(str(path)), FILE, quoted=True)
    return exp.select("*", file).from_(_rows(connection, path))


def billing_accounts(
    connection: duckdb.DuckDBPyConnection, file: Path, other: Path
) -> Mapping[Account, tuple[dict[str, Decimal], dict[str, Decimal]]]:
    """The sums of the billing accounts that are in both files, here and there, by currency."""
    here, there = _accounts(connection, file), _accounts(connection, other)
    return {account: (here[account], there[account]) for account in here if account in there}


def _accounts(connection: duckdb.DuckDBPyConnection, file: Path) -> dict[Account, dict[str, Decimal]]:
    select = (
        exp.select("x_Cloud", "BillingAccountId", "coalesce(BillingCurrency, '')", "sum(BilledCost)")
        .from_(_rows(connection, file))
        .where("BillingAccountId is not null")
        .group_by("1", "2", "3")
        .order_by("1", "2", "3")
    )
    found: dict[Account, dict[str, Decimal]] = {}
    for cloud, account, currency, billed in connection.execute(select.sql("duckdb")).fetchall():
        found.setdefault((cloud, account), {})[currency] = billed or Decimal(0)
    return found


def sub_accounts(connection: duckdb.DuckDBPyConnection, file: Path, other: Path) -> list[str]:
    """The accounts, projects or subscriptions that both files have charges of."""
    here, there = (
        exp.select("x_Cloud", "BillingAccountId", "SubAccountId")
        .from_(_rows(connection, path))
        .where("SubAccountId is not null")
        for path in (file, other)
    )
    both = exp.select("SubAccountId").distinct().from_(exp.intersect(here, there).subquery()).order_by("1")
    return [account for (account,) in connection.execute(both.sql("duckdb")).fetchall()]


def _rows(connection: duckdb.DuckDBPyConnection, file: Path) -> exp.Subquery:
    return stored(connection, [str(file)]).subquery("charges")
