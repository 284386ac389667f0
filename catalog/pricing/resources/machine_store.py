"""Which SKUs price all machine types, worked out at the end of a sync and stored by region.

A page of machines then reads one row in place of some thousand SKUs in all regions. What is stored are ids:
prices are read from their own tables. catalog/pricing/derived.py says for how long it holds.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from catalog.offers.resources.terms import USAGE_TYPES
from catalog.places import Place, read_place
from catalog.pricing import list_prices
from catalog.pricing.derived import Kind, Source, source_of
from catalog.pricing.list_prices import Snapshot, look_up
from catalog.pricing.resources.machine_offers import (
    MachineOffer,
    MachineOffers,
    billed,
    first_alike,
    machine_offers,
)
from catalog.pricing.resources.offers import forget, offers_of
from catalog.pricing.resources.regions import texts_anywhere
from catalog.pricing.resources.wanted import Wanted
from catalog.providers.google_cloud.regions import REGIONS

KIND = Kind("machine offers", ("meters", "offers", "pricing", "providers"))


class Stored(NamedTuple):
    """The offers of a region, which hold `until` another price takes effect; None if none is known to."""

    offers: MachineOffers
    until: datetime | None


def find(place: Place, snapshot: Snapshot) -> Stored | None:
    """The stored offers of all machine types in a region, if they are those that the tables have now.

    Takes one query, and one for their prices if there are any.
    """
    row = KIND.find(place.label, snapshot)
    offers = _read(row.content, snapshot) if row else None
    return Stored(offers, row.until) if row and offers else None


def _read(stored: str, snapshot: Snapshot) -> MachineOffers | None:
    """The offers with their SKUs; None if one of these has no price, which a run may just have withdrawn."""
    rows: dict[str, dict[str, Any]] = json.loads(stored)
    parts = [parts for terms in rows.values() for _, parts in terms.values() if parts]
    ids = {sku_id for each in parts for sku_id, _ in each}
    listings = {sku_id: each for sku_id, each in look_up(ids, snapshot).items() if each.list_price}
    if listings.keys() != ids:
        return None
    return {
        (name, term): MachineOffer(
            note, parts and tuple((listings[sku_id], bought) for sku_id, bought in parts)
        )
        for name, terms in rows.items()
        for term, (note, parts) in terms.items()
    }


def renew() -> int:
    """Make the offers of all regions anew if what they were made from has changed.

    Returns:
        How many regions were written: none while a run of the sync is in progress, whose end renews them.
    """
    forget()
    snapshot = list_prices.snapshot()
    return KIND.renew(lambda: _source(snapshot), lambda: _contents(snapshot), snapshot)


def _source(snapshot: Snapshot) -> Source:
    """The SKUs that any machine type may take and their prices."""
    wanted = [Wanted(*billed(name), None, term) for name in _firsts() for term in USAGE_TYPES]
    texts = {text: None for each in wanted for text in texts_anywhere(each)}
    found = offers_of(texts, snapshot)
    rows = [(text, *map(tuple, found[text])) for text in texts]
    return source_of(rows, (offer.sku_id for each in found.values() for offer in each), snapshot)


def _firsts() -> Iterator[str]:
    return iter(dict.fromkeys(first_alike().values()))


def _contents(snapshot: Snapshot) -> dict[str, str]:
    pairs = [(name, term) for name in _firsts() for term in USAGE_TYPES]
    places = [place for region in REGIONS if (place := read_place(region))]
    found = machine_offers(pairs, places, snapshot)
    return {place.label: _text(each) for place, each in zip(places, found, strict=True)}


def _text(offers: MachineOffers) -> str:
    rows: dict[str, dict[str, Any]] = {}
    for (name, term), offer in offers.items():
        parts = offer.parts and [(listing.sku.pk, bought) for listing, bought in offer.parts]
        rows.setdefault(name, {})[term] = (offer.note, parts)
    return json.dumps(rows, separators=(",", ":"))
