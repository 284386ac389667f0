"""What a query asks for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from catalog.places import Place, fold
from catalog.search.query.facts import NamedFact
from catalog.search.query.machine_types import NamedMachine
from catalog.search.query.ordinary import is_ordinary
from catalog.search.query.route import BETWEEN_PLACES
from catalog.search.query.sizes import Size
from catalog.search.query.terms import Term


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
    `machines` are the machine types that it names, whether the facts are of them or not.
    `negated` are words and facts, such as "term=spot" or "network=vpn part=egress", that mark a SKU as not
    meant.
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
    machines: tuple[NamedMachine, ...] = ()
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

    def excludes(self, name: str, facts: Iterable[str]) -> list[str]:
        """What the question negates and a SKU has, in its name or as facts such as "term=spot"."""
        words, known = f" {fold(name)} ", set(facts)
        return [mark for mark in self.negated if f" {mark} " in words or known.issuperset(mark.split())]

    @property
    def words(self) -> list[str]:
        """The words that were read, but for places, usage types and terms that are only implied."""
        parts = (part for fact in self.facts for part in fact.parts or (fact,) if not part.is_usage_type)
        named = dict.fromkeys(part.word for part in parts if part.word not in BETWEEN_PLACES)
        return list(self.ids) or [*named, *(term.word for term in self.terms if term.word)]
