"""Says what of a month another source has too: the same bill in two sources would be counted twice."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb
from sqlglot import exp

from catalog.pricing.decimals import exact_sum
from costs.focus.checks import Findings
from costs.focus.columns import focus_columns
from costs.load.report import amounts
from costs.models import CostLoad
from costs.store.engine import open_writer, stored
from costs.store.lake import Lake

# Of the billing accounts that two sources share, as many are named.
MAX_NAMED = 3

# The cloud, and the id of the billing account.
Account = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Other:
    """A current load of the same month, of another source."""

    load: CostLoad
    file: Path


def others(load: CostLoad, lake: Lake) -> list[Other]:
    """The loads that count beside this one. Made-up ones never count beside real ones."""
    if load.is_demo:
        return []
    current = CostLoad.objects.current().filter(billing_period=load.billing_period, is_demo=False)
    return [
        Other(other, lake.file(other)) for other in current.exclude(source=load.source_id) if lake.has(other)
    ]


def find(lake: Lake, load: CostLoad) -> Findings:
    """What a current load has that other sources have too."""
    with_ = others(load, lake)
    file, workspace = lake.file(load), f"check-{secrets.token_hex(5)}"
    files = [file, *(other.file for other in with_)]
    with lake.workspace(workspace) as folder, open_writer(folder, files) as connection:
        return compare(connection, file, with_)


def compare(connection: duckdb.DuckDBPyConnection, file: Path, with_: Sequence[Other]) -> Findings:
    """What a file has that other sources have too: an error if it is all of it, or else a warning.

    Args:
        connection: a session that may read all the files.
        file: the charges of a month.
        with_: the loads that count beside it.
    """
    errors, warnings = [], []
    for other in with_:
        try:
            same, shared = _is_same(connection, file, other.file), _shared(connection, file, other.file)
        except duckdb.Error:
            warnings.append(f"{_named(other)} cannot be read, so it was not compared. Run check_costs.")
            continue
        if same:
            errors.append(_same(other))
        elif shared:
            warnings.append(_overlap(other, shared))
    return Findings(errors, warnings)


def _is_same(connection: duckdb.DuckDBPyConnection, file: Path, other: Path) -> bool:
    return _fingerprint(connection, file) == _fingerprint(connection, other)


def _fingerprint(connection: duckdb.DuckDBPyConnection, file: Path) -> tuple[object, ...] | None:
    """What identifies the charges of a bill, in any order: their columns but ours, which tell the source."""
    names = [exp.column(name, quoted=True) for name in focus_columns()]
    hashed = exp.cast(exp.func("hash", *names, dialect="duckdb"), "hugeint", dialect="duckdb")
    select = exp.select("count(*)", exp.func("sum", hashed)).from_(_charges(connection, file))
    return connection.execute(select.sql("duckdb")).fetchone()


def _shared(
    connection: duckdb.DuckDBPyConnection, file: Path, other: Path
) -> Mapping[Account, tuple[dict[str, Decimal], dict[str, Decimal]]]:
    """The sums of the billing accounts that are in both files, here and there, by currency."""
    here, there = _accounts(connection, file), _accounts(connection, other)
    return {account: (here[account], there[account]) for account in here if account in there}


def _accounts(connection: duckdb.DuckDBPyConnection, file: Path) -> dict[Account, dict[str, Decimal]]:
    select = (
        exp.select("x_Cloud", "BillingAccountId", "coalesce(BillingCurrency, '')", "sum(BilledCost)")
        .from_(_charges(connection, file))
        .where("BillingAccountId is not null")
        .group_by("1", "2", "3")
        .order_by("1", "2", "3")
    )
    found: dict[Account, dict[str, Decimal]] = {}
    for cloud, account, currency, billed in connection.execute(select.sql("duckdb")).fetchall():
        found.setdefault((cloud, account), {})[currency] = billed or Decimal(0)
    return found


def _charges(connection: duckdb.DuckDBPyConnection, file: Path) -> exp.Subquery:
    return stored(connection, [str(file)]).subquery("charges")


def _same(other: Other) -> str:
    return (
        f"The charges are those of {_named(other)}, {amounts(other.load.billed_by_currency)}: they count "
        f"once. Keep one of the two sources: {_withdrawal(other)} takes that one out of all sums."
    )


def _overlap(other: Other, shared: Mapping[Account, tuple[dict[str, Decimal], dict[str, Decimal]]]) -> str:
    here, there = (_total(sums) for sums in zip(*shared.values(), strict=True))
    return (
        f"{_listed(shared)} {'is' if len(shared) == 1 else 'are'} in {_named(other)} too: "
        f"{amounts(here)} here, {amounts(there)} there. If they are the same charges, they count twice: "
        f"{_withdrawal(other)} takes those out of all sums."
    )


def _total(sums: Sequence[Mapping[str, Decimal]]) -> dict[str, Decimal]:
    return {
        currency: exact_sum(each.get(currency, Decimal(0)) for each in sums)
        for currency in sorted({currency for each in sums for currency in each})
    }


def _listed(shared: Mapping[Account, object]) -> str:
    names = [f"{account} ({cloud})" for cloud, account in shared]
    more = [f"{len(names) - MAX_NAMED:,} more"] if len(names) > MAX_NAMED else []
    return f"Billing account{'' if len(names) == 1 else 's'} {' and '.join([*names[:MAX_NAMED], *more])}"


def _named(other: Other) -> str:
    return f"{other.load.source_id} {other.load.billing_period} (load {other.load.pk})"


def _withdrawal(other: Other) -> str:
    return f"load_costs --source {other.load.source_id} --period {other.load.billing_period} --withdraw"
