"""Price history: which of the listed prices are not in the tables yet.

The API stamps each price with a time within the last few hours, which moves with every call. So prices are
compared by content, never by time, and an unchanged price adds no row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from catalog.providers.records import CURRENCY, LONG_AGO, PricingRecord
from catalog.sync.content_hash import price_hash


class StoredPrice(NamedTuple):
    """A price row: when it took effect, and the hash of its content."""

    effective_time: datetime | None
    content_hash: str

    @property
    def began(self) -> datetime:
        return self.effective_time or LONG_AGO


class NewPrice(NamedTuple):
    """A price to add, with its hash."""

    price: PricingRecord
    content_hash: str


def new_prices(
    stored: Sequence[StoredPrice], listed: Sequence[PricingRecord], now: datetime
) -> list[NewPrice]:
    """The prices of a SKU that follow its latest stored price.

    Args:
        stored: its price rows, in the order in which they took effect.
        listed: its prices in the list, oldest first.
        now: when the list was read.

    Returns:
        Oldest first. A new price never takes effect before the one it replaces: a listed price applies now,
        however old its effective time is.
    """
    if stored and not listed:
        # A withdrawn price must no longer be quoted, so an empty one replaces it.
        listed = [PricingRecord(now, "", CURRENCY, {}, None, ())]
    horizon = max([now, *(price.effective_time or LONG_AGO for price in listed)])
    latest = next((price for price in reversed(stored) if price.began <= horizon), None)
    changes: list[NewPrice] = []
    last = latest.content_hash if latest else None
    for price in listed:
        content_hash = price_hash(price)
        if latest and content_hash == latest.content_hash:
            changes.clear()
        elif content_hash != last:
            changes.append(NewPrice(_not_before(price, latest), content_hash))
        last = content_hash
    return changes


def missing_past_prices(stored: Sequence[StoredPrice], listed: Sequence[PricingRecord]) -> list[NewPrice]:
    """The past prices of a SKU that are not stored; arguments and order as in `new_prices`."""
    timeline = list(stored)
    changes = []
    for price in listed:
        content_hash = price_hash(price)
        found = StoredPrice(price.effective_time, content_hash)
        before = [other for other in timeline if other.began <= found.began]
        if found in before or (before and before[-1].content_hash == content_hash):
            continue
        timeline.insert(len(before), found)
        changes.append(NewPrice(price, content_hash))
    return changes


def _not_before(price: PricingRecord, latest: StoredPrice | None) -> PricingRecord:
    if latest is None or (price.effective_time or LONG_AGO) >= latest.began:
        return price
    return replace(price, effective_time=latest.effective_time)
