"""Word combinations with a meaning of their own, in any order: "delete … early"."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from catalog.offers.vocabulary import Alternatives, parse_facts
from catalog.search.query.stems import stem
from catalog.words import entries

# Marks a context word, which has to be in the question and keeps a meaning of its own.
CONTEXT_MARK = "~"
_FILE = Path(__file__).with_name("en") / "collocations.txt"


@dataclass(frozen=True, slots=True)
class _Rule:
    """The stems of words that together mean `facts`, if the question also has all stems of `context`."""

    stems: frozenset[str]
    context: frozenset[str]
    facts: tuple[Alternatives, ...]


@dataclass(frozen=True, slots=True)
class Collocation:
    """What the words at `positions` mean together."""

    positions: tuple[int, ...]
    facts: tuple[Alternatives, ...]


def collocations(words: Sequence[str | None], context: Collection[str]) -> list[Collocation]:
    """The collocations in `words`, the longest first; no word is part of two.

    Args:
        words: the words that can be part of a collocation, None in the places of others.
        context: all words of the question.
    """
    stems = [stem(word) if word else "" for word in words]
    around = {stem(word) for word in context}
    taken: set[int] = set()
    found = []
    for rule in _candidate_rules(stems):
        free = {stems[i]: i for i in reversed(range(len(words))) if i not in taken}
        if rule.stems <= free.keys() and rule.context <= around:
            positions = tuple(sorted(free[one] for one in rule.stems))
            taken.update(positions)
            found.append(Collocation(positions, rule.facts))
    return found


def _candidate_rules(stems: Sequence[str]) -> list[_Rule]:
    """The rules that may apply, longest first."""
    rules = (rule for one in dict.fromkeys(stems) for rule in _rules().get(one, ()))
    return sorted(rules, key=lambda rule: (-len(rule.stems) - len(rule.context), -len(rule.stems)))


@cache
def _rules() -> dict[str, list[_Rule]]:
    """The rules of collocations.txt by the alphabetically first stem of each."""
    found: defaultdict[str, list[_Rule]] = defaultdict(list)
    for _, key, patterns in entries(_FILE):
        facts = parse_facts(key)
        for words in patterns:
            parts = words.split()
            rule = _Rule(
                frozenset(stem(word) for word in parts if not word.startswith(CONTEXT_MARK)),
                frozenset(stem(word[1:]) for word in parts if word.startswith(CONTEXT_MARK)),
                facts,
            )
            found[min(rule.stems)].append(rule)
    return dict(found)
