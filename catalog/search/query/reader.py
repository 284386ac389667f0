"""Reads the facts of a question: the words that the vocabulary and other lists of catalog/offers know."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from catalog.offers.families import FAMILY, SERVICES
from catalog.offers.kinds import attributes
from catalog.offers.language_models import language_model_at
from catalog.offers.patterns import pattern_at
from catalog.offers.phrases import Token, tokens_of
from catalog.offers.products import is_of_others, product_names, products, slug
from catalog.offers.vocabulary import Alternatives, Side, vocabulary
from catalog.search.query.collocations import collocations
from catalog.search.query.dictionary import COUNTED
from catalog.search.query.facts import NamedFact

_GAP = re.compile(" {2,}")
# A token in place of a gap, which no phrase has.
GAP = "-"
# "2019"; "2204" of Ubuntu.
YEAR, RELEASE = re.compile(r"20[0-3]\d"), re.compile(r"\d{4}")
# "2019", "r2", "sp5"; "22 04" is one version.
VERSION = re.compile(r"(?:r|sp)?\d{1,4}")
NUMBER = re.compile(r"\d{1,2}")

# The end of a reading and its facts.
Found = tuple[int, Sequence[Alternatives]]


def take_facts(text: str, services: Sequence[NamedFact] = ()) -> tuple[list[NamedFact], str]:
    """The facts that `text` names, and the text with gaps in their places.

    Args:
        text: folded words; phrases do not span gaps of two blanks.
        services: the services that were taken out of the text.
    """
    reader = _Reader(text)
    named = [*services, *(NamedFact("", facts) for reading in reader.read(None) for facts in reading.facts)]
    readings = reader.read(_sections(named))
    together = [
        found
        for found in collocations(reader.words_outside(readings), [word for word in reader.words if word])
        # A phrase that contains all its words says more.
        if not any({*found.positions} < {*reading.words} for reading in readings)
    ]
    positions = {position for found in together for position in found.positions}
    kept = [reading for reading in readings if positions.isdisjoint(reading.words)]
    kept += [_Reading(found.positions, found.facts) for found in together]
    named = [
        NamedFact(reader.text_of(reading.words), alternatives)
        for reading in kept
        for alternatives in reading.facts
    ]
    return named, reader.rest(position for reading in kept for position in reading.words)


@dataclass(frozen=True, slots=True)
class _Reading:
    """The positions of words, and the facts that were read from them."""

    words: tuple[int, ...]
    facts: Sequence[Alternatives]

    @property
    def is_loose(self) -> bool:
        """Whether the word may be part of a collocation instead."""
        attributes_read = {alternatives[0][0] for alternatives in self.facts}
        is_vague = all(len(alternatives) > 1 for alternatives in self.facts)
        return (is_vague or len(self.words) == 1) and attributes_read.isdisjoint(attributes("identity"))

    @property
    def is_system(self) -> bool:
        """Whether it is the name of an operating system, which a version may follow."""
        return any(alternatives[0][0] == "os" for alternatives in self.facts)


def _sections(facts: Iterable[NamedFact]) -> frozenset[str] | None:
    """The sections of the vocabulary for Google's products that are named; None if none is."""
    named = (value for fact in facts for attribute, value in fact.facts if attribute == "product")
    own = [product for product in named if not is_of_others(product)]
    return frozenset(slug(service) for product in own for service in _services_of(product)) or None


def _services_of(product: str) -> tuple[str, ...]:
    known = products().get(product)
    return known.services if known else (product,)


class _Reader:
    """The words of a question; a gap is a word of its own, None, that no phrase spans."""

    def __init__(self, text: str) -> None:
        self.words = [word for part in _GAP.split(text) for word in (*part.split(), None)][:-1]
        self._tokens: list[Token] = tokens_of([word or GAP for word in self.words])
        self._texts = [token.text for token in self._tokens]

    def read(self, sections: frozenset[str] | None) -> list[_Reading]:
        """The readings from left to right, the longest at each word."""
        found: list[_Reading] = []
        at = 0
        while at < len(self._texts):
            end, facts = max(self._readings(at, sections), key=lambda one: one[0], default=(at, ()))
            if end == at or not self._is_whole(at, end):
                at += 1
                continue
            found.append(self._reading(at, end, facts))
            at = end
            if found[-1].is_system and (end := self._end_of_version(at)) > at:
                found.append(self._version(at, end))
                at = end
        return [*found, *self._years(found)]

    def _years(self, readings: Sequence[_Reading]) -> list[_Reading]:
        """Years apart from the name of the operating system that they are the versions of."""
        read = {alternatives[0][0] for reading in readings for alternatives in reading.facts}
        if "os" not in read or "version" in read:
            return []
        taken = {position for reading in readings for position in reading.words}
        return [
            _Reading((token.word,), [(("version", token.text),)])
            for token in self._tokens
            if YEAR.fullmatch(token.text) and token.word not in taken
        ]

    def words_outside(self, readings: Sequence[_Reading]) -> list[str | None]:
        """The words, None in the places of those that were read for good."""
        taken = {position for reading in readings if not reading.is_loose for position in reading.words}
        return [None if position in taken else word for position, word in enumerate(self.words)]

    def text_of(self, positions: Iterable[int]) -> str:
        return " ".join(filter(None, (self.words[position] for position in positions)))

    def rest(self, taken: Iterable[int]) -> str:
        """The words that were not taken; a gap in place of those that were."""
        gaps = set(taken)
        words = (" " if position in gaps or not word else word for position, word in enumerate(self.words))
        return re.sub(" {3,}", "  ", " ".join(words)).strip()

    def _reading(self, start: int, end: int, facts: Sequence[Alternatives]) -> _Reading:
        return _Reading(tuple(range(self._tokens[start].word, self._tokens[end - 1].word + 1)), facts)

    def _readings(self, at: int, sections: frozenset[str] | None) -> Iterator[Found]:
        """The readings at `at`; of equally long ones the first counts."""
        yield from ((end, [(("product", product),)]) for end, product in product_names().at(self._texts, at))
        for found in (language_model_at(self._texts, at), pattern_at(self._texts, at, sections or ())):
            if found:
                yield found[0], [(fact,) for fact in found[1]]
        if reading := vocabulary().read(self._texts, at, Side.QUESTION, sections):
            yield reading.end, reading.facts
        if FAMILY.fullmatch(self._texts[at]) and (sections is None or sections & SERVICES):
            yield at + 1, [(("family", self._texts[at]),)]

    def _version(self, start: int, end: int) -> _Reading:
        """Every release of version 7 is version 7; "2204" is also 22.04, "22" also 2022."""
        first = self._texts[start]
        versions = dict.fromkeys(["-".join(self._texts[start:end]), first])
        if RELEASE.fullmatch(first) and not YEAR.fullmatch(first):
            versions[f"{first[:2]}-{first[2:]}"] = None
        if YEAR.fullmatch(year := f"20{first}"):
            versions[year] = None
        return self._reading(start, end, [tuple(("version", version) for version in versions)])

    def _end_of_version(self, at: int) -> int:
        """The end of the version that follows the name of an operating system."""
        major, minor = (*self._texts[at : at + 2], GAP, GAP)[:2]
        if not VERSION.fullmatch(major) or minor in COUNTED:
            return at
        has_minor = NUMBER.fullmatch(major) and NUMBER.fullmatch(minor)
        is_counting = not minor.startswith("0") and not COUNTED.isdisjoint(self._texts[at + 2 : at + 3])
        return at + (2 if has_minor and not is_counting else 1)

    def _is_whole(self, start: int, end: int) -> bool:
        """Whether the tokens are whole words: "80" of "80gb" is not."""
        before = start == 0 or self._tokens[start - 1].word != self._tokens[start].word
        return before and (end == len(self._tokens) or self._tokens[end].word != self._tokens[end - 1].word)
