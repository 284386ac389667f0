"""The vocabulary: what the words of SKU names and of questions say about a SKU, as attributes with values."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path

from catalog.offers import DATA
from catalog.offers.phrases import Phrases
from catalog.words import WordListError, entries

# An attribute and its value, such as ("part", "core").
Fact = tuple[str, str]
# Facts of which one has to hold.
Alternatives = tuple[Fact, ...]
# Phrases that have no meaning of their own, though their words are read.
NOTHING = "-"
EVERYWHERE = "any"


class Side(Enum):
    """Who uses a phrase: Google in SKU names, or people in questions."""

    NAME = "name"
    QUESTION = "ask"


SIDES = {side.value: side for side in Side}


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a phrase says: all of `facts`. It counts on `side` only, or on both if None."""

    facts: tuple[Alternatives, ...]
    side: Side | None
    section: str


def parse_facts(text: str) -> tuple[Alternatives, ...]:
    """The facts that a key such as "part=egress net=vpn|carrier" lists; none for "-".

    Raises:
        ValueError: a fact has no attribute.
    """
    return tuple(_alternatives(fact) for fact in text.split()) if text != NOTHING else ()


def facts_of_line(file: Path, text: str) -> tuple[Alternatives, ...]:
    """`parse_facts` of a line of `file`.

    Raises:
        WordListError: a fact has no attribute; the message names the file.
    """
    try:
        return parse_facts(text)
    except ValueError as error:
        raise WordListError(f"{file.name}: {error}") from error


def _alternatives(text: str) -> Alternatives:
    found: list[Fact] = []
    for value in text.split("|"):
        attribute, equals, rest = value.partition("=")
        if equals:
            found.append((attribute, rest))
        elif found:
            found.append((found[-1][0], value))
        else:
            raise ValueError(f"no attribute in {text!r}")
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Reading:
    """The facts of a phrase that ends before the token `end`."""

    end: int
    facts: tuple[Alternatives, ...]


class Vocabulary:
    """The meanings of phrases, by section: a phrase of a service's section counts for that service only."""

    def __init__(self, phrases: Phrases[Meaning]) -> None:
        self._phrases = phrases

    def words(self) -> frozenset[str]:
        return self._phrases.words()

    def read(
        self, tokens: Sequence[str], start: int, side: Side, sections: Collection[str] | None
    ) -> Reading | None:
        """What the longest phrase at `start` means, or None if no phrase starts there.

        Args:
            tokens: the texts of the tokens.
            start: the first token of the phrase.
            side: whose phrases count.
            sections: the services meant, by slug; None if any may be. If several services use a phrase for
                one attribute each, the values are alternatives.
        """
        found = [
            (end, meaning)
            for end, meaning in self._phrases.at(tokens, start)
            if meaning.side in (None, side)
            and (meaning.section == EVERYWHERE or sections is None or meaning.section in sections)
        ]
        if not found:
            return None
        longest = found[0][0]
        meanings = _most_particular([meaning for end, meaning in found if end == longest], side, sections)
        return Reading(longest, _merged(meanings))


def _most_particular(found: list[Meaning], side: Side, sections: Collection[str] | None) -> list[Meaning]:
    """The meanings of the named services, else the general ones, else all; of these the side's own."""
    own = [meaning for meaning in found if sections and meaning.section in sections]
    general = [meaning for meaning in found if meaning.section == EVERYWHERE]
    chosen = own or general or found
    return [meaning for meaning in chosen if meaning.side == side] or chosen


def _merged(meanings: list[Meaning]) -> tuple[Alternatives, ...]:
    first = meanings[0].facts
    if len(meanings) > 1 and all(len(meaning.facts) == 1 for meaning in meanings):
        return (tuple(dict.fromkeys(fact for meaning in meanings for fact in meaning.facts[0])),)
    return first


def read_vocabulary(file: Path) -> Vocabulary:
    """The vocabulary of `file`, data/vocabulary.txt.

    Raises:
        WordListError: a line is invalid.
    """
    phrases: Phrases[Meaning] = Phrases()
    for section, key, found in entries(file):
        first, _, rest = key.partition(" ")
        facts = facts_of_line(file, rest if first in SIDES else key)
        for phrase in found:
            phrases.add(phrase, Meaning(facts, SIDES.get(first), section))
    return Vocabulary(phrases)


@cache
def vocabulary() -> Vocabulary:
    return read_vocabulary(DATA / "vocabulary.txt")
