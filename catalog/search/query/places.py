"""Places in a question: where a thing is sold, or the ends of traffic."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from catalog.offers.kinds import attributes
from catalog.places import DUAL, PLACES, REGION_CODE, Place, read_place
from catalog.search.query.dictionary import SUBJECTS
from catalog.search.query.facts import NamedFact, has
from catalog.search.query.patterns import A_PLACE, any_of, blank

PLACE = re.compile(A_PLACE)
DUAL_REGION, BETWEEN = (re.compile(any_of(SUBJECTS[subject])) for subject in ("dual region", "between"))
ZONE = re.compile(rf"\b{REGION_CODE.pattern.removesuffix('?')}\b")


@dataclass(frozen=True, slots=True)
class TakenPlaces:
    """The first `place` of a question, the `words` for it, `others` as named, and the text without them."""

    place: Place | None
    words: tuple[str, ...]
    others: tuple[str, ...]
    rest: str


def take_places(text: str) -> TakenPlaces:
    """The places in `text`, of which the first is the one named first or a narrower one inside it.

    "Frankfurt, Germany" is one place.
    """
    place: Place | None = None
    taken: list[str] = []
    others: list[str] = []
    rest = text
    for match in PLACE.finditer(text):
        found = read_place(match[0])
        if found is None:
            continue
        rest = blank(rest, match)
        if place and not (place.covers(found) or found.covers(place)):
            others.append(match[0])
            continue
        if place is None or _is_dual(found) or (place.covers(found) and not _is_dual(place)):
            place = found
        taken.append(match[0])
    return TakenPlaces(place, tuple(taken), _distinct(others), rest)


def zones_in(text: str) -> list[str]:
    """The zones that `text` names, such as "us central1 a"."""
    return [match[0] for match in ZONE.finditer(text)]


def is_route(text: str, facts: Iterable[NamedFact]) -> bool:
    """Whether several places in `text` are the ends of traffic, and not places to buy a thing in."""
    things = [fact for fact in facts if fact.attribute not in {"product", "term"}]
    if DUAL_REGION.search(text):
        return False
    return not things or bool(BETWEEN.search(text)) or has(things, "network") or any(map(_is_traffic, things))


def together(taken: TakenPlaces) -> TakenPlaces:
    """Several places to buy in as one: the dual-region that consists of them, else a list of places."""
    found = (taken.place, *map(read_place, taken.others))
    places = [place for place in found if place]
    if len(places) <= 1:
        return taken
    words = (*taken.words, *taken.others)
    return TakenPlaces(_dual_region(places) or _list_of(places), words, (), taken.rest)


def _is_traffic(fact: NamedFact) -> bool:
    return any("=".join(each) in attributes("traffic") for each in fact.facts)


def _dual_region(places: Sequence[Place]) -> Place | None:
    labels = {place.label for place in places}
    return next((place for place in PLACES.values() if _is_dual(place) and labels == {*place.within}), None)


def _list_of(places: Sequence[Place]) -> Place:
    def all_of(name: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(each for place in places for each in getattr(place, name)))

    label = ", ".join(place.label for place in places)
    lists = {name: all_of(name) for name in ("codes", "wider", "within", "names", "around")}
    return Place(label, **lists, members=tuple(places))


def _is_dual(place: Place) -> bool:
    """Whether `place` is a dual-region, which people also name by its two regions."""
    return len(place.within) == DUAL


def _distinct(names: Sequence[str]) -> tuple[str, ...]:
    """Drops places equal to or inside another named place."""
    kept: dict[str, Place] = {}
    for name in names:
        found = read_place(name)
        if found and not any(place.covers(found) or found.covers(place) for place in kept.values()):
            kept[name] = found
    return tuple(kept)
