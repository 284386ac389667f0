"""The workflow: takes IDs, places and usage types out of a question; the remaining words are its terms."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from catalog.offers.phrases import Phrases
from catalog.places import DUAL, PLACES, REGION_PART, Place, read_place
from catalog.search.query.comments import with_comment
from catalog.search.query.destination import (
    INTER_REGION,
    between_zones,
    destination_term,
    is_between_machines,
    is_between_regions,
    take_destinations,
    take_listed_destinations,
)
from catalog.search.query.facts import NamedFact, has
from catalog.search.query.machine_types import DATABASE, MACHINE, machine_facts
from catalog.search.query.negation import take_negated
from catalog.search.query.normalize import plain_words
from catalog.search.query.notation import read_notation
from catalog.search.query.ordinary import is_ordinary
from catalog.search.query.patterns import A_PLACE, blank
from catalog.search.query.quantities import speeds_of, take_quantities
from catalog.search.query.reader import take_facts, take_services
from catalog.search.query.settle import Settled, settle
from catalog.search.query.sizes import take_sizes, vcpu_names
from catalog.search.query.terms import Term, deduplicate, read_terms

# Service IDs and SKU IDs have the same form.
ID = re.compile(r"\b[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}\b", re.IGNORECASE)
PLACE = re.compile(A_PLACE)
# What has a SKU for each size of machine.
OF_SIZES = frozenset({"os", "engine", "shape"})
POD = ("pod",)
OF_SPEEDS = {
    ("network", "interconnect"),
    *(("part", part) for part in ("circuit", "vlan", "vm-bandwidth", "tier1")),
}
LICENCE = (("part", "licence"),)
DUAL_REGION = "dual region"
# The words for traffic whose two ends are regions.
BETWEEN_REGIONS = "between regions"
ONE_REGION = re.compile(r"\b(?:single|one) (?:region|location)\b")
# What is sold for several regions together is not meant by one region.
SEVERAL_REGIONS = ("location_type=multi", "location_type=dual")


@dataclass(frozen=True, slots=True)
class Question:
    """What a query asks for.

    `service_terms` are all words as terms, for the names of services. `text` is the whole query, folded and
    corrected, `typed` the query itself. `place_words` are the words that `place` was read from. `corrected`
    pairs misspelled words with their corrections, `unknown` are words that the catalog does not contain,
    `unread` settings that search does not know, `foreign` other companies' products, and `left_out` words for
    things that have SKUs of their own. `negated` are words and facts, such as "term=spot", that mark a SKU as
    not meant.
    """

    terms: tuple[Term, ...] = ()
    service_terms: tuple[Term, ...] = ()
    facts: tuple[NamedFact, ...] = ()
    ids: tuple[str, ...] = ()
    place: Place | None = None
    place_words: tuple[str, ...] = ()
    corrected: tuple[tuple[str, str], ...] = ()
    unknown: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    quantity: tuple[str, ...] = ()
    has_size: bool = False
    has_machine: bool = False
    negated: tuple[str, ...] = ()
    text: str = ""
    typed: str = ""

    @property
    def is_foreign(self) -> bool:
        """Whether nothing was read out of a question that is mostly in another script."""
        letters = [char for char in self.typed if char.isalpha()]
        latin = sum("LATIN" in unicodedata.name(char, "") for char in letters)
        return not self.facts and not self.place and latin * 2 < len(letters)

    @property
    def settled(self) -> frozenset[str]:
        """The attributes of which the question names one value."""
        return frozenset(fact.attribute for fact in self.facts if len(fact.facts) == 1)

    @property
    def unknown_names(self) -> list[str]:
        """The unknown words that are no ordinary English: names of things that the catalog lacks."""
        words = (word for word in self.unknown if len(word) > 1 and word.isalpha())
        return [word for word in words if not is_ordinary(word)]

    @property
    def attributes(self) -> frozenset[str]:
        """The attributes that the question names."""
        return frozenset(fact.attribute for fact in self.facts)

    @property
    def words(self) -> list[str]:
        """The words that were read, but for places, usage types and terms that are only implied."""
        parts = (part for fact in self.facts for part in fact.parts or (fact,) if not part.is_usage_type)
        named = dict.fromkeys(part.word for part in parts if part.word != BETWEEN_REGIONS)
        return list(self.ids) or [*named, *(term.word for term in self.terms if term.word)]


def read_question(
    query: str,
    correct: Callable[[str], str] = str,
    base_form: Callable[[str], str] = str,
    services: Phrases[str] | None = None,
) -> Question:
    """Reads IDs, places and facts out of `query`; the remaining words become terms.

    An ID identifies one thing, so the other words of a query with an ID are ignored.

    Args:
        query: as a person wrote it.
        correct: returns the correction of a misspelled word and any other word unchanged.
        base_form: returns the form of a word that the catalog uses, such as "suspended" for "suspend".
        services: the names of the catalog's services, with the slugs of their products.
    """
    typed_text = query.strip()
    ids = tuple(dict.fromkeys(found.upper() for found in ID.findall(query)))
    if ids:
        return Question(ids=ids)
    notation = read_notation(query)
    plain = " ".join(plain_words(with_comment(notation)))
    named, rest = take_services(plain, services) if services else ([], plain)
    typed = [base_form(word) for word in rest.split()]
    # The code of a region that we do not know yet is not a misspelling.
    words = [word if REGION_PART.fullmatch(word) else correct(word) for word in typed]
    corrected = tuple(dict.fromkeys((old, new) for old, new in zip(typed, words, strict=True) if old != new))
    text = " ".join(words)
    spelled = dict(zip(rest.split(), words, strict=True))
    whole = " ".join(spelled.get(word, word) for word in plain.split())
    negated, rest = take_negated(text)
    destinations, rest = take_destinations(rest)
    place, place_words, others, rest = _take_place(rest)
    listed, rest = take_listed_destinations(rest)
    is_exact = is_between_machines(text)
    endpoints = [destination_term(other, is_exact=is_exact) for other in (*others, *listed)]
    endpoints = [between_zones(term, place) for term in deduplicate((*destinations, *endpoints))]
    settled, sizes, rest = _take_facts(rest, named)
    facts = settled.facts
    if is_between_regions(place, endpoints) and not (has(facts, "network") or has(facts, "kind")):
        facts = (*facts, NamedFact(BETWEEN_REGIONS, INTER_REGION))
    quantity, rest = take_quantities(rest)
    speeds = speeds_of(quantity) if any(map(_has_speed, facts)) and not has(facts, "size") else []
    facts += tuple(NamedFact(speed, (("size", speed),)) for speed in speeds[:1])
    # Names of GPUs have the size of their memory: it tells them apart, and nothing else.
    amounts = [Term("", (amount.replace(" ", ""), amount), is_optional=True) for amount in quantity]
    uncertain = {word for _, new in corrected for word in new.split()}
    terms = read_terms(rest, has_more=bool(place or facts or endpoints), uncertain=uncertain)
    return Question(
        terms=(*terms, *sizes, *amounts, *endpoints),
        service_terms=read_terms(whole, has_more=False, uncertain=uncertain),
        facts=facts,
        place=place,
        place_words=place_words,
        corrected=corrected,
        quantity=quantity,
        has_size=bool(sizes),
        has_machine=MACHINE.search(text) is not None,
        unread=tuple(notation.unread),
        foreign=settled.foreign,
        left_out=settled.left_out,
        negated=(*_marks(negated), *(SEVERAL_REGIONS if ONE_REGION.search(text) else ())),
        text=text,
        typed=typed_text,
    )


def _take_facts(text: str, services: Sequence[NamedFact]) -> tuple[Settled, tuple[Term, ...], str]:
    """The facts in `text`, machine sizes, and the text without them."""
    machines = list(MACHINE.finditer(text))
    sizes, rest = take_sizes(MACHINE.sub("  ", text))
    counts = [int(match["size"]) for match in machines if (match["size"] or "").isdigit()]
    sizes += [("", vcpu_names(count)) for count in counts]
    named, rest = take_facts(rest, services)
    is_database = any(DATABASE in fact.facts or fact.attribute == "engine" for fact in named)
    found = [fact for match in machines for fact in machine_facts(match, is_database=is_database)]
    settled = settle([*services, *found, *named], has_machine=bool(machines))
    # Elsewhere, a number of processors is a quantity.
    has_size = any(map(_has_sizes, settled.facts))
    terms = tuple(Term(word, names, is_optional=True) for word, names in sizes if has_size or names == POD)
    return settled, terms, rest


def _has_speed(fact: NamedFact) -> bool:
    """Whether SKUs of the fact are sold by the speed of a network."""
    return fact.attribute == "link" or any(each in OF_SPEEDS for each in fact.facts)


def _has_sizes(fact: NamedFact) -> bool:
    return fact.attribute in OF_SIZES or fact.facts == LICENCE or DATABASE in fact.facts


def _marks(negated: Iterable[str]) -> tuple[str, ...]:
    """The `negated` phrases with the facts that they name, of which SKUs have either."""
    facts = (fact for phrase in negated for named in take_facts(phrase)[0] for fact in named.facts)
    return tuple(dict.fromkeys((*negated, *map("=".join, facts))))


def _take_place(text: str) -> tuple[Place | None, tuple[str, ...], tuple[str, ...], str]:
    """The place that `text` names, its words, the other places and the remaining text.

    It is the first place named or a narrower one inside it: "Frankfurt, Germany".
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
    if place and DUAL_REGION in text and (dual := _dual_region(place, others)):
        place, others = dual, []
    return place, tuple(taken), _distinct(others), rest


def _dual_region(place: Place, others: Sequence[str]) -> Place | None:
    """The dual-region that consists of `place` and the one other place, or None."""
    named = {place.label, *(other.label for name in others if (other := read_place(name)))}
    return next((place for place in PLACES.values() if _is_dual(place) and named == {*place.within}), None)


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
