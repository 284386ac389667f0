"""What a thing is for: "n2 machine for a redis cache" is about the machine, and "redis" about the product."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from catalog.offers.kinds import attributes
from catalog.offers.phrases import tokens_of
from catalog.offers.products import is_use, product_names
from catalog.offers.vocabulary import Alternatives, Side, vocabulary
from catalog.search.query.dictionary import SUBJECTS
from catalog.search.query.facts import NamedFact, has
from catalog.search.query.machine_types import MACHINE
from catalog.search.query.patterns import any_of
from catalog.search.query.reader import take_facts

MACHINE_WORD = re.compile(any_of(SUBJECTS["machine"]))
# "Workstations e2-standard-4" is the product, "a workstation on e2-standard-4" the machine.
CONNECTED = re.compile(any_of((*SUBJECTS["purpose"], *SUBJECTS["machine"])))
PURPOSE = re.compile(rf"{any_of(SUBJECTS['purpose'])}(?: \w+)? *$")
COMPUTE_ENGINE: Alternatives = (("product", "compute-engine"),)
GAP = "  "


@dataclass(frozen=True, slots=True)
class Uses:
    """The `words` for what a thing is for, the services that are named besides, and the text without them."""

    words: tuple[str, ...]
    services: tuple[NamedFact, ...]
    text: str


def take_uses(text: str, services: Sequence[NamedFact]) -> Uses:
    """The words in `text` that may name a product, but say what another thing is for.

    Args:
        text: folded words, without the names of services.
        services: the services that were taken out of it.
    """
    words, positions = text.split(), _positions(text.split())
    named = [fact for fact in services if is_use(fact.word, fact.facts[0][1])]
    own = tuple(fact for fact in services if fact not in named)
    rest = " ".join(GAP if position in positions else word for position, word in enumerate(words))
    if not (named or positions) or not CONNECTED.search(rest):
        return Uses((), tuple(services), text)
    machine = _machine_alone(rest, own)
    if not machine and not _names_a_thing(text, rest, own, positions):
        return Uses((), tuple(services), text)
    used = (words[position] for position in sorted(positions))
    return Uses((*(fact.word for fact in named), *used), (*own, *machine), rest)


def _positions(words: Sequence[str]) -> frozenset[int]:
    """The positions of words that are uses, but for those within a longer name or phrase."""
    tokens = tokens_of(words)
    texts = [token.text for token in tokens]
    found: set[int] = set()
    at = 0
    while at < len(texts):
        names = product_names().at(texts, at)
        reading = vocabulary().read(texts, at, Side.QUESTION, None)
        end = max(names[0][0] if names else at + 1, reading.end if reading else 0)
        if names and end == names[0][0] and is_use(" ".join(texts[at:end]), names[0][1]):
            found |= {token.word for token in tokens[at:end]}
        at = end
    return frozenset(found)


def _names_a_thing(text: str, rest: str, services: Sequence[NamedFact], positions: frozenset[int]) -> bool:
    """Whether the question names a thing that can be bought without the words for its use."""
    if MACHINE.search(rest):
        return True
    facts, _ = take_facts(rest, services)
    things = [fact for fact in facts if fact.is_identity and fact.attribute not in {"family", "version"}]
    if things or services:
        return True
    is_machine = MACHINE_WORD.search(rest) or any(fact.is_one_of(attributes("of machines")) for fact in facts)
    return has(facts, "family") and (bool(is_machine) or _is_for(text, positions))


def _machine_alone(rest: str, services: Sequence[NamedFact]) -> list[NamedFact]:
    """Compute Engine, if a machine is named by such a word and by its parts alone."""
    word, (facts, _) = MACHINE_WORD.search(rest), take_facts(rest, services)
    is_alone = has(facts, "part") and not any(fact.is_identity for fact in facts)
    return [NamedFact(word[0], COMPUTE_ENGINE)] if word and is_alone and not MACHINE.search(rest) else []


def _is_for(text: str, positions: frozenset[int]) -> bool:
    """Whether "for" or such a word stands before the first use."""
    return bool(positions) and PURPOSE.search(" ".join(text.split()[: min(positions)])) is not None
