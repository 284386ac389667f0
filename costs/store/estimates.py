"""Which loads of a moment count: an estimate gives way to the bill of its account and month.

Nothing is written when it does: the loads of each moment tell. So it does in any order of arrival, answers as
of a past moment have what counted then, and an estimate counts again once the bill is withdrawn.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from costs.models import CostLoad
from costs.store.base import Doubt, GivenWay

# As CostLoad.usage_days has them.
Days = Mapping[str, Mapping[str, Mapping[str, Sequence[str | None]]]]


@dataclass(frozen=True, slots=True)
class Replaced:
    """An estimate that does not count.

    Args:
        estimate: the estimate.
        by: the bill that has its account, or a newer estimate of it.
        lacking: the days of its usage that are before or after those of the bill; empty if none are.
    """

    estimate: CostLoad
    by: CostLoad
    lacking: Sequence[str] = ()

    def given_way(self) -> GivenWay:
        load = self.estimate
        return GivenWay(load.pk, load.source_id, load.account, load.billed_by_currency)

    def doubts(self) -> list[Doubt]:
        """What answers say of a bill that has fewer days than the estimate had."""
        if not self.lacking:
            return []
        of = f" of account {self.estimate.account}" if self.estimate.account else ""
        return [
            Doubt(
                f"the bill{of} replaces the estimates of source {self.estimate.source_id}, which also had "
                f"usage {' and '.join(self.lacking)}: these days count only as far as the bill has them."
            )
        ]


@dataclass(frozen=True, slots=True)
class Counting:
    """The loads of a moment.

    Args:
        loads: those that count.
        replaced: the estimates that do not, by the id of the load that each gave way to.
    """

    loads: Sequence[CostLoad]
    replaced: Mapping[str, Sequence[Replaced]]


def counting(loads: Sequence[CostLoad]) -> Counting:
    """What counts of the loads that are current at a moment.

    Args:
        loads: all of them, of no more than one kind of made-up or real ones.
    """
    months = {load.billing_period for load in loads if load.is_estimate}
    found = [load for load in loads if load.billing_period in months]
    days = dict(
        CostLoad.objects.filter(pk__in=[load.pk for load in found]).values_list("pk", "usage_days")
        if found
        else ()
    )
    replaced: dict[str, list[Replaced]] = {}
    for each in given_way(found, days):
        replaced.setdefault(each.by.pk, []).append(each)
    gone = {each.estimate.pk for each in chain.from_iterable(replaced.values())}
    return Counting([load for load in loads if load.pk not in gone], replaced)


def given_way(loads: Sequence[CostLoad], days: Mapping[str, Days | None]) -> Iterator[Replaced]:
    """The estimates that do not count, with what they gave way to.

    Args:
        loads: those of some months that are current at a moment.
        days: the days of each by its id, None if they are not known.
    """
    for load in loads:
        if load.is_estimate and (by := _replacing(load, loads, days)):
            lacking = () if by.is_estimate else tuple(_lacking(load, days[load.pk], days[by.pk]))
            yield Replaced(load, by, lacking)


def _replacing(
    estimate: CostLoad, loads: Sequence[CostLoad], days: Mapping[str, Days | None]
) -> CostLoad | None:
    """The load that an estimate gives way to; None if it counts."""
    others = [load for load in loads if load.billing_period == estimate.billing_period]
    bills = (load for load in others if not load.is_estimate and _has(load, days[load.pk], estimate))
    # Of two estimates of an account, by two sources, the newer one counts.
    newer = [load for load in others if load.is_estimate and _is_newer(load, estimate)]
    return next(bills, None) or max(newer, key=_age, default=None)


def _is_newer(load: CostLoad, estimate: CostLoad) -> bool:
    """Whether a load is a newer estimate of the same account, by another source."""
    is_other = load.source_id != estimate.source_id and _age(load) > _age(estimate)
    return is_other and _subject(load) == _subject(estimate)


def _subject(estimate: CostLoad) -> tuple[str, Collection[tuple[str, str]]]:
    """What an estimate is of: an account of a cloud, or what of a billing account is of no account."""
    if estimate.account:
        return estimate.account.casefold(), {(cloud, "") for cloud in estimate.accounts}
    return "", _names(estimate.accounts)


def _age(load: CostLoad) -> tuple[object, str]:
    return load.current_from, load.pk


def _has(bill: CostLoad, days: Days | None, estimate: CostLoad) -> bool:
    """Whether a bill has the account of an estimate.

    An account tells: it is of one billing account, which Azure and people name in several ways. A bill that
    names no accounts has all of its billing account, and so has one of which they are not known.
    """
    for cloud, billing in _names(estimate.accounts):
        for name in bill.accounts.get(cloud, {}):
            named = {account.casefold() for account in (days or {}).get(cloud, {}).get(name, {})} - {""}
            if estimate.account and named:
                if estimate.account.casefold() in named:
                    return True
            elif _is_of(name, billing):
                return True
    return False


def _names(accounts: Mapping[str, Mapping[str, object]]) -> set[tuple[str, str]]:
    """The cloud and the billing account of each."""
    return {(cloud, name) for cloud, names in accounts.items() for name in names}


def _is_of(name: str, billing: str) -> bool:
    """Whether a billing account is another, or a billing profile of it, as Azure has them."""
    return bool(billing) and f"{name.casefold()}/".startswith(f"{billing.casefold()}/")


def _lacking(estimate: CostLoad, days: Days | None, of_bill: Days | None) -> Iterator[str]:
    """The days of an estimate before and after those of a bill, in words; none if they are not known."""
    first, last = _span(days or {}, "")
    if not first or of_bill is None:
        return
    begins, ends = _span(of_bill, estimate.account.casefold())
    if not begins:
        yield f"from {first} through {last}"
        return
    if first < begins:
        yield f"from {first} until {begins}"
    if last > ends:
        yield f"after {ends} through {last}"


def _span(days: Days, account: str) -> tuple[str, str]:
    """The first and last day of usage of an account, or of all if no charge names it; "" if there is none."""
    spans = [
        (name.casefold(), span)
        for billing in days.values()
        for accounts in billing.values()
        for name, span in accounts.items()
    ]
    is_named = bool(account) and any(name == account for name, _ in spans)
    found = [day for name, span in spans for day in span if day and (name == account or not is_named)]
    return min(found, default=""), max(found, default="")
