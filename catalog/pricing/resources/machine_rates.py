"""What machine types cost in a region, kept in memory until prices change.

A list that is sorted by one price needs those of all machine types, but the others of the machines that it
shows alone. All take a quarter of a second to work out, so each is when it is first needed. They are kept by
region and by the sync that they are from, so that no one is shown those of an older sync, and only until the
next price takes effect. What a machine type is billed as never changes.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from sys import intern
from threading import Lock

from catalog.models import PricingInfo
from catalog.offers.resources.bill import Bill
from catalog.offers.resources.read import read_bill
from catalog.offers.resources.request import ResourceRequest
from catalog.places import Place
from catalog.pricing.list_prices import Snapshot
from catalog.pricing.resources.quotes import Quote, quotes
from catalog.pricing.resources.wanted import Wanted

# Google has some 45 regions; the prices of one take a third of a megabyte.
MAX_KEPT = 48

# By machine type and term.
MachineQuotes = Mapping[tuple[str, str], Quote]


@dataclass(frozen=True, slots=True)
class _Kept:
    """Quotes of a region, which hold `until` another price takes effect; None if none is known to."""

    until: datetime | None
    quotes: dict[tuple[str, str], Quote] = field(default_factory=dict)


_kept: OrderedDict[tuple[int, str], _Kept] = OrderedDict()
_reading = Lock()
# One at a time: they take the processor, and who waits for the same region finds it done.
_pricing = Lock()


def machine_quotes(
    names: Collection[str], terms: Collection[str], place: Place, snapshot: Snapshot
) -> MachineQuotes:
    """The quotes of machine types in a region.

    Args:
        names: machine types.
        terms: how they are bought.
        place: a region.
        snapshot: the present; before the first sync nothing is kept.

    Returns:
        At least all that is asked for. Takes no query if it is kept, otherwise those of `quotes`, and one
        more if nothing of the region is.
    """
    pairs = [(name, term) for name in names for term in terms]
    if snapshot.latest is None or snapshot.as_of is not None:
        return _quotes(pairs, place, snapshot)
    kept = _of_region(snapshot.latest.pk, place, snapshot.at)
    if not kept.keys() >= {*pairs}:
        with _pricing:
            kept |= _quotes([pair for pair in pairs if pair not in kept], place, snapshot)
    return kept


def forget() -> None:
    """Empty the memory, as a test has to that writes SKUs without a sync."""
    with _reading:
        _kept.clear()


def _of_region(update_id: int, place: Place, at: datetime) -> dict[tuple[str, str], Quote]:
    """What is kept of a region, to add to."""
    key = update_id, place.label
    with _reading:
        kept = _kept.get(key)
        if kept and (kept.until is None or kept.until > at):
            _kept.move_to_end(key)
            return kept.quotes
    kept = _Kept(_next_change(at))
    with _reading:
        _kept[key] = kept
        _kept.move_to_end(key)
        while len(_kept) > MAX_KEPT:
            _kept.popitem(last=False)
    return kept.quotes


def _next_change(at: datetime) -> datetime | None:
    later = PricingInfo.objects.filter(effective_time__gt=at).order_by("effective_time")
    return later.values_list("effective_time", flat=True).first()


def _quotes(
    pairs: Collection[tuple[str, str]], place: Place, snapshot: Snapshot
) -> dict[tuple[str, str], Quote]:
    wanted = [Wanted(*_billed(name), place, term) for name, term in pairs]
    # A few hundred have the same note, of which one text is enough.
    found = [Quote(each.rate, intern(each.note)) for each in quotes(wanted, snapshot)]
    return dict(zip(pairs, found, strict=True))


@cache
def _billed(name: str) -> tuple[ResourceRequest, Bill]:
    request = ResourceRequest(resource=name)
    return request, read_bill(request)
