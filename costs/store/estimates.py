"""Which loads of a moment count: an estimate gives way to the bill of its account and month.

Nothing is written when it does: the loads of each moment tell. So it does in any order of arrival, answers as
of a past moment have what counted then, and an estimate counts again once the bill is withdrawn.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from itertools import groupby
from typing import Any

from catalog.pricing.decimals import EXACT, plain
from costs.models import CostLoad
from costs.store.base import Doubt, GivenWay, UsageDays
from costs.wording import quoted

_AWS = "aws"
_AWS_ACCOUNT = re.compile(r"[0-9]{12}")
_SPACING = re.compile(r"[\s-]")
# Of what the estimates have. Bills differ from them by rounding, late usage, discounts and credits.
_FAR_LESS = Decimal("0.75")
_MAX_RUNS = 3
# As CostLoad.usage_days has them.
Days = UsageDays
Money = Mapping[str, Decimal]


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
        if self.instead is not None and _is_far_less(self.instead, self.had):
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
        month = [_Accounts(load, days.get(load.pk)) for load in of_month if load.pk in days]
        bills = [each for each in month if not each.load.is_estimate]
        newest: dict[object, _Accounts] = {}
        for estimate in sorted((each for each in month if each.load.is_estimate), key=_age):
            newest[estimate.subject] = estimate
        pairs = list[_Pair]()
        for estimate in (each for each in month if each.load.is_estimate):
            by = next((bill for bill in bills if bill.has(estimate)), newest[estimate.subject])
            if by is not estimate:
                pairs.append((estimate, by))
                gone.add(estimate.load.pk)
            elif told := [doubt for bill in bills for doubt in _may_be_twice(estimate, bill)]:
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
            _add(sums, estimate.load.billed_by_currency)
    for estimate, by in pairs:
        place = by.place_of(estimate)
        yield Replaced(
            estimate.load,
            by.load,
            [] if by.load.is_estimate else list(_lacking(estimate, by)),
            by.money(place),
            had[by.load.pk, place] if estimate.load.pk in newest else {},
            is_named=place == estimate.account,
        )


def _month(load: CostLoad) -> str:
    return load.billing_period


def _age(estimate: _Accounts) -> tuple[object, str]:
    return estimate.load.current_from, estimate.load.pk


class _Accounts:
    """What accounts a load is of.

    Args:
        load: the load.
        days: those of its usage; None if they are not known.
    """

    def __init__(self, load: CostLoad, days: Days | None) -> None:
        self.load, self.days = load, days
        # An account is of one cloud, and so is its estimate.
        self.account = _key(next(iter(load.accounts), ""), load.account)
        # By cloud, each billing account with those that its charges name.
        self.billing = {
            (cloud, name): {_key(cloud, each) for each in self._spelled(cloud, name)} - {""}
            for cloud, names in load.accounts.items()
            for name in names
        }

    def _spelled(self, cloud: str, billing: str) -> Collection[str]:
        """What accounts the charges of a billing account name, as they do; "" if some name none."""
        return (self.days or {}).get(cloud, {}).get(billing, {})

    @property
    def subject(self) -> object:
        """What an estimate is of: an account of a cloud, or what of a billing account is of no account."""
        of = {(cloud, "" if self.account else name) for cloud, name in self.billing}
        return self.account, frozenset(of)

    def has(self, estimate: _Accounts) -> bool:
        """Whether a bill has the account of an estimate.

        An account tells: it is of one billing account, which Azure and people name in several ways. A bill
        that names no accounts has all of its billing account, and so has one of which they are not known.
        """
        return any(
            estimate.account in named if estimate.account and named else _is_of(cloud, name, billing)
            for (cloud, name), named in self.billing.items()
            for of_cloud, billing in estimate.billing
            if cloud == of_cloud
        )

    def may_have(self, estimate: _Accounts) -> bool:
        """Whether a bill does not tell: it names no accounts, and the estimate no billing account."""
        return any(
            cloud == of_cloud and not named and estimate.account == _key(cloud, billing)
            for (cloud, _), named in self.billing.items()
            for of_cloud, billing in estimate.billing
        )

    def has_unnamed(self, estimate: _Accounts) -> bool:
        """Whether a bill of AWS has charges of no account beside those of named ones."""
        return any(
            cloud == of_cloud == _AWS and "" in self._spelled(cloud, name) and _is_of(cloud, name, billing)
            for cloud, name in self.billing
            for of_cloud, billing in estimate.billing
        )

    @cached_property
    def unreadable(self) -> Sequence[str]:
        """What stands where accounts of AWS should, and is no id: programs for sheets cut and round them."""
        names = (
            name
            for billing in self.load.accounts.get(_AWS, {})
            for name in [each for each in self._spelled(_AWS, billing) if each] or [billing]
        )
        return [name for name in names if not _AWS_ACCOUNT.fullmatch(_key(_AWS, name))]

    def place_of(self, estimate: _Accounts) -> str:
        """Where a load has what an estimate is of: its account, or "" if the load does not name it."""
        return estimate.account if estimate.account in self._spans else ""

    def money(self, account: str) -> Money | None:
        """What an account was billed, or what names none; None if it was not noted."""
        if self.days is None:
            return None
        found: dict[str, Decimal] = {}
        for _, _, *noted in self._spans.get(account, ()):
            if not noted:
                return None
            _add(found, {currency: Decimal(amount) for currency, amount in noted[1].items()})
        return found

    @cached_property
    def _spans(self) -> Mapping[str, Sequence[Sequence[Any]]]:
        """What was noted of each account."""
        found: dict[str, list[Sequence[Any]]] = {}
        for cloud, billing in (self.days or {}).items():
            for accounts in billing.values():
                for name, span in accounts.items():
                    found.setdefault(_key(cloud, name), []).append(span)
        return found

    @cached_property
    def _all_usage(self) -> AbstractSet[str]:
        return {day for spans in self._spans.values() for span in spans for day in _days_of(span)}

    def usage(self, account: str) -> AbstractSet[str]:
        """The days of usage of an account, or of all if no charge names it."""
        if account and account in self._spans:
            return {day for span in self._spans[account] for day in _days_of(span)}
        return self._all_usage


def _days_of(span: Sequence[Any]) -> Iterator[str]:
    """The days of usage that were noted; where gaps were not, as if there were none."""
    first, last, *noted = span
    if first:
        gaps = noted[0] if noted else []
        yield from (day for day in _run(first, last) if not any(a <= day <= b for a, b in gaps))


def _run(first: str, last: str) -> list[str]:
    begin = date.fromisoformat(first)
    return [f"{begin + timedelta(days=n)}" for n in range((date.fromisoformat(last) - begin).days + 1)]


def _add(sums: dict[str, Decimal], money: Money) -> None:
    for currency, amount in money.items():
        sums[currency] = EXACT.add(sums.get(currency, Decimal(0)), amount)


def _is_far_less(has: Money, had: Money) -> bool:
    return any(has.get(currency, Decimal(0)) < _FAR_LESS * amount for currency, amount in had.items())


def _money(sums: Money) -> str:
    return " and ".join(f"{plain(amount)} {currency}".strip() for currency, amount in sums.items()) or "0"


# An estimate, and what has replaced it.
_Pair = tuple[_Accounts, _Accounts]


def _key(cloud: str, account: str) -> str:
    """What tells an account from others.

    Azure writes the same id with and without its path, in any case; people write those of AWS with dashes.
    """
    name = account.casefold().rpartition("/")[2]
    return _SPACING.sub("", name) if cloud == _AWS else name


def _is_of(cloud: str, name: str, billing: str) -> bool:
    """Whether a billing account is another, or a billing profile of it, as Azure has them."""
    if cloud == _AWS:
        return bool(billing) and _key(cloud, name) == _key(cloud, billing)
    return bool(billing) and f"{name.casefold()}/".startswith(f"{billing.casefold()}/")


def _lacking(estimate: _Accounts, bill: _Accounts) -> Iterator[str]:
    """The days of an estimate that a bill has no usage on, in words; none if they are not known."""
    had = estimate.usage("")
    if not had or bill.days is None:
        return
    first, last = min(had), max(had)
    has = bill.usage(estimate.account)
    if not has:
        yield f"from {first} through {last}"
        return
    begins, ends = min(has), max(has)
    if first < begins:
        yield f"from {first} until {begins}"
    runs = list(_runs(sorted(day for day in had - has if begins < day < ends)))
    yield from (f"on {a}" if a == b else f"from {a} through {b}" for a, b in runs[:_MAX_RUNS])
    if len(runs) > _MAX_RUNS:
        yield f"on more days until {runs[-1][1]}"
    if last > ends:
        yield f"after {ends} through {last}"


def _runs(days: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The first and last of days that follow each other."""
    numbered = enumerate(date.fromisoformat(day) for day in days)
    for _, run in groupby(numbered, key=lambda each: each[1] - timedelta(days=each[0])):
        found = [f"{day}" for _, day in run]
        yield found[0], found[-1]


def _may_be_twice(estimate: _Accounts, bill: _Accounts) -> Iterator[Doubt]:
    """Why an estimate that counts beside a bill may be in it."""
    has = f"source {bill.load.source_id} has a bill"
    account = f"account {estimate.load.account}"
    if bill.may_have(estimate):
        says = f"{has} that names no accounts: if this one is in it, its estimate counts twice."
        yield Doubt(says, bill.load.source_id)
    elif bill.has_unnamed(estimate):
        says = f"{has} with charges of no account: as far as they are of {account}, they count twice."
        yield Doubt(says, bill.load.source_id)
    if bill.unreadable and _AWS in estimate.load.accounts:
        more = f" and {len(bill.unreadable) - 1:,} more" if len(bill.unreadable) > 1 else ""
        says = (
            f"{has} of account {quoted(bill.unreadable[0])}{more}, which is no id of AWS, 12 digits: if "
            f"{account} is meant, its estimate counts twice."
        )
        yield Doubt(says, bill.load.source_id)
