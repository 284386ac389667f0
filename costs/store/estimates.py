"""Which loads of a moment count: an estimate gives way to the bill of its account and month.

Nothing is written when it does: the loads of each moment tell. So it does in any order of arrival, answers as
of a past moment have what counted then, and an estimate counts again once the bill is withdrawn.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, groupby

from costs.models import CostLoad
from costs.store.base import Doubt, GivenWay
from costs.wording import quoted

_AWS = "aws"
_AWS_ACCOUNT = re.compile(r"[0-9]{12}")
_SPACING = re.compile(r"[\s-]")
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
        for estimate in (each for each in month if each.load.is_estimate):
            by = next((bill for bill in bills if bill.has(estimate)), newest[estimate.subject])
            if by is not estimate:
                lacking = [] if by.load.is_estimate else list(_lacking(estimate, by))
                replaced.setdefault(by.load.pk, []).append(Replaced(estimate.load, by.load, lacking))
                gone.add(estimate.load.pk)
            elif told := [doubt for bill in bills for doubt in _may_be_twice(estimate, bill)]:
                doubts[estimate.load.pk] = told
    return Counting([load for load in loads if load.pk not in gone], replaced, doubts)


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

    @cached_property
    def _usage(self) -> Mapping[str, Sequence[str]]:
        """The first and last days of usage by account."""
        found: dict[str, list[str]] = {}
        for cloud, billing in (self.days or {}).items():
            for accounts in billing.values():
                for name, span in accounts.items():
                    found.setdefault(_key(cloud, name), []).extend(filter(None, span))
        return found

    @cached_property
    def _all_usage(self) -> Sequence[str]:
        return [*chain.from_iterable(self._usage.values())]

    def span(self, account: str) -> tuple[str, str]:
        """The first and last day of usage of an account, or of all if no charge names it; "" if none."""
        found = self._usage.get(account, self._all_usage) if account else self._all_usage
        return min(found, default=""), max(found, default="")


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
    """The days of an estimate before and after those of a bill, in words; none if they are not known."""
    first, last = estimate.span("")
    if not first or bill.days is None:
        return
    begins, ends = bill.span(estimate.account)
    if not begins:
        yield f"from {first} through {last}"
        return
    if first < begins:
        yield f"from {first} until {begins}"
    if last > ends:
        yield f"after {ends} through {last}"


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
