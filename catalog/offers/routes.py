"""Places in names: where a SKU is sold, or from where to where its traffic goes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from catalog.offers import DATA
from catalog.offers.phrases import Phrases, texts
from catalog.places import PLACES, REGION_PART, Place, read_place
from catalog.providers.google_cloud.regions import MULTI_REGIONS, REGIONS
from catalog.words import WordListError, entries, keys

CODE_HEADS = frozenset(code.split("-")[0] for code in REGIONS)
ZONE = re.compile("[a-f]")
# Which end of a route a word announces: "source", "destination" or, after the first one, "second".
ENDS = keys(DATA / "routes.txt")


def place_at(tokens: Sequence[str], start: int) -> tuple[int, Place] | None:
    """The place that `tokens` name from `start` on, and where its name ends."""
    if tokens[start] in CODE_HEADS and (found := _code_at(tokens, start)):
        return found
    named = place_names().at(tokens, start)
    return named[0] if named else None


def _code_at(tokens: Sequence[str], start: int) -> tuple[int, Place] | None:
    """The region of a code, of one that the table lacks as well: Google opens regions every year."""
    code, end = " ".join(tokens[start : start + 2]), start + 2
    if end > len(tokens) or not REGION_PART.fullmatch(tokens[start + 1]):
        return None
    place = read_place(code)
    is_zone = end < len(tokens) and ZONE.fullmatch(tokens[end])
    return (end + bool(is_zone), place) if place else None


@cache
def place_names() -> Phrases[Place]:
    """The names of places: those of data/places.txt, then those of catalog.places.

    Raises:
        WordListError: data/places.txt names a member that is no place.
    """
    names: Phrases[Place] = Phrases()
    for _, key, phrases in entries(DATA / "places.txt"):
        label, _, members = (part.strip() for part in key.partition("|"))
        place = (None if members else read_place(label)) or Place(label, _codes(members))
        for phrase in phrases:
            names.add(phrase, place)
    for name, place in PLACES.items():
        names.add(name, place)
    return names


@cache
def place_called(name: str) -> Place | None:
    """The place that `name` is as a whole, by any name that SKUs or people have for it."""
    if place := read_place(name):
        return place
    tokens = texts(name)
    found = place_names().at(tokens, 0) if tokens else []
    return next((place for end, place in found if end == len(tokens)), None)


def _codes(members: str) -> tuple[str, ...]:
    """The codes of all places of a list of names."""
    found: list[str] = []
    for name in filter(None, map(str.strip, members.split(","))):
        place = read_place(name)
        if not place:
            raise WordListError(f"places.txt: {name!r} is no place of catalog.places")
        found += codes_in(place)
    return tuple(dict.fromkeys(found))


def codes_in(place: Place) -> tuple[str, ...]:
    """The codes of a place in a name, of its regions, and of the multi-regions that consist of these."""
    regions = {*place.codes, *place.within, *_around(place)}
    multi = (each.code for each in MULTI_REGIONS.values() if regions.issuperset(each.members))
    return tuple(sorted({*regions, *multi}))


def _around(place: Place) -> list[str]:
    """The regions of the country or continent that a multi-region is called after, as names mean it.

    The multi-region "Asia" has some regions of Asia only.
    """
    members = [REGIONS[code] for code in place.within] if place.is_multi_region else []
    countries, continents = {each.country for each in members}, {each.continent for each in members}
    return [
        region.code
        for region in REGIONS.values()
        if (region.country in countries if len(countries) == 1 else region.continent in continents)
    ]


def codes_by_label() -> dict[str, tuple[str, ...]]:
    """The codes of all places of names, by their labels; a place where nothing is sold has none."""
    return {place.label: codes_in(place) for place in place_names().values()}


@dataclass(slots=True)
class Route:
    """The ends of a route, as far as they have been read, and the end that a preposition announced."""

    source: Place | None = None
    destination: Place | None = None
    _next: str = ""

    def see(self, word: str) -> None:
        """Takes note of a preposition."""
        end = ENDS.get(word)
        if end == "source":
            self._next = "source"
        elif end == "destination" or (end and self.source):
            self._next = "destination"

    def add(self, place: Place) -> None:
        if self._next == "destination":
            self.destination = place
        elif self.source is None and self.destination is None:
            self.source = place
        self._next = ""
