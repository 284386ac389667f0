"""The far end of traffic, which is a part of the name: "Egress from London to Sydney"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from catalog.places import Place, read_place
from catalog.search.query.dictionary import FAR_PLACES
from catalog.search.query.patterns import A_PLACE, any_of, blank
from catalog.search.query.terms import WEIGHT, WEIGHT_OF_LISTED, Term

# The far end is what traffic goes to, or comes from. Where ingress names both, which of them it is sold at
# differs, so both are.
FAR_PLACE = re.compile(any_of(FAR_PLACES))
# Nothing is sold in Munich: only traffic goes there, and a core "in Munich" is not one of the area around it.
TRAFFIC = re.compile(
    r"\b(?:egress|ingress|(?:in|out)bound|incoming|outgoing|traffic|transfer\w*|bandwidth|network\w*|internet|vpn"
    r"|cdn|caches?|download\w*|upload\w*|interconnect|peering|replicat\w*|send\w*|sent|cop(?:y|ies|ied|ying)|data)\b"
)
_END = rf" (?:the )?(?P<place>{any_of(FAR_PLACES)}|{A_PLACE})"
TO, FROM, FROM_OR_TO = (
    re.compile(rf"\b(?P<end>{end}){_END}") for end in ("to|into|destinations?", "from", "from|to")
)
# "Our users are in India."
PEOPLE = re.compile(
    r"\b(caches?|clients|customers|edge|people|players|users|viewers|visitors)(?: are| sit| live| mostly)* in"
    rf"(?= (?:the )?{A_PLACE})"
)
OUTBOUND = re.compile(r"\b(?:egress|outbound|outgoing|(?:data|traffic|transfer) out|internet|cdn)\b")
# Downloads have SKUs for these parts of the world and one for the rest.
ELSEWHERE = frozenset({"apac", "asia", "asia pacific", "australia", "china", "oceania"})
WORLDWIDE = "worldwide destinations"
# "To Sydney, Australia"
NEXT_PLACE = re.compile(rf" {A_PLACE}")
INBOUND = re.compile(r"\b(?:ingress|inbound|incoming|data transfer in)\b|(?<!fill )\binto\b")
BOTH_ENDS = re.compile(r"\bfrom\b.*\bto\b")
# Traffic between machines has a region at its far end; that of other things has a continent.
MACHINES = re.compile(r"\b(?:vms?|instances?|vpc|(?:private|internal) ips?)\b")
NO_MACHINES = re.compile(
    r"\b(?:buckets?|gcs|storage|objects?|files?|snapshots?|cdn|interconnect|internet"
    r"|clients?|customers?|players?|users?|viewers?|visitors?)\b"
)


def take_far_ends(text: str) -> tuple[tuple[Term, ...], str]:
    """The far ends that `text` names as such, and the text without them."""
    ends, is_exact = TO, is_between_machines(text)
    if OUTBOUND.search(text):
        text = PEOPLE.sub(r"\1 to", text)
    if INBOUND.search(text):
        ends = FROM_OR_TO if BOTH_ENDS.search(text) else FROM
    terms = []
    for match in list(ends.finditer(text)):
        if FAR_PLACE.fullmatch(match["place"]) and not TRAFFIC.search(text):
            continue
        end, place = "from" if match["end"] == "from" else "to", read_place(match["place"])
        spellings = tuple(_spellings(end, match["place"], place, is_exact=is_exact))
        terms.append(Term(match[0], spellings, weight=WEIGHT_OF_LISTED + WEIGHT))
        text = blank(text, match)
        around = NEXT_PLACE.match(text, match.end())
        if place and around and (wider := read_place(around[0])) and wider.covers(place):
            text = blank(text, around)
    return tuple(terms), text


def take_far_places(text: str) -> tuple[list[str], str]:
    """Places that nothing is sold in, a far end of traffic wherever they stand, and the text without them."""
    if not TRAFFIC.search(text):
        return [], text
    names = []
    for match in list(FAR_PLACE.finditer(text)):
        names.append(match[0])
        text = blank(text, match)
    return names, text


def is_between_machines(text: str) -> bool:
    return bool(MACHINES.search(text)) and not NO_MACHINES.search(text)


def far_end(words: str, place: Place | None = None, *, is_exact: bool = False) -> Term:
    """A place beside the one that something is sold in: traffic goes there, or names have both.

    Args:
        words: the place as the question has it.
        place: what `words` were read as.
        is_exact: the continent around the place will not do.
    """
    spellings = _spellings("to", words, place or read_place(words), is_exact=is_exact)
    return Term(words, (*spellings, words), weight=WEIGHT_OF_LISTED)


def between_zones(term: Term, place: Place | None) -> Term:
    """The far end `term`; where it is the place itself, traffic is between zones."""
    end = read_place(term.word.split(" ", 1)[-1])
    if not place or not end or end.codes != place.codes:
        return term
    return replace(term, spellings=("inter zone", *term.spellings))


def _spellings(end: str, name: str, place: Place | None, *, is_exact: bool) -> Iterator[str]:
    """Names have a region after "to"; storage's have continents and countries after "between", "download"."""
    here, around = ((name, *place.names), place.around) if place else ((name,), FAR_PLACES.get(name, ()))
    region = place.names[0] if place and len(place.codes) == 1 and not place.within and place.names else None
    if is_exact and region:
        around = ()
    for known in dict.fromkeys(here):
        yield f"{end} {known}" if known == region or known[-1].isdigit() else _any_end(end, known)
    yield from (_any_end(end, known) for known in around)
    if ELSEWHERE.isdisjoint((*here, *around)):
        yield _any_end(end, WORLDWIDE)


def _any_end(end: str, name: str) -> str:
    return "|".join(f"{word} {name}" for word in (end, "between", "and", "download"))
