"""What every machine type costs in a region, kept in memory until prices change.

A list that is sorted by price needs the prices of all machine types, which take a quarter of a second to work
out. They are kept by region and by the sync that they are from, so that no one is shown those of an older
sync, and only until the next price takes effect. What a machine type is billed as never changes.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from threading import Lock

from catalog.models import PricingInfo
from catalog.offers.resources.bill import Bill
from catalog.offers.resources.read import read_bill
from catalog.offers.resources.request import ResourceRequest
from catalog.offers.resources.series import machine_types
from catalog.offers.resources.terms import USAGE_TYPES
from catalog.places import Place
from catalog.pricing.list_prices import Snapshot
from catalog.pricing.resources.quotes import Quote, quotes
from catalog.pricing.resources.wanted import Wanted

# Google has some 45 regions; the prices of one take a third of a megabyte.
MAX_KEPT = 48

# By machine type, then by term.
MachineQuotes = Mapping[str, Mapping[str, Quote]]


@dataclass(frozen=True, slots=True)
class _Kept:
    """The quotes of a region, which hold `until` another price takes effect; None if none is known to."""

    quotes: MachineQuotes
    until: datetime | None


_kept: OrderedDict[tuple[int, str], _Kept] = OrderedDict()
_reading = Lock()
# One at a time: they take the processor, and who waits for the same region finds it done.
_pricing = Lock()


def machine_quotes(place: Place, snapshot: Snapshot) -> MachineQuotes:
    """The quotes of all machine types in a region.

    Args:
        place: a region.
        snapshot: the present; before the first sync nothing is kept.

    Returns:
        By machine type and term. Takes no query if they are kept, otherwise up to four.
    """
    if snapshot.latest is None or snapshot.as_of is not None:
        return _quotes(place, snapshot)
    key = snapshot.latest.pk, place.label
    if found := _find(key, snapshot.at):
        return found
    with _pricing:
        if found := _find(key, snapshot.at):
            return found
        kept = _Kept(_quotes(place, snapshot), _next_change(snapshot.at))
        with _reading:
            _kept[key] = kept
            while len(_kept) > MAX_KEPT:
                _kept.popitem(last=False)
        return kept.quotes


def forget() -> None:
    """Empty the memory, as a test has to that writes SKUs without a sync."""
    with _reading:
        _kept.clear()


def _find(key: tuple[int, str], at: datetime) -> MachineQuotes | None:
    with _reading:
        kept = _kept.get(key)
        if kept is None or (kept.until is not None and kept.until <= at):
            return None
        _kept.move_to_end(key)
        return kept.quotes


def _next_change(at: datetime) -> datetime | None:
    later = PricingInfo.objects.filter(effective_time__gt=at).order_by("effective_time")
    return later.values_list("effective_time", flat=True).first()


def _quotes(place: Place, snapshot: Snapshot) -> MachineQuotes:
    wanted = [Wanted(request, bill, place, term) for request, bill in _bills() for term in USAGE_TYPES]
    texts: dict[str, str] = {}
    found: dict[str, dict[str, Quote]] = {}
    for each, quote in zip(wanted, quotes(wanted, snapshot), strict=True):
        # A few hundred have the same note, of which one text is enough.
        note = texts.setdefault(quote.note, quote.note)
        found.setdefault(each.bill.resource, {})[each.term] = Quote(quote.rate, note)
    return found


@cache
def _bills() -> tuple[tuple[ResourceRequest, Bill], ...]:
    requests = [ResourceRequest(resource=name) for name in machine_types()]
    return tuple((request, read_bill(request)) for request in requests)
