"""The kind of traffic that the two ends of a route say: between regions, between zones, within a zone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from catalog.offers.vocabulary import Fact
from catalog.places import Place, read_place
from catalog.search.query.facts import NamedFact
from catalog.search.query.terms import Term

INTER_REGION, INTER_ZONE, INTRA_ZONE = (
    NamedFact(words, (("network", value),))
    for words, value in (
        ("between regions", "inter-region"),
        ("between zones", "inter-zone"),
        ("within a zone", "intra-zone"),
    )
)
# The words for a kind of traffic that a question does not name.
BETWEEN_PLACES = frozenset({INTER_REGION.word, INTER_ZONE.word, INTRA_ZONE.word})
BOTH_ENDS = 2


@dataclass(frozen=True, slots=True)
class Route:
    """Where traffic comes from, the terms for its other end, and the zones that are named."""

    place: Place | None
    endpoints: tuple[Term, ...]
    zones: Sequence[str]

    @property
    def kind(self) -> NamedFact | None:
        """The kind of traffic that the places say; None if they leave it open."""
        ends = [self.place, *(_place_of(term) for term in self.endpoints)]
        regions = [end.codes for end in ends if end and len(end.codes) == 1 and not end.within]
        is_between_zones = len(self.zones) == BOTH_ENDS and len(ends) == 1
        if len(regions) < len(ends) or (len(ends) != BOTH_ENDS and not is_between_zones):
            return None
        if len({*regions}) == BOTH_ENDS:
            return INTER_REGION
        return INTRA_ZONE if len(self.zones) == BOTH_ENDS and len({*self.zones}) == 1 else INTER_ZONE


def with_kind_of_traffic(
    facts: tuple[NamedFact, ...], route: Route
) -> tuple[tuple[NamedFact, ...], tuple[Term, ...]]:
    """The facts with the kind of traffic that `route` says, unless they name one, and the terms for its end.

    Within a region, the end is the region itself, which no SKU for such traffic names.
    """
    kind = route.kind
    if kind is None or any(map(_is_kind, facts)):
        return facts, route.endpoints
    (fact,) = kind.facts
    kept = tuple(each for each in facts if not _may_be(each, fact))
    return (*kept, kind), route.endpoints if kind is INTER_REGION else ()


def _is_kind(fact: NamedFact) -> bool:
    """Whether the fact says which traffic is meant, or that what is copied is meant."""
    return fact.attribute == "kind" or (fact.attribute == "network" and len(fact.facts) == 1)


def _may_be(fact: NamedFact, kind: Fact) -> bool:
    return fact.attribute == "network" and kind in fact.facts


def _place_of(term: Term) -> Place | None:
    return read_place(term.word.split(" ", 1)[-1]) or read_place(term.word)
