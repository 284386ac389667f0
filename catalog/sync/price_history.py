"""Price history: which of the prices that a list shows are news to what the tables hold.

The API stamps a price with a time of the last few hours, which moves at every call. So what tells two
prices apart is their content, never their time, and an unchanged price is no news.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from catalog.providers.records import CURRENCY, LONG_AGO, PricingRecord
from catalog.sync.content_hash import price_hash


class HeldPrice(NamedTuple):
    """A price row: when it took effect and what it says."""

    effective_time: datetime | None
    content_hash: str

    @property
    def began(self) -> datetime:
        return self.effective_time or LONG_AGO


class NewPrice(NamedTuple):
    price: PricingRecord
    content_hash: str


def continued(held: Sequence[HeldPrice], listed: Sequence[PricingRecord], now: datetime) -> list[NewPrice]:
    """The prices that a SKU took on after the one that the tables hold as its latest.

    Args:
        held: its price rows, in the order in which they took effect.
        listed: what the list shows now, oldest first.
        now: the moment of the list.

    Returns:
        Oldest first. None takes effect before the price that it replaces: what the list shows now is what
        applies now, however old the time is that it bears.
    """
    if held and not listed:
        # A price that was withdrawn must not be quoted on: an empty one takes its place.
        listed = [PricingRecord(now, "", CURRENCY, {}, None, ())]
    horizon = max([now, *(price.effective_time or LONG_AGO for price in listed)])
    latest = next((price for price in reversed(held) if price.began <= horizon), None)
    news: list[NewPrice] = []
    last = latest.content_hash if latest else None
    for price in listed:
        content_hash = price_hash(price)
        if latest and content_hash == latest.content_hash:
            news.clear()
        elif content_hash != last:
            news.append(NewPrice(_not_before(price, latest), content_hash))
        last = content_hash
    return news


def completed(held: Sequence[HeldPrice], listed: Sequence[PricingRecord]) -> list[NewPrice]:
    """The prices of the past that the tables lack; arguments and order as in `continued`."""
    timeline = list(held)
    news = []
    for price in listed:
        content_hash = price_hash(price)
        found = HeldPrice(price.effective_time, content_hash)
        before = [other for other in timeline if other.began <= found.began]
        if found in before or (before and before[-1].content_hash == content_hash):
            continue
        timeline.insert(len(before), found)
        news.append(NewPrice(price, content_hash))
    return news


def _not_before(price: PricingRecord, latest: HeldPrice | None) -> PricingRecord:
    if latest is None or (price.effective_time or LONG_AGO) >= latest.began:
        return price
    return replace(price, effective_time=latest.effective_time)
