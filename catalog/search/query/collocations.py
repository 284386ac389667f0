"""Word combinations with a meaning of their own, in any order: "delete … early"."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from catalog.search.query.dictionary import COLLOCATIONS
from catalog.search.query.phrases import AMOUNT
from catalog.search.query.spelling import stem

# Marks a context word, which has to be in the question and also remains a word of its own.
CONTEXT_MARK = "~"


@dataclass(frozen=True, slots=True)
class _Rule:
    """The stems of words that together mean `synonyms`, if the question also has all stems of `context`."""

    stems: frozenset[str]
    context: frozenset[str]
    synonyms: tuple[str, ...]


def take_collocations(words: Sequence[str]) -> tuple[list[tuple[str, tuple[str, ...]]], list[str]]:
    """The collocations in `words`, each with its synonyms, and the remaining words.

    Args:
        words: words and set phrases; only single words can be part of a collocation.
    """
    stems = [stem(word) if " " not in word else "" for word in words]
    context = {stem(part) for word in words for part in word.split()}
    context |= {stem(amount["unit"]) for word in words if (amount := AMOUNT.fullmatch(word))}
    taken: set[int] = set()
    found = []
    for rule in _candidate_rules(stems):
        free = {stems[i]: i for i in reversed(range(len(words))) if i not in taken}
        if rule.stems <= free.keys() and rule.context <= context:
            positions = sorted(free[one] for one in rule.stems)
            taken.update(positions)
            found.append((" ".join(words[i] for i in positions), rule.synonyms))
    return found, [word for i, word in enumerate(words) if i not in taken]


def _candidate_rules(stems: Sequence[str]) -> list[_Rule]:
    """The rules that may apply, longest first."""
    rules = (rule for one in dict.fromkeys(stems) for rule in _RULES.get(one, ()))
    return sorted(rules, key=lambda rule: (-len(rule.stems) - len(rule.context), -len(rule.stems)))


def _rules() -> Iterator[_Rule]:
    for words, synonyms in COLLOCATIONS.items():
        parts = words.split()
        yield _Rule(
            frozenset(stem(word) for word in parts if not word.startswith(CONTEXT_MARK)),
            frozenset(stem(word[1:]) for word in parts if word.startswith(CONTEXT_MARK)),
            synonyms,
        )


# Indexed by the alphabetically first stem of each rule.
_RULES: defaultdict[str, list[_Rule]] = defaultdict(list)
for _rule in _rules():
    _RULES[min(_rule.stems)].append(_rule)
