"""The SKUs that sell a thing, by what they are.

Which SKUs are what changes with a sync only, so it is kept in memory from one to the next, a few thousand
things at most.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple, overload

from django.db import connection

from catalog.models import PricingUpdate
from catalog.offers.attributes import Span
from catalog.offers.resources.bill import BEFORE_WORDS, Size
from catalog.places import Place
from catalog.pricing.availability import GLOBAL
from catalog.providers.google_cloud.regions import LIST_PRICE_REGIONS

# Things that are kept; each has some forty SKUs, one a region, of about 400 bytes.
MAX_KEPT = 2000
# A name with words that nobody could read may be of another thing, unless they are the ones that are wanted.
# The driver converts a column that is declared as a boolean or a time, but not what an operator returns.
_SKUS = """
SELECT wanted.key, sku_id, display_name, service_regions, geo_taxonomy_regions, +is_list_price, source,
    destination, span_unit, span_least, span_most, +retired_at
FROM json_each(%s) AS wanted
    CROSS JOIN sku_attributes ON facts = json_extract(wanted.value, '$[0]')
        AND unread = json_extract(wanted.value, '$[1]')
    CROSS JOIN skus USING (sku_id)
"""
# The source of what is the same in all of the world.
WORLDWIDE = "worldwide"


class Offer(NamedTuple):
    """A SKU and where it is sold: in `regions`, by its taxonomy in `reach`; `place` is that of its name.

    Traffic goes from there to `destination`; `span` are the machines that a licence covers.
    """

    sku_id: str
    name: str
    regions: tuple[str, ...]
    reach: tuple[str, ...]
    place: str | None
    retired_at: datetime | None
    destination: str | None = None
    span: Span | None = None

    @property
    def is_everywhere(self) -> bool:
        """Whether it is listed for all regions; its name may have a place even so."""
        return GLOBAL in self.regions or not self.regions

    def covers(self, size: Size | None) -> bool:
        """Whether it is for machines of this size, or for machines of all sizes if there is none."""
        if self.span is None or size is None:
            return self.span is None and size is None
        return self.span.unit == size.unit and (self.span.least, self.span.most) in size.spans


class Offers(Sequence[Offer]):
    """The offers of one thing, found by the places that they are listed for."""

    __slots__ = ("_all", "_by_code", "_everywhere")

    def __init__(self, offers: Iterable[Offer]) -> None:
        self._all = tuple(offers)
        self._everywhere = [offer for offer in self._all if offer.is_everywhere]
        self._by_code: dict[str, list[Offer]] = {}
        for offer in self._all:
            for code in {*offer.regions, *offer.reach}:
                self._by_code.setdefault(code, []).append(offer)

    def near(self, place: Place) -> Iterable[Offer]:
        """Those that are listed for the place, for a wider one or for everywhere."""
        listed = (self._by_code.get(code, ()) for code in (*place.codes, *place.wider))
        return dict.fromkeys(chain(*listed, self._everywhere))

    @overload
    def __getitem__(self, index: int) -> Offer: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Offer, ...]: ...
    def __getitem__(self, index: int | slice) -> Offer | tuple[Offer, ...]:
        return self._all[index]

    def __iter__(self) -> Iterator[Offer]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)


@dataclass(slots=True)
class _Memory:
    """The offers of one sync, by facts."""

    update_id: int | None = None
    offers: dict[str, Offers] = field(default_factory=dict)


_memory = _Memory()


def offers_of(facts: Collection[str], latest: PricingUpdate | None) -> Mapping[str, Offers]:
    """The SKUs that are just what `facts` say, withdrawn ones too.

    Args:
        facts: as the column `facts` of sku_attributes has them.
        latest: the latest completed sync; before the first nothing is kept.

    Returns:
        The offers by facts. Takes one query for those that are not kept.
    """
    kept = _of(latest)
    # Another thread may empty the memory meanwhile.
    found = {each: kept[each] for each in facts if each in kept}
    missing = [each for each in dict.fromkeys(facts) if each not in found]
    if missing:
        loaded = {each: Offers(offers) for each, offers in _load(missing).items()}
        if len(kept) + len(loaded) > MAX_KEPT:
            kept.clear()
        kept.update(loaded)
        found.update(loaded)
    return found


def forget() -> None:
    """Empty the memory, as a test has to that writes SKUs without a sync."""
    _memory.update_id = None


def _of(latest: PricingUpdate | None) -> dict[str, Offers]:
    """What is kept of a sync."""
    if latest is None:
        return {}
    if _memory.update_id != latest.pk:
        # A new dict, since another thread may be reading the old one.
        _memory.offers, _memory.update_id = {}, latest.pk
    return _memory.offers


def _load(facts: Iterable[str]) -> dict[str, list[Offer]]:
    found: dict[str, list[Offer]] = {each: [] for each in facts}
    wanted = {each: _columns(each) for each in found}
    with connection.cursor() as cursor:
        cursor.execute(_SKUS, [json.dumps(wanted)])
        for each, *columns in cursor.fetchall():
            found[each].append(_offer(columns))
    return found


def _columns(stored: str) -> tuple[str, str]:
    """The columns `facts` and `unread`."""
    facts, _, unread = stored.partition(BEFORE_WORDS)
    return facts, unread or " "


def _offer(columns: Sequence[Any]) -> Offer:
    sku_id, name, regions, reach, is_list_price, place, destination, *span, retired_at = columns
    return Offer(
        sku_id,
        name,
        tuple(LIST_PRICE_REGIONS) if is_list_price else _codes(regions),
        _codes(reach or "[]"),
        None if place == WORLDWIDE else place,
        _time(retired_at),
        destination,
        Span(*span) if span[0] else None,
    )


@lru_cache(maxsize=1024)
def _codes(stored: str) -> tuple[str, ...]:
    """The codes of regions; all SKUs together have some hundred lists of them."""
    return tuple(json.loads(stored))


def _time(stored: str | None) -> datetime | None:
    return datetime.fromisoformat(stored).replace(tzinfo=UTC) if stored else None
