"""The workflow: takes IDs, places and usage types out of a question; the remaining words are its terms."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, product

from catalog.offers.kinds import attributes
from catalog.search.query.comments import with_comment
from catalog.search.query.destination import (
    destination_term,
    is_between_machines,
    take_destinations,
    take_listed_destinations,
)
from catalog.search.query.dictionary import SUBJECTS
from catalog.search.query.facts import NamedFact, has
from catalog.search.query.machine_types import (
    DATABASE,
    MACHINE,
    NamedMachine,
    machine_facts,
    named_machines,
)
from catalog.search.query.negation import take_negated
from catalog.search.query.normalize import plain_words
from catalog.search.query.notation import read_notation
from catalog.search.query.patterns import any_of
from catalog.search.query.places import TakenPlaces, is_route, take_places, together, zones_in
from catalog.search.query.quantities import speeds_of, take_quantities
from catalog.search.query.question import Question
from catalog.search.query.reader import take_facts
from catalog.search.query.route import Route, with_kind_of_traffic
from catalog.search.query.services import NamesOfServices
from catalog.search.query.settle import Settled, settle
from catalog.search.query.sizes import Size, size_of_machine, sizes_in, take_sizes
from catalog.search.query.spelled import Spelled, spell
from catalog.search.query.terms import Term, deduplicate, read_terms
from catalog.search.query.uses import take_uses

# Service IDs and SKU IDs have the same form.
ID = re.compile(r"\b[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}\b", re.IGNORECASE)
# What stands in quotation marks may be the name of a SKU, as in code and in lists of prices.
QUOTED = re.compile(r"(?P<mark>[\"'`])(?P<name>[^\"'`\n]+)(?P=mark)")
# What has a SKU for each size of machine.
OF_SIZES = frozenset({"os", "engine", "shape"})
LICENCE = (("part", "licence"),)
NO_SERVICES = NamesOfServices()
ONE_REGION = re.compile(any_of(SUBJECTS["one region"]))
# What is sold for several regions together is not meant by one region.
SEVERAL_REGIONS = ("location_type=multi", "location_type=dual")


@dataclass(frozen=True, slots=True)
class _Ends:
    """The places of a query, and the ends of traffic that are pointed out and those that are listed."""

    places: TakenPlaces
    pointed_out: tuple[Term, ...]
    listed: tuple[Term, ...]
    is_exact: bool


@dataclass(frozen=True, slots=True)
class _Things:
    """What is asked about: settled facts, machines, their sizes, also as SKU names have them, and uses."""

    settled: Settled
    machines: tuple[NamedMachine, ...]
    sizes: tuple[Size, ...]
    terms: tuple[Term, ...]
    uses: tuple[str, ...]


def read_question(
    query: str,
    correct: Callable[[str], str] = str,
    base_form: Callable[[str], str] = str,
    services: NamesOfServices = NO_SERVICES,
) -> Question:
    """Reads IDs, places and facts out of `query`; the remaining words become terms.

    An ID identifies one thing, so the other words of a query with an ID are ignored.

    Args:
        query: as a person wrote it.
        correct: returns the correction of a misspelled word and any other word unchanged.
        base_form: returns the form of a word that the catalog uses, such as "suspended" for "suspend".
        services: the names of the catalog's services.
    """
    if ids := _distinct(found.upper() for found in ID.findall(query)):
        return Question(ids=ids)
    notation = read_notation(query)
    spelled = spell(plain_words(with_comment(notation)), correct, base_form, services)
    negated, rest = take_negated(spelled.text)
    ends, rest = _take_ends(rest, spelled.text)
    things, rest = _take_things(rest, spelled.services)
    places, facts, endpoints = _routed(ends, things.settled.facts, spelled.text)
    quantity, rest = take_quantities(rest)
    facts = _with_speed(facts, quantity)
    terms, unread = _terms(rest, spelled, has_more=bool(places.place or facts or endpoints))
    return Question(
        terms=(*terms, *things.terms, *map(_amount, quantity), *endpoints),
        service_terms=read_terms(spelled.whole, has_more=False, uncertain=spelled.uncertain),
        facts=facts,
        place=places.place,
        place_words=places.words,
        corrected=spelled.corrected,
        unread=unread,
        unread_settings=tuple(notation.unread),
        quantity=quantity,
        sizes=things.sizes,
        has_size=bool(things.sizes or things.terms),
        has_machine=MACHINE.search(spelled.text) is not None,
        machines=things.machines,
        foreign=things.settled.foreign,
        features=things.settled.features,
        left_out=things.settled.left_out,
        uses=things.uses,
        negated=_marks(negated, spelled.text),
        text=spelled.whole,
        typed=query.strip(),
        quoted=_distinct(match["name"].strip() for match in QUOTED.finditer(query)),
    )


def _distinct(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))


def _take_ends(rest: str, text: str) -> tuple[_Ends, str]:
    """The places and the ends of traffic in `rest`, a part of the question `text`, and what is left of it."""
    is_exact = is_between_machines(text)
    pointed_out, rest = take_destinations(rest)
    places = take_places(rest)
    listed, rest = take_listed_destinations(places.rest, is_exact=is_exact)
    return _Ends(places, pointed_out, listed, is_exact), rest


def _take_things(rest: str, services: Sequence[NamedFact]) -> tuple[_Things, str]:
    """What `rest` is about, without what the thing is for, and the text without all of it."""
    uses = take_uses(rest, services)
    settled, sizes, terms, rest = _take_facts(uses.text, uses.services)
    machines = named_machines(uses.text, take_quantities(rest)[0])
    return _Things(settled, machines, sizes, terms, uses.words), rest


def _routed(
    ends: _Ends, facts: tuple[NamedFact, ...], text: str
) -> tuple[TakenPlaces, tuple[NamedFact, ...], tuple[Term, ...]]:
    """The places, the facts with the kind of traffic, and the terms for its ends.

    Several places that are no ends of traffic are one.
    """
    has_ends = bool(ends.pointed_out) or is_route(text, facts)
    places = ends.places if has_ends else together(ends.places)
    others = [destination_term(other, is_exact=ends.is_exact) for other in places.others]
    endpoints = tuple(deduplicate((*ends.pointed_out, *others, *ends.listed)))
    route = Route(places.place, endpoints, zones_in(text) if has_ends else ())
    return places, *with_kind_of_traffic(facts, route)


def _with_speed(facts: tuple[NamedFact, ...], quantity: Sequence[str]) -> tuple[NamedFact, ...]:
    """The facts with the size of what is sold by its speed, if the quantities have one."""
    if has(facts, "size") or not any(map(_has_speed, facts)):
        return facts
    return (*facts, *(NamedFact(speed, (("size", speed),)) for speed in speeds_of(quantity)[:1]))


def _amount(quantity: str) -> Term:
    """Names of GPUs have the size of their memory: it tells them apart, and nothing else."""
    return Term("", (quantity.replace(" ", ""), quantity), is_optional=True)


def _terms(rest: str, spelled: Spelled, *, has_more: bool) -> tuple[tuple[Term, ...], tuple[str, ...]]:
    """The words of `rest` as terms, and those that are not read: of another language only names are."""
    terms = read_terms(rest, has_more=has_more, uncertain=spelled.uncertain)
    unread = {*spelled.unread, *(term.word for term in terms if spelled.is_other and not term.is_code)}
    kept = tuple(term for term in terms if term.word not in unread)
    return kept, tuple(word for word in spelled.typed if word in unread)


def _take_facts(
    text: str, services: Sequence[NamedFact]
) -> tuple[Settled, tuple[Size, ...], tuple[Term, ...], str]:
    """The facts in `text`, the sizes of machines, also as SKU names have them, and the text without them."""
    machines = list(MACHINE.finditer(text))
    rest = MACHINE.sub("  ", text)
    named_sizes = [size for match in machines for size in size_of_machine(match["size"] or "")]
    sizes = (*named_sizes, *sizes_in(rest))
    names, rest = take_sizes(rest)
    named, rest = take_facts(rest, services)
    is_database = any(DATABASE in fact.facts or fact.attribute == "engine" for fact in named)
    found = [fact for match in machines for fact in machine_facts(match, is_database=is_database)]
    settled = settle([*services, *found, *named], has_machine=bool(machines))
    # Elsewhere, a number of processors is a quantity.
    has_size = any(map(_has_sizes, settled.facts))
    terms = tuple(Term(word, known, is_optional=True) for word, known in names if has_size)
    return settled, sizes if has_size else (), terms, rest


def _has_speed(fact: NamedFact) -> bool:
    """Whether SKUs of the fact are sold by the speed of a network."""
    return fact.attribute == "link" or not attributes("of a speed").isdisjoint(map("=".join, fact.facts))


def _has_sizes(fact: NamedFact) -> bool:
    return fact.attribute in OF_SIZES or fact.facts == LICENCE or DATABASE in fact.facts


def _marks(negated: Iterable[str], text: str) -> tuple[str, ...]:
    """The `negated` phrases, and the facts that each names together: "no vpn egress" allows other egress.

    A question for one region excludes several.
    """
    negated = tuple(negated)
    several = SEVERAL_REGIONS if ONE_REGION.search(text) else ()
    return (*_distinct((*negated, *chain.from_iterable(map(_facts_of, negated)))), *several)


def _facts_of(phrase: str) -> Iterator[str]:
    """What the phrase may mean: "family=f1", "network=vpn part=egress"."""
    named = (fact.facts for fact in take_facts(phrase)[0])
    yield from filter(None, (" ".join(map("=".join, together)) for together in product(*named)))
