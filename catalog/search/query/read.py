"""The workflow: takes IDs, places and usage types out of a question; the remaining words are its terms."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from catalog.offers.kinds import attributes
from catalog.offers.phrases import Phrases
from catalog.places import REGION_PART, Place
from catalog.search.query.comments import with_comment
from catalog.search.query.destination import (
    destination_term,
    is_between_machines,
    take_destinations,
    take_listed_destinations,
)
from catalog.search.query.dictionary import SUBJECTS
from catalog.search.query.facts import NamedFact, has
from catalog.search.query.languages import apart
from catalog.search.query.machine_types import DATABASE, MACHINE, machine_facts
from catalog.search.query.negation import take_negated
from catalog.search.query.normalize import plain_words
from catalog.search.query.notation import read_notation
from catalog.search.query.ordinary import is_ordinary
from catalog.search.query.patterns import any_of
from catalog.search.query.places import is_route, take_places, together, zones_in
from catalog.search.query.quantities import speeds_of, take_quantities
from catalog.search.query.reader import take_facts, take_services
from catalog.search.query.route import BETWEEN_PLACES, Route, with_kind_of_traffic
from catalog.search.query.settle import Settled, settle
from catalog.search.query.sizes import Size, size_of_machine, sizes_in, take_sizes
from catalog.search.query.terms import Term, deduplicate, read_terms
from catalog.search.query.uses import take_uses

# Service IDs and SKU IDs have the same form.
ID = re.compile(r"\b[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}\b", re.IGNORECASE)
# What stands in quotation marks may be the name of a SKU, as in code and in lists of prices.
QUOTED = re.compile(r"(?P<mark>[\"'`])(?P<name>[^\"'`\n]+)(?P=mark)")
# What has a SKU for each size of machine.
OF_SIZES = frozenset({"os", "engine", "shape"})
LICENCE = (("part", "licence"),)
ONE_REGION = re.compile(any_of(SUBJECTS["one region"]))
# What is sold for several regions together is not meant by one region.
SEVERAL_REGIONS = ("location_type=multi", "location_type=dual")


@dataclass(frozen=True, slots=True)
class Question:
    """What a query asks for.

    `service_terms` are all words as terms, for the names of services. `text` is the whole query, folded and
    corrected, `typed` the query itself, `quoted` its parts in quotation marks. `place_words` are the words
    that `place` was read from. `corrected` pairs misspelled words with their corrections, `unread` are words
    of other languages, `unread_settings` settings of pasted code that the lists lack, `unknown` words that
    the catalog does not contain, `foreign` other companies' products, `features` those without SKUs of their
    own, `left_out` words for things that have SKUs, and `uses` names of products that say what the thing is
    for.
    `sizes` are those of the machine that a licence is for, `has_size` says whether the question has a size.
    `negated` are words and facts, such as "term=spot", that mark a SKU as not meant.
    """

    terms: tuple[Term, ...] = ()
    service_terms: tuple[Term, ...] = ()
    facts: tuple[NamedFact, ...] = ()
    ids: tuple[str, ...] = ()
    place: Place | None = None
    place_words: tuple[str, ...] = ()
    corrected: tuple[tuple[str, str], ...] = ()
    unread: tuple[str, ...] = ()
    unread_settings: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    quantity: tuple[str, ...] = ()
    sizes: tuple[Size, ...] = ()
    has_size: bool = False
    has_machine: bool = False
    negated: tuple[str, ...] = ()
    text: str = ""
    typed: str = ""
    quoted: tuple[str, ...] = ()

    @property
    def is_in_another_language(self) -> bool:
        """Whether the question is not in English, and names nothing that was read but a place."""
        return bool(self.unread) and not self.facts and not any(term.word for term in self.terms)

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
        named = dict.fromkeys(part.word for part in parts if part.word not in BETWEEN_PLACES)
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
    all_words = plain_words(with_comment(notation))
    read = apart(all_words)
    plain = " ".join(read.words)
    if read.is_other:
        correct = base_form = str
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
    taken = take_places(rest)
    is_exact = is_between_machines(text)
    listed, rest = take_listed_destinations(taken.rest, is_exact=is_exact)
    uses = take_uses(rest, named)
    settled, sizes, terms_of_size, rest = _take_facts(uses.text, uses.services)
    has_ends = bool(destinations) or is_route(text, settled.facts)
    taken = taken if has_ends else together(taken)
    ends = [destination_term(other, is_exact=is_exact) for other in taken.others]
    endpoints = tuple(deduplicate((*destinations, *ends, *listed)))
    route = Route(taken.place, endpoints, zones_in(text) if has_ends else ())
    facts, endpoints = with_kind_of_traffic(settled.facts, route)
    quantity, rest = take_quantities(rest)
    speeds = speeds_of(quantity) if any(map(_has_speed, facts)) and not has(facts, "size") else []
    facts += tuple(NamedFact(speed, (("size", speed),)) for speed in speeds[:1])
    # Names of GPUs have the size of their memory: it tells them apart, and nothing else.
    amounts = [Term("", (amount.replace(" ", ""), amount), is_optional=True) for amount in quantity]
    uncertain = {word for _, new in corrected for word in new.split()}
    terms = read_terms(rest, has_more=bool(taken.place or facts or endpoints), uncertain=uncertain)
    # Of another language only names are read.
    unread = {*read.unread, *(term.word for term in terms if read.is_other and not term.is_code)}
    terms = tuple(term for term in terms if term.word not in unread)
    return Question(
        terms=(*terms, *terms_of_size, *amounts, *endpoints),
        service_terms=read_terms(whole, has_more=False, uncertain=uncertain),
        facts=facts,
        place=taken.place,
        place_words=taken.words,
        corrected=corrected,
        unread=tuple(word for word in all_words if word in unread),
        unread_settings=tuple(notation.unread),
        quantity=quantity,
        sizes=sizes,
        has_size=bool(sizes or terms_of_size),
        has_machine=MACHINE.search(text) is not None,
        foreign=settled.foreign,
        features=settled.features,
        left_out=settled.left_out,
        uses=uses.words,
        negated=(*_marks(negated), *(SEVERAL_REGIONS if ONE_REGION.search(text) else ())),
        text=text,
        typed=typed_text,
        quoted=tuple(dict.fromkeys(match["name"].strip() for match in QUOTED.finditer(typed_text))),
    )


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


def _marks(negated: Iterable[str]) -> tuple[str, ...]:
    """The `negated` phrases with the facts that they name, of which SKUs have either."""
    facts = (fact for phrase in negated for named in take_facts(phrase)[0] for fact in named.facts)
    return tuple(dict.fromkeys((*negated, *map("=".join, facts))))
