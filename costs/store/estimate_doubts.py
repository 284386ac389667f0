"""What makes an estimate, or the bill that it gave way to, doubtful, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby

from costs.store.accounts import AWS, Accounts, Money
from costs.store.base import Doubt
from costs.wording import quoted

# Of what the estimates have. Bills differ from them by rounding, late usage, discounts and credits.
_FAR_LESS = Decimal("0.75")
_MAX_RUNS = 3


def is_far_less(has: Money, had: Money) -> bool:
    """Whether a bill has far less in a currency than the estimates that it replaces."""
    return any(has.get(currency, Decimal(0)) < _FAR_LESS * amount for currency, amount in had.items())


def lacking(estimate: Accounts, bill: Accounts) -> Iterator[str]:
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


def may_be_twice(estimate: Accounts, bill: Accounts) -> Iterator[Doubt]:
    """Why an estimate that counts beside a bill may be in it."""
    has = f"source {bill.load.source_id} has a bill"
    account = f"account {estimate.load.account}"
    if bill.may_have(estimate):
        says = f"{has} that names no accounts: if this one is in it, its estimate counts twice."
        yield Doubt(says, bill.load.source_id)
    elif bill.has_unnamed(estimate):
        says = f"{has} with charges of no account: as far as they are of {account}, they count twice."
        yield Doubt(says, bill.load.source_id)
    if bill.unreadable and AWS in estimate.load.accounts:
        more = f" and {len(bill.unreadable) - 1:,} more" if len(bill.unreadable) > 1 else ""
        says = (
            f"{has} of account {quoted(bill.unreadable[0])}{more}, which is no id of AWS, 12 digits: if "
            f"{account} is meant, its estimate counts twice."
        )
        yield Doubt(says, bill.load.source_id)
