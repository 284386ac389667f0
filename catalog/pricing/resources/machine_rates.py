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
from threading import Lock

from catalog.models import PricingInfo
from catalog.places import Place
from catalog.pricing.list_prices import Snapshot
from catalog.pricing.resources import machine_store
from catalog.pricing.resources.machine_offers import MachineOffers, first_alike, machine_offers, quote
from catalog.pricing.resources.quotes import Quote

# Google has some 45 regions; the prices of one take a third of a megabyte.
MAX_KEPT = 48

# By machine type and term.
MachineQuotes = Mapping[tuple[str, str], Quote]


@dataclass(frozen=True, slots=True)
class _Kept:
    """Quotes of a region, which hold `until` another price takes effect; None if none is known to.

    `offers` are those that are stored, from which the quotes are worked out, if they are current.
    """

    until: datetime | None
    offers: MachineOffers | None
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
        At least all that is asked for. Takes no query if it is kept, otherwise two if the region's offers are
        stored, else those of `machine_offers` and two more.
    """
    pairs = [(name, term) for name in names for term in terms]
    if snapshot.latest is None or snapshot.as_of is not None:
        return _quotes(pairs, place, snapshot, None)
    kept = _of_region(snapshot.latest.pk, place, snapshot)
    if not kept.quotes.keys() >= {*pairs}:
        with _pricing:
            missing = [pair for pair in pairs if pair not in kept.quotes]
            kept.quotes.update(_quotes(missing, place, snapshot, kept.offers))
    return kept.quotes


def forget() -> None:
    """Empty the memory, as a test has to that writes SKUs without a sync."""
    with _reading:
        _kept.clear()


def _of_region(update_id: int, place: Place, snapshot: Snapshot) -> _Kept:
    """What is kept of a region, to add to."""
    key = update_id, place.label
    with _reading:
        kept = _kept.get(key)
        if kept and (kept.until is None or kept.until > snapshot.at):
            _kept.move_to_end(key)
            return kept
    stored = machine_store.find(place, snapshot)
    kept = _Kept(stored.until, stored.offers) if stored else _Kept(_next_change(snapshot.at), None)
    with _reading:
        _kept[key] = kept
        _kept.move_to_end(key)
        while len(_kept) > MAX_KEPT:
            _kept.popitem(last=False)
    return kept


def _next_change(at: datetime) -> datetime | None:
    later = PricingInfo.objects.filter(effective_time__gt=at).order_by("effective_time")
    return later.values_list("effective_time", flat=True).first()


def _quotes(
    pairs: Collection[tuple[str, str]], place: Place, snapshot: Snapshot, stored: MachineOffers | None
) -> dict[tuple[str, str], Quote]:
    alike = first_alike()
    firsts = dict.fromkeys((alike[name], term) for name, term in pairs)
    offers = machine_offers(firsts, [place], snapshot)[0] if stored is None else stored
    return {(name, term): quote(name, term, place, offers[alike[name], term]) for name, term in pairs}
