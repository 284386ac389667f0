"""Which SKUs price all machine types, worked out at the end of a sync and stored by region.

A page of machines then reads one row in place of some thousand SKUs in all regions. What is stored are ids:
prices are read from their own tables. It holds for the tables that it was made from, and so only while no run
of the sync has begun since, no other price has taken effect, and the code is the same. Otherwise, as during a
sync, nothing is found, and whoever asks works it out from the tables.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Q

from catalog.models import MachineOffers as Row
from catalog.models import MachineOffersState
from catalog.offers.resources.terms import USAGE_TYPES
from catalog.places import Place, read_place
from catalog.pricing import list_prices
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

# Offers are made by this code and its data.
_CODE = Path(__file__).parents[2]
_ROOMS = ("meters", "offers", "pricing", "providers")
# The number of a price stands for all of it, since its row never changes. It counts once the run that wrote
# it, or a later one, is served.
_PRICES = """
SELECT info.id, info.sku_id, +info.effective_time, info.created_at <= %s
FROM json_each(%s) AS wanted CROSS JOIN pricing_info AS info ON info.sku_id = wanted.value
ORDER BY wanted.id, info.id
"""


class Stored(NamedTuple):
    """The offers of a region, which hold `until` another price takes effect; None if none is known to."""

    offers: MachineOffers
    until: datetime | None


@cache
def code_version() -> str:
    """A digest of all that says which SKU prices what."""
    digest = hashlib.blake2b(digest_size=8)
    files = [file for room in _ROOMS for file in (_CODE / room).rglob("*.*") if file.suffix != ".pyc"]
    for file in (*sorted(files), *sorted(_CODE.glob("*.py"))):
        digest.update(f"{file.relative_to(_CODE)}\n".encode() + file.read_bytes())
    return digest.hexdigest()


def find(place: Place, snapshot: Snapshot) -> Stored | None:
    """The stored offers of all machine types in a region, if they are those that the tables have now.

    Takes one query, and one for their prices if there are any.
    """
    settled = snapshot.state and snapshot.state.settled
    if settled is None or snapshot.as_of is not None:
        return None
    now = Q(state__until=None) | Q(state__until__gt=snapshot.at)
    rows = Row.objects.filter(now, pk=place.label, state__run_id=settled, state__code_version=code_version())
    row = rows.values_list("offers", "state__until").first()
    offers = _read(row[0], snapshot) if row else None
    return Stored(offers, row[1]) if row and offers else None


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
    settled = snapshot.state and snapshot.state.settled
    if settled is None or snapshot.latest is None:
        return 0
    made_from = _made_from(snapshot, settled)
    known = MachineOffersState.objects.filter(pk=made_from.pk).first()
    if known and _is_current(known, made_from, snapshot.at):
        MachineOffersState.objects.filter(pk=known.pk).update(run_id=settled)
        return 0
    return _write(made_from, _rows(made_from, snapshot))


def discard() -> None:
    """Have nobody use what is stored, before something else than a run changes what SKUs are."""
    MachineOffersState.objects.all().delete()


def _is_current(known: MachineOffersState, made_from: MachineOffersState, at: datetime) -> bool:
    is_same = (known.code_version, known.fingerprint) == (made_from.code_version, made_from.fingerprint)
    return is_same and (known.until is None or known.until > at)


def _made_from(snapshot: Snapshot, settled: int) -> MachineOffersState:
    """The SKUs that any machine type may take and their prices, as a digest."""
    wanted = [Wanted(*billed(name), None, term) for name in _firsts() for term in USAGE_TYPES]
    texts = {text: None for each in wanted for text in texts_anywhere(each)}
    found = offers_of(texts, snapshot.latest)
    synced_at = snapshot.update.completed_at if snapshot.update else None
    prices = _prices((offer.sku_id for each in found.values() for offer in each), synced_at)
    digest = hashlib.blake2b(digest_size=16)
    for row in (*((text, *map(tuple, found[text])) for text in texts), *prices):
        digest.update(f"{row}\n".encode())
    times = (
        datetime.fromisoformat(effective).replace(tzinfo=UTC) for _, _, effective, _ in prices if effective
    )
    until = min((time for time in times if time > snapshot.at), default=None)
    return MachineOffersState(1, settled, code_version(), digest.hexdigest(), until)


def _prices(sku_ids: Iterable[str], synced_at: datetime | None) -> list[tuple[int, str, str | None, int]]:
    ids = json.dumps([*dict.fromkeys(sku_ids)])
    with connection.cursor() as cursor:
        cursor.execute(_PRICES, [connection.ops.adapt_datetimefield_value(synced_at), ids])
        rows: list[tuple[int, str, str | None, int]] = cursor.fetchall()
    return rows


def _firsts() -> Iterator[str]:
    return iter(dict.fromkeys(first_alike().values()))


def _rows(made_from: MachineOffersState, snapshot: Snapshot) -> list[Row]:
    pairs = [(name, term) for name in _firsts() for term in USAGE_TYPES]
    places = [place for region in REGIONS if (place := read_place(region))]
    found = machine_offers(pairs, places, snapshot)
    return [
        Row(region=place.label, state=made_from, offers=_text(each))
        for place, each in zip(places, found, strict=True)
    ]


def _text(offers: MachineOffers) -> str:
    rows: dict[str, dict[str, Any]] = {}
    for (name, term), offer in offers.items():
        parts = offer.parts and [(listing.sku.pk, bought) for listing, bought in offer.parts]
        rows.setdefault(name, {})[term] = (offer.note, parts)
    return json.dumps(rows, separators=(",", ":"))


@transaction.atomic
def _write(made_from: MachineOffersState, rows: list[Row]) -> int:
    """Write the regions that differ; returns how many."""
    known = dict(Row.objects.values_list("region", "offers"))
    changed = [row for row in rows if known.get(row.region) != row.offers]
    made_from.save()
    Row.objects.exclude(pk__in=[row.pk for row in rows]).delete()
    fields = ["state", "offers"]
    Row.objects.bulk_create(changed, update_conflicts=True, unique_fields=["region"], update_fields=fields)
    return len(changed)
