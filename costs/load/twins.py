"""Says what of a month another source has too: the same bill in two sources would be counted twice.

Whichever of two loads is asked about, the later one is to be withdrawn: who follows all advice loses neither.
"""

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
from costs.focus.repeated import same_files
from costs.focus.unreadable import FILE
from costs.load.report import amounts
from costs.models import CostLoad
from costs.store.base import Account, Doubt
from costs.store.engine import open_writer, stored
from costs.store.lake import Lake
from costs.wording import printable, quoted

# Of the billing accounts that two sources share, as many are named.
MAX_NAMED = 3
_BOTH = "both_sources"


@dataclass(frozen=True, slots=True)
class Twins:
    """What a load has that other sources have too, in sentences.

    Args:
        same: loads with the same charges.
        equal: billing accounts that have the same money in another load, by other charges.
        shared: billing accounts that another load has too.
        doubts: which of their accounts another load has too, so that they may count twice.
    """

    same: Sequence[str] = ()
    equal: Sequence[str] = ()
    shared: Sequence[str] = ()
    doubts: Sequence[Doubt] = ()

    @property
    def findings(self) -> Findings:
        """What they mean for a load that is not published yet."""
        return Findings(self.same, [*self.equal, *self.shared])


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


def find(lake: Lake, load: CostLoad) -> Twins:
    """What a current load has that other sources have too."""
    with_ = others(load, lake)
    file, workspace = lake.file(load), f"check-{secrets.token_hex(5)}"
    files = [file, *(other.file for other in with_)]
    with lake.workspace(workspace) as folder, open_writer(folder, files) as connection:
        return compare(connection, load, file, with_)


def compare(
    connection: duckdb.DuckDBPyConnection, load: CostLoad, file: Path, with_: Sequence[Other]
) -> Twins:
    """What a file has that other sources have too.

    Args:
        connection: a session that may read all the files.
        load: the load of the file, published or not.
        file: the charges of a month.
        with_: the loads that count beside it.
    """
    same, equal, shared_, doubts = list[str](), list[str](), list[str](), list[Doubt]()
    for other in with_:
        try:
            shared = _shared(connection, file, other.file)
            charges = _same_charges(connection, file, other.file) if shared else ""
            accounts = _sub_accounts(connection, file, other.file) if shared else []
        except duckdb.Error:
            shared_.append(f"{_named(other)} cannot be read, so it was not compared. Run check_costs.")
            continue
        if charges:
            same.append(_same(load, other, charges))
        elif shared:
            alike = {account: sums for account, sums in shared.items() if _is_equal(*sums)}
            (equal if alike else shared_).append(_overlap(load, other, alike or shared))
            # The same money is told by the loads themselves, as long as both count.
            doubts += [_doubt(accounts, other)] if accounts and not alike else []
    return Twins(same, equal, shared_, doubts)


def _is_equal(here: Mapping[str, Decimal], there: Mapping[str, Decimal]) -> bool:
    return here == there and any(here.values())


def _same_charges(connection: duckdb.DuckDBPyConnection, file: Path, other: Path) -> str:
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
    return exp.select("*", file).from_(_charges(connection, path))


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


def _sub_accounts(connection: duckdb.DuckDBPyConnection, file: Path, other: Path) -> list[str]:
    """The accounts, projects or subscriptions that both files have charges of."""
    here, there = (
        exp.select("x_Cloud", "BillingAccountId", "SubAccountId")
        .from_(_charges(connection, path))
        .where("SubAccountId is not null")
        for path in (file, other)
    )
    both = exp.select("SubAccountId").distinct().from_(exp.intersect(here, there).subquery()).order_by("1")
    return [account for (account,) in connection.execute(both.sql("duckdb")).fetchall()]


def _doubt(accounts: Sequence[str], other: Other) -> Doubt:
    """In answers it stands beside the load's source and month."""
    more = f" and {len(accounts) - 1:,} more" if len(accounts) > 1 else ""
    are = "are" if more else "is"
    says = (
        f"account {quoted(accounts[0])}{more} {are} in source {quoted(other.load.source_id)} too, with other "
        "charges. If one source restates the other, they count twice."
    )
    return Doubt(says, other.load.source_id)


def _charges(connection: duckdb.DuckDBPyConnection, file: Path) -> exp.Subquery:
    return stored(connection, [str(file)]).subquery("charges")


def _same(load: CostLoad, other: Other, which: str) -> str:
    money = amounts(other.load.billed_by_currency)
    charges = f"{which} are those of {_named(other)}, {money}: they count once."
    if load.status == CostLoad.Status.CURRENT:
        return f"{charges} {_withdrawal(_later(load, other.load))} takes one of the two out of all sums."
    return (
        f"{charges} Disable the source {load.source_id}, or to keep it instead, run first "
        f"{_withdrawal(other.load)}, and then load_costs --source {load.source_id}."
    )


def _overlap(
    load: CostLoad, other: Other, shared: Mapping[Account, tuple[dict[str, Decimal], dict[str, Decimal]]]
) -> str:
    here, there = (_total(sums) for sums in zip(*shared.values(), strict=True))
    money = f"{amounts(here)} here, {amounts(there)} there"
    if _is_equal(here, there):
        money = f"{amounts(here)} here and there"
    return (
        f"{_listed(shared)} {'is' if len(shared) == 1 else 'are'} in {_named(other)} too: {money}. "
        f"If they are the same charges, they count twice: "
        f"{_withdrawal(_later(load, other.load))} takes one of the two out of all sums."
    )


def _total(sums: Sequence[Mapping[str, Decimal]]) -> dict[str, Decimal]:
    return {
        currency: exact_sum(each.get(currency, Decimal(0)) for each in sums)
        for currency in sorted({currency for each in sums for currency in each})
    }


def _listed(shared: Mapping[Account, object]) -> str:
    names = [f"{printable(account)} ({cloud})" for cloud, account in shared]
    more = [f"{len(names) - MAX_NAMED:,} more"] if len(names) > MAX_NAMED else []
    return f"Billing account{'' if len(names) == 1 else 's'} {' and '.join([*names[:MAX_NAMED], *more])}"


def _named(other: Other) -> str:
    return f"{other.load.source_id} {other.load.billing_period} (load {other.load.pk})"


def _later(load: CostLoad, other: CostLoad) -> CostLoad:
    """Of two loads the one that became current last, or is about to."""
    if load.current_from is None or other.current_from is None:
        return load if load.current_from is None else other
    return max(load, other, key=lambda each: (each.current_from, each.pk))


def _withdrawal(load: CostLoad) -> str:
    return f"load_costs --source {load.source_id} --period {load.billing_period} --withdraw"
