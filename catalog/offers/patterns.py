"""Phrases with numbers: "100 Gbps", "db-n1standard-4-15", "on VM with 6 to 9 VCPU"."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache

from catalog.offers import DATA
from catalog.offers.phrases import singular
from catalog.offers.vocabulary import EVERYWHERE, Fact, facts_of_line
from catalog.words import entries

# What the placeholders of data/patterns.txt stand for, in tokens that are separated by spaces.
PLACEHOLDERS = {
    "N": r"(?P<N>[0-9]{1,6})",
    "M": r"(?P<M>[0-9]{1,6})",
    "D": r"(?P<D>[0-9]{1,6}(?: [0-9]{1,6})?)",
    "X": r"(?P<X>[0-9]{1,3}[a-z]?)",
}
PLACEHOLDER = re.compile("[A-Z]")
NUMBER = "0"
VERSION_LETTER = "v"


@dataclass(frozen=True, slots=True)
class _Pattern:
    expression: re.Pattern[str]
    facts: tuple[Fact, ...]
    section: str

    def facts_for(self, numbers: dict[str, str]) -> tuple[Fact, ...]:
        return tuple((attribute, _filled(value, numbers)) for attribute, value in self.facts)


def _filled(value: str, numbers: dict[str, str]) -> str:
    """`value` with numbers for its placeholders, a decimal point as a hyphen."""
    return PLACEHOLDER.sub(lambda match: numbers[match[0]].replace(" ", "-"), value)


def _expression(phrase: str) -> re.Pattern[str]:
    words = " ".join(map(singular, phrase.split()))
    return re.compile(PLACEHOLDER.sub(lambda match: PLACEHOLDERS[match[0]], words) + r"(?= |$)")


def _kind_of(token: str) -> str:
    """What patterns are looked up by: a word, any number, or any version."""
    if token[0].isdecimal():
        return NUMBER
    return VERSION_LETTER if token[0] == VERSION_LETTER and token[1:2].isdecimal() else token


@cache
def _patterns() -> dict[str, list[_Pattern]]:
    """The patterns of data/patterns.txt by the kind of their first token, as listed."""
    found: defaultdict[str, list[_Pattern]] = defaultdict(list)
    file = DATA / "patterns.txt"
    for section, key, phrases in entries(file):
        facts = tuple(fact for (fact,) in facts_of_line(file, key))
        for phrase in phrases:
            first = _kind_of(PLACEHOLDER.sub("0", phrase.split()[0]))
            found[first].append(_Pattern(_expression(phrase), facts, section))
    return dict(found)


def pattern_at(
    tokens: Sequence[str], start: int, sections: Collection[str]
) -> tuple[int, tuple[Fact, ...]] | None:
    """The facts of the first pattern at `start`, and where it ends."""
    patterns = _patterns().get(_kind_of(tokens[start]))
    if not patterns:
        return None
    text = " ".join(tokens[start:])
    for pattern in patterns:
        if pattern.section not in (EVERYWHERE, *sections):
            continue
        if match := pattern.expression.match(text):
            return start + len(match[0].split()), pattern.facts_for(match.groupdict())
    return None
