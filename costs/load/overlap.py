"""What the files of two loads have in common: charges, and accounts."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import duckdb
from sqlglot import exp

from costs.focus.alike import SPELLED, Alike, alike_files
from costs.focus.repeated import same_files
from costs.focus.sql import fill
from costs.focus.unreadable import FILE
from costs.store.base import Account
from costs.store.engine import stored

_BOTH = "both_sources"


def charges(connection: duckdb.DuckDBPyConnection, file: Path, other: Path) -> str:
    """Which charges are those of another source too, or restated there, as a subject of "are"; "" if none."""
    _view_both(connection, file, other)
    found = same_files(connection, _BOTH)
    if not found:
        return ""
    [same] = found
    if same.is_whole and same.shared == same.charges:
        return "The charges"
    days = "" if same.is_whole else " of the days that both have"
    return f"{same.shared:,} of {same.charges:,} charges{days}"


def sums(connection: duckdb.DuckDBPyConnection, file: Path, other: Path) -> Alike | None:
    """What sums up to charges of another source: the same bill by other lengths of time, or spelled anew."""
    _view_both(connection, file, other)
    return next(iter(alike_files(connection, _BOTH, within=False)), None)


def _view_both(connection: duckdb.DuckDBPyConnection, file: Path, other: Path) -> None:
    both = exp.union(*(_with_file(connection, path) for path in (file, other)), distinct=False)
    connection.execute(f"create or replace temp view {_BOTH} as {both.sql('duckdb')}")


def _with_file(connection: duckdb.DuckDBPyConnection, path: Path) -> exp.Select:
    file = exp.alias_(exp.Literal.string(str(path)), FILE, quoted=True)
    return exp.select("*", file).from_(_rows(connection, path))


def billing_accounts(
    connection: duckdb.DuckDBPyConnection, file: Path, other: Path
) -> Mapping[Account, tuple[dict[str, Decimal], dict[str, Decimal]]]:
    """The sums of the billing accounts that are in both files, here and there, by currency.

    They are named as here, however the other file spells them.
    """
    (here, named), (there, _) = _accounts(connection, file), _accounts(connection, other)
    return {named[account]: (here[account], there[account]) for account in here if account in there}


def _accounts(
    connection: duckdb.DuckDBPyConnection, file: Path
) -> tuple[dict[Account, dict[str, Decimal]], dict[Account, Account]]:
    """The sums of billing accounts, and how each is spelled."""
    select = (
        exp.select(
            "x_Cloud",
            _spelled("BillingAccountId"),
            "coalesce(BillingCurrency, '')",
            "min(BillingAccountId)",
            "sum(BilledCost)",
        )
        .from_(_rows(connection, file))
        .where("BillingAccountId is not null")
        .group_by("1", "2", "3")
        .order_by("1", "2", "3")
    )
    found: dict[Account, dict[str, Decimal]] = {}
    named: dict[Account, Account] = {}
    for cloud, account, currency, name, billed in connection.execute(select.sql("duckdb")).fetchall():
        found.setdefault((cloud, account), {})[currency] = billed or Decimal(0)
        named.setdefault((cloud, account), (cloud, name))
    return found, named


def sub_accounts(connection: duckdb.DuckDBPyConnection, file: Path, other: Path) -> list[str]:
    """The accounts, projects or subscriptions that both files have charges of."""
    here, there = (
        {
            tuple(account): name
            for *account, name in connection.execute(
                exp.select(
                    "x_Cloud", *map(_spelled, ("BillingAccountId", "SubAccountId")), "min(SubAccountId)"
                )
                .from_(_rows(connection, path))
                .where("SubAccountId is not null")
                .group_by("1", "2", "3")
                .sql("duckdb")
            ).fetchall()
        }
        for path in (file, other)
    )
    return sorted(here[account] for account in here.keys() & there.keys())


def _spelled(name: str) -> exp.Expr:
    return fill(SPELLED, account=exp.column(name))


def _rows(connection: duckdb.DuckDBPyConnection, file: Path) -> exp.Subquery:
    return stored(connection, [str(file)]).subquery("charges")
