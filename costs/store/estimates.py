"""Which loads of a moment count: an estimate gives way to the bill of its account and month.

Nothing is written when it does: the loads of each moment tell. So it does in any order of arrival, answers as
of a past moment have what counted then, and an estimate counts again once the bill is withdrawn.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby

from catalog.pricing.decimals import plain
from costs.models import CostLoad
from costs.store.accounts import Accounts, Money, add
from costs.store.base import Doubt, GivenWay, UsageDays
from costs.store.estimate_doubts import is_far_less, lacking, may_be_twice

# As CostLoad.usage_days has them.
Days = UsageDays


@dataclass(frozen=True, slots=True)
class Replaced:
    """An estimate that does not count.

    Args:
        estimate: the estimate.
        by: the bill that has its account, or a newer estimate of it.
        lacking: the days of its usage that the bill has no usage on, in words; empty if there are none.
        instead: what the bill has of its account, or of no account if it does not name it, by currency;
            None if that is not known.
        had: what the estimates had in that place.
        is_named: whether the bill names its account.
    """

    estimate: CostLoad
    by: CostLoad
    lacking: Sequence[str] = ()
    instead: Money | None = None
    had: Money = field(default_factory=dict)
    is_named: bool = True

    def given_way(self) -> GivenWay:
        load = self.estimate
        instead = self.instead if self.is_named else None
        return GivenWay(load.pk, load.source_id, load.account, load.billed_by_currency, instead)

    def doubts(self) -> Iterator[Doubt]:
        """What answers say of a bill that has fewer days than the estimate had, or far less money."""
        if self.by.is_estimate:
            return
        of = f" of account {self.estimate.account}" if self.estimate.account else ""
        source = self.estimate.source_id
        if self.lacking:
            yield Doubt(
                f"the bill{of} replaces the estimates of source {source}, which also had "
                f"usage {' and '.join(self.lacking)}: these days count only as far as the bill has them."
            )
        if self.instead is not None and is_far_less(self.instead, self.had):
            has = f"{_money(self.instead)}{of if self.is_named else ' of no named account'}"
            yield Doubt(
                f"the bill has {has}, far less than the {_money(self.had)} of the estimates of source "
                f"{source} that it replaces: it may not be whole."
            )


@dataclass(frozen=True, slots=True)
class Counting:
    """The loads of a moment.

    Args:
        loads: those that count.
        replaced: the estimates that do not, by the id of the load that each gave way to.
        doubts: what may make the sums of estimates wrong, by the id of each.
    """

    loads: Sequence[CostLoad]
    replaced: Mapping[str, Sequence[Replaced]] = field(default_factory=dict)
    doubts: Mapping[str, Sequence[Doubt]] = field(default_factory=dict)


# Where nothing gives way.
ALL_COUNT = Counting(())


def counting(loads: Sequence[CostLoad]) -> Counting:
    """What counts of the loads that are current at a moment.

    Args:
        loads: all of them, of no more than one kind of made-up or real ones.
    """
    months = {load.billing_period for load in loads if load.is_estimate}
    if not months:
        return Counting(loads)
    found = [load for load in loads if load.billing_period in months]
    kept = CostLoad.objects.filter(pk__in=[load.pk for load in found]).values_list("pk", "usage_days")
    return of_days(loads, dict(kept))


def of_days(loads: Sequence[CostLoad], days: Mapping[str, Days | None]) -> Counting:
    """The same from the days of loads.

    Args:
        loads: all that are current at a moment.
        days: of each load of a month that has estimates, by its id; None if they are not known.
    """
    replaced: dict[str, list[Replaced]] = {}
    doubts, gone = dict[str, list[Doubt]](), set[str]()
    for _, of_month in groupby(sorted(loads, key=_month), key=_month):
        month = [Accounts(load, days.get(load.pk)) for load in of_month if load.pk in days]
        bills = [each for each in month if not each.load.is_estimate]
        newest: dict[object, Accounts] = {}
        for estimate in sorted((each for each in month if each.load.is_estimate), key=_age):
            newest[estimate.subject] = estimate
        pairs = list[_Pair]()
        for estimate in (each for each in month if each.load.is_estimate):
            by = next((bill for bill in bills if bill.has(estimate)), newest[estimate.subject])
            if by is not estimate:
                pairs.append((estimate, by))
                gone.add(estimate.load.pk)
            elif told := [doubt for bill in bills for doubt in may_be_twice(estimate, bill)]:
                doubts[estimate.load.pk] = told
        for found in _replaced(pairs, {each.load.pk for each in newest.values()}):
            replaced.setdefault(found.by.pk, []).append(found)
    return Counting([load for load in loads if load.pk not in gone], replaced, doubts)


def _replaced(pairs: Sequence[_Pair], newest: Collection[str]) -> Iterator[Replaced]:
    """What is to be said of estimates and what has replaced each.

    Args:
        pairs: the estimates of a month that do not count, each with what does.
        newest: the estimates that have no newer one: of an account, one is compared with the bill.
    """
    had: dict[tuple[str, str], dict[str, Decimal]] = {}
    for estimate, by in pairs:
        if estimate.load.pk in newest:
            sums = had.setdefault((by.load.pk, by.place_of(estimate)), {})
            add(sums, estimate.load.billed_by_currency)
    for estimate, by in pairs:
        place = by.place_of(estimate)
        yield Replaced(
            estimate.load,
            by.load,
            [] if by.load.is_estimate else list(lacking(estimate, by)),
            by.money(place),
            had[by.load.pk, place] if estimate.load.pk in newest else {},
            is_named=place == estimate.account,
        )


def _month(load: CostLoad) -> str:
    return load.billing_period


def _age(estimate: Accounts) -> tuple[object, str]:
    return estimate.load.current_from, estimate.load.pk


def _money(sums: Money) -> str:
    return " and ".join(f"{plain(amount)} {currency}".strip() for currency, amount in sums.items()) or "0"


# An estimate, and what has replaced it.
_Pair = tuple[Accounts, Accounts]
