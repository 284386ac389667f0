"""The SKUs that sell a thing, by what they are.

They are kept in memory for as long as the tables stay as they are, a few thousand things at most.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple, overload

from django.db import connection

from catalog.offers.attributes import Span
from catalog.offers.resources.bill import BEFORE_WORDS, Size
from catalog.places import Place
from catalog.pricing.availability import GLOBAL
from catalog.pricing.list_prices import Snapshot
from catalog.pricing.memory import Memory
from catalog.providers.google_cloud.regions import LIST_PRICE_REGIONS

# Things that are kept; each has some forty SKUs, one a region, of about 400 bytes.
MAX_KEPT = 2000
# A name with words that nobody could read may be of another thing, unless they are the ones that are wanted.
_SKUS = """
SELECT json_array(
    wanted.key, sku_id, display_name, service_regions, geo_taxonomy_regions, is_list_price, source,
    destination, span_unit, span_least, span_most, retired_at
)
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


_memory: Memory[str, Offers] = Memory(MAX_KEPT)


def offers_of(facts: Collection[str], snapshot: Snapshot) -> Mapping[str, Offers]:
    """The SKUs that are just what `facts` say, withdrawn ones too.

    Args:
        facts: as the column `facts` of sku_attributes has them.
        snapshot: whose tables they are of.

    Returns:
        The offers by facts. Takes one query for those that are not kept.
    """
    found = _memory.find(facts, snapshot.state)
    missing = [each for each in dict.fromkeys(facts) if each not in found]
    if missing:
        with connection.cursor() as cursor:
            cursor.execute(*reading(missing))
            rows = [value for (value,) in cursor.fetchall()]
        found |= keep(missing, rows, snapshot)
    return found


def unread(facts: Collection[str], snapshot: Snapshot) -> list[str]:
    """The facts whose offers are not in memory; none if memory may not be used.

    They may be read within another statement, by `reading`, and put there by `keep`.
    """
    if snapshot.state is None:
        return []
    found = _memory.find(facts, snapshot.state)
    return [each for each in dict.fromkeys(facts) if each not in found]


def reading(facts: Sequence[str]) -> tuple[str, tuple[str]]:
    """A statement with its parameter: a row of one value for each offer of facts."""
    return _SKUS, (json.dumps({each: _columns(each) for each in facts}),)


def keep(facts: Sequence[str], rows: Iterable[str], snapshot: Snapshot) -> dict[str, Offers]:
    """The offers of all these facts, from the rows of `reading`, which are kept in memory."""
    found: dict[str, list[Offer]] = {each: [] for each in facts}
    for row in rows:
        each, *columns = json.loads(row)
        found[each].append(_offer(columns))
    offers = {each: Offers(own) for each, own in found.items()}
    _memory.keep(offers, snapshot.state)
    return offers


def forget() -> None:
    """Empty the memory, as between tests."""
    _memory.forget()


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
