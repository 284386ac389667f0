"""The other endpoint of network traffic, which SKU names spell out: "Egress from London to Sydney"."""

from __future__ import annotations

import re
from dataclasses import replace

from catalog.places import Place, read_place
from catalog.search.query.dictionary import DESTINATIONS, SUBJECTS
from catalog.search.query.patterns import A_PLACE, any_of, blank
from catalog.search.query.terms import WEIGHT, WEIGHT_OF_LISTED, Term

# The other endpoint is where traffic goes to or, for ingress, comes from. If ingress names both, either may
# be the one at which it is sold, so both count as endpoints.
DESTINATION = re.compile(any_of(DESTINATIONS))
# Nothing is sold in Munich. Only traffic goes there, so a core "in Munich" must not match the area around it.
TRAFFIC = re.compile(any_of(SUBJECTS["traffic"]))
(_FROM,), (_TO,) = SUBJECTS["from"], SUBJECTS["to"]
_ARTICLE = rf"(?:{any_of(SUBJECTS['article'])} )?"
_ENDPOINT = rf" {_ARTICLE}(?P<place>{any_of(DESTINATIONS)}|{A_PLACE})"
TO, FROM, FROM_OR_TO = (
    re.compile(rf"(?P<preposition>{any_of(prepositions)}){_ENDPOINT}")
    for prepositions in ((_TO, *SUBJECTS["other to"]), (_FROM,), (_FROM, _TO))
)
LISTED = re.compile(rf"(?P<source>{any_of(SUBJECTS['from'])} {_ARTICLE})?(?P<place>{any_of(DESTINATIONS)})")
# "Our users are in India."
PEOPLE = re.compile(
    rf"({any_of(SUBJECTS['people and caches'])}) {any_of(SUBJECTS['are in'])}(?= {_ARTICLE}{A_PLACE})"
)
OUTBOUND = re.compile(any_of(SUBJECTS["outbound"]))
# Downloads have SKUs for these parts of the world and one for the rest.
OWN_DOWNLOAD_SKU, (WORLDWIDE,) = frozenset(SUBJECTS["own download"]), SUBJECTS["other downloads"]
# "To Sydney, Australia"
PLACE = re.compile(A_PLACE)
NEXT_PLACE = re.compile(rf" {A_PLACE}")
INBOUND, NOT_INBOUND = (re.compile(any_of(SUBJECTS[subject])) for subject in ("inbound", "not inbound"))
BOTH_ENDPOINTS = re.compile(rf"\b{_FROM}\b.*\b{_TO}\b")
# Traffic between VMs names a region as its destination, other traffic a continent.
MACHINES = re.compile(any_of(SUBJECTS["between machines"]))
NO_MACHINES = re.compile(any_of(SUBJECTS["not between machines"]))
# How SKU names introduce a place at one end of traffic, besides "to" and "from".
PREPOSITIONS = SUBJECTS["before places in names"]


def take_destinations(text: str) -> tuple[tuple[Term, ...], str]:
    """The endpoints that a preposition in `text` points out ("to Sydney"), and the text without them."""
    if not TRAFFIC.search(text) and _is_one_place(text):
        return (), text
    endpoints, is_exact = TO, is_between_machines(text)
    if OUTBOUND.search(text):
        text = PEOPLE.sub(r"\1 to", text)
    if INBOUND.search(NOT_INBOUND.sub("", text)):
        endpoints = FROM_OR_TO if BOTH_ENDPOINTS.search(text) else FROM
    terms = []
    for match in list(endpoints.finditer(text)):
        if DESTINATION.fullmatch(match["place"]) and not TRAFFIC.search(text):
            continue
        preposition = _FROM if match["preposition"] == _FROM else _TO
        place = read_place(match["place"])
        term = _endpoint(preposition, match["place"], place, is_exact=is_exact)
        terms.append(replace(term, word=match[0], weight=WEIGHT_OF_LISTED + WEIGHT))
        text = blank(text, match)
        around = NEXT_PLACE.match(text, match.end())
        if place and around and (wider := read_place(around[0])) and wider.covers(place):
            text = blank(text, around)
    return tuple(terms), text


def _is_one_place(text: str) -> bool:
    """Whether all places in `text` are one, which is no end of a route: "set the region to Iowa"."""
    places = [place for match in PLACE.finditer(text) if (place := read_place(match[0]))]
    return bool(places) and all(place.covers(places[0]) or places[0].covers(place) for place in places)


def take_listed_destinations(text: str, *, is_exact: bool) -> tuple[tuple[Term, ...], str]:
    """The places of DESTINATIONS in a question about traffic as its ends, and the text without them."""
    if not TRAFFIC.search(text):
        return (), text
    terms = []
    for match in list(LISTED.finditer(text)):
        name = match["place"]
        source = _endpoint(_FROM, name, None, is_exact=is_exact)
        terms.append(
            replace(source, word=match[0], weight=WEIGHT_OF_LISTED)
            if match["source"]
            else destination_term(name, is_exact=is_exact)
        )
        text = blank(text, match)
    return tuple(terms), text


def is_between_machines(text: str) -> bool:
    return bool(MACHINES.search(text)) and not NO_MACHINES.search(text)


def destination_term(words: str, place: Place | None = None, *, is_exact: bool = False) -> Term:
    """A second place in a question: traffic goes there, or the SKU name contains both places.

    Args:
        words: the place as the question names it.
        place: `words` as a place, if already read.
        is_exact: do not accept the continent in place of the region.
    """
    term = _endpoint(_TO, words, place or read_place(words), is_exact=is_exact)
    return replace(term, word=words, synonyms=(*term.synonyms, words), weight=WEIGHT_OF_LISTED)


def _endpoint(preposition: str, name: str, place: Place | None, *, is_exact: bool) -> Term:
    """SKU names have regions after "to"; storage SKUs have continents after "between" and "download"."""
    here, around = ((name, *place.names), place.around) if place else ((name,), DESTINATIONS.get(name, ()))
    region = place.names[0] if place and len(place.codes) == 1 and not place.within and place.names else None
    if is_exact and region:
        around = ()
    regions = [known for known in dict.fromkeys(here) if known == region or known[-1].isdigit()]
    areas = [known for known in dict.fromkeys((*here, *around)) if known not in regions]
    if OWN_DOWNLOAD_SKU.isdisjoint((*here, *around)):
        areas.append(WORLDWIDE)
    synonyms = [f"{preposition} {known}" for known in regions]
    synonyms += [f"{word} {area}" for area in areas for word in (preposition, *PREPOSITIONS)]
    return Term(name, tuple(synonyms), places=tuple(areas))
