"""Says what of a month another source has too: the same bill in two sources would be counted twice.

Whichever of two loads is asked about, the later one is to be withdrawn: who follows all advice loses neither.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb

from catalog.pricing.decimals import exact_sum
from costs.errors import LoadError
from costs.focus.alike import Alike
from costs.focus.checks import Findings
from costs.load import overlap
from costs.load.report import amounts
from costs.models import CostLoad
from costs.store.base import Account, Doubt, spelled
from costs.store.engine import open_writer
from costs.store.files import Written
from costs.store.stored_loads import LoadStore, named
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


def others(load: CostLoad, lake: LoadStore) -> list[Other]:
    """The loads that count beside this one: made-up ones never do, nor estimates of what a bill has."""
    if load.is_demo or load.is_estimate:
        return []
    current = CostLoad.objects.current().filter(
        billing_period=load.billing_period, is_demo=False, is_estimate=False
    )
    return [
        Other(other, lake.file(other)) for other in current.exclude(source=load.source_id) if lake.has(other)
    ]


def find(lake: LoadStore, load: CostLoad) -> Twins:
    """What a current load has that other sources have too."""
    with_ = others(load, lake)
    file, workspace = lake.file(load), f"check-{secrets.token_hex(5)}"
    files = [file, *(other.file for other in with_)]
    with lake.workspace(workspace) as folder, open_writer(folder, files) as connection:
        try:
            return compare(connection, load, file, with_)
        except duckdb.OutOfMemoryException:
            says = f"{named(load)} takes more memory to compare with other sources than a check may use."
            return Twins(shared=[says])


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
            shared = overlap.billing_accounts(connection, file, other.file)
            charges = overlap.charges(connection, file, other.file) if shared else ""
            accounts = overlap.sub_accounts(connection, file, other.file) if shared else []
            sums = overlap.sums(connection, file, other.file) if shared and not charges else None
        except duckdb.OutOfMemoryException:
            raise
        except duckdb.Error:
            shared_.append(f"{_named(other)} cannot be read, so it was not compared. Run check_costs.")
            continue
        if charges:
            same.append(_same(load, other, charges))
        elif shared:
            alike = {account: sums for account, sums in shared.items() if _is_equal(*sums)}
            (equal if alike else shared_).append(_overlap(load, other, alike or shared))
            # The same money is told by the loads themselves, as long as both count.
            doubts += [] if alike else _doubts(accounts, sums, other)
    return Twins(same, equal, shared_, doubts)


def refuse_unseen(load: CostLoad, written: Written, seen: Sequence[Other], lake: LoadStore) -> None:
    """Refuse to publish beside a load of the same billing account that was published since it was looked for.

    To be called in the transaction that publishes.

    Args:
        load: what is about to be published.
        written: its file.
        seen: the loads that it was compared with.
        lake: where they are.

    Raises:
        LoadError: there is one.
    """
    known = {other.load.pk for other in seen}
    for other in others(load, lake):
        shares = not _spelled(written.accounts).isdisjoint(_spelled(other.load.billed_by_account))
        if shares and other.load.pk not in known:
            raise LoadError(
                f"{_named(other)} has the same billing account and was loaded at the same moment: run "
                "load_costs again, which compares the two."
            )


def _spelled(accounts: Iterable[Account]) -> AbstractSet[Account]:
    return {(cloud, spelled(account)) for cloud, account in accounts}


def _is_equal(here: Mapping[str, Decimal], there: Mapping[str, Decimal]) -> bool:
    return here == there and any(here.values())


def _doubts(accounts: Sequence[str], sums: Alike | None, other: Other) -> list[Doubt]:
    """In answers they stand beside the load's source and month."""
    if sums:
        says = (
            f"{sums.shared:,} of {sums.sums:,} sums by account, service and meter are in source "
            f"{quoted(other.load.source_id)} too, {sums.amounts()}, by other charges. If they are the same, "
            "they count twice."
        )
        return [Doubt(says, other.load.source_id)]
    return [_doubt(accounts, other)] if accounts else []


def _doubt(accounts: Sequence[str], other: Other) -> Doubt:
    more = f" and {len(accounts) - 1:,} more" if len(accounts) > 1 else ""
    are = "are" if more else "is"
    says = (
        f"account {quoted(accounts[0])}{more} {are} in source {quoted(other.load.source_id)} too, with other "
        "charges. If one source restates the other, they count twice."
    )
    return Doubt(says, other.load.source_id)


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
