"""The services of the catalog that a question names in full."""

from __future__ import annotations

from dataclasses import dataclass, field

from catalog.offers.language_models import LLM
from catalog.offers.phrases import Phrases, tokens_of
from catalog.search.query.dictionary import STOP_WORDS
from catalog.search.query.facts import NamedFact
from catalog.search.query.places import take_places


@dataclass(frozen=True, slots=True)
class NamesOfServices:
    """The names of services, with the slugs of the products that they sell.

    Names `anywhere` mean a service wherever a question has them. Words of names that stand `alone`, such as
    "Custom Search", may mean other things, so that such a name counts if the question says nothing else.
    `models` are the language models of the catalog whose names no list has, by value of the attribute "llm".
    """

    anywhere: Phrases[str] = field(default_factory=Phrases)
    alone: Phrases[str] = field(default_factory=Phrases)
    models: Phrases[str] = field(default_factory=Phrases)


def take_services(text: str, names: NamesOfServices) -> tuple[list[NamedFact], str]:
    """The services that `text`, folded words, names in full, and the text with gaps in their places."""
    found, rest = _take(text, names.anywhere)
    if found:
        return found, rest
    found, rest = _take(text, names.alone)
    return (found, rest) if len(found) == 1 and _says_nothing(rest) else ([], text)


def take_models(text: str, names: NamesOfServices) -> tuple[list[NamedFact], str]:
    """The language models that `text` names, of those that only the catalog knows, and what is left of it."""
    return _take(text, names.models, LLM)


def _take(text: str, names: Phrases[str], attribute: str = "product") -> tuple[list[NamedFact], str]:
    words = text.split()
    tokens = tokens_of(words)
    texts = [token.text for token in tokens]
    found, rest, at = [], list(words), 0
    while at < len(tokens):
        known = names.at(texts, at)
        if known:
            end, product = known[0]
            positions = range(tokens[at].word, tokens[end - 1].word + 1)
            found.append(
                NamedFact(" ".join(words[position] for position in positions), ((attribute, product),))
            )
            rest[positions.start : positions.stop] = [""] * len(positions)
        at = known[0][0] if known else at + 1
    return found, " ".join(rest) if found else text


def _says_nothing(text: str) -> bool:
    """Whether `text` has no words but places and those that questions have about anything."""
    return all(word in STOP_WORDS or word.isdigit() for word in take_places(text).rest.split())
