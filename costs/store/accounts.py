"""What accounts a load is of, as estimates and bills name them, with their days of usage and their money."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from catalog.pricing.decimals import EXACT
from costs.models import CostLoad
from costs.store.base import UsageDays

AWS = "aws"
_AWS_ACCOUNT = re.compile(r"[0-9]{12}")
_SPACING = re.compile(r"[\s-]")
Money = Mapping[str, Decimal]


class Accounts:
    """What accounts a load is of.

    Args:
        load: the load.
        days: those of its usage; None if they are not known.
    """

    def __init__(self, load: CostLoad, days: UsageDays | None) -> None:
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

    def has(self, estimate: Accounts) -> bool:
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

    def may_have(self, estimate: Accounts) -> bool:
        """Whether a bill does not tell: it names no accounts, and the estimate no billing account."""
        return any(
            cloud == of_cloud and not named and estimate.account == _key(cloud, billing)
            for (cloud, _), named in self.billing.items()
            for of_cloud, billing in estimate.billing
        )

    def has_unnamed(self, estimate: Accounts) -> bool:
        """Whether a bill of AWS has charges of no account beside those of named ones."""
        return any(
            cloud == of_cloud == AWS and "" in self._spelled(cloud, name) and _is_of(cloud, name, billing)
            for cloud, name in self.billing
            for of_cloud, billing in estimate.billing
        )

    @cached_property
    def unreadable(self) -> Sequence[str]:
        """What stands where accounts of AWS should, and is no id: programs for sheets cut and round them."""
        names = (
            name
            for billing in self.load.accounts.get(AWS, {})
            for name in [each for each in self._spelled(AWS, billing) if each] or [billing]
        )
        return [name for name in names if not _AWS_ACCOUNT.fullmatch(_key(AWS, name))]

    def place_of(self, estimate: Accounts) -> str:
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
            add(found, {currency: Decimal(amount) for currency, amount in noted[1].items()})
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


def add(sums: dict[str, Decimal], money: Money) -> None:
    """Add money to sums by currency, exactly."""
    for currency, amount in money.items():
        sums[currency] = EXACT.add(sums.get(currency, Decimal(0)), amount)


def _key(cloud: str, account: str) -> str:
    """What tells an account from others.

    Azure writes the same id with and without its path, in any case; people write those of AWS with dashes.
    """
    name = account.casefold().rpartition("/")[2]
    return _SPACING.sub("", name) if cloud == AWS else name


def _is_of(cloud: str, name: str, billing: str) -> bool:
    """Whether a billing account is another, or a billing profile of it, as Azure has them."""
    if cloud == AWS:
        return bool(billing) and _key(cloud, name) == _key(cloud, billing)
    return bool(billing) and f"{name.casefold()}/".startswith(f"{billing.casefold()}/")
