"""Words that mean one thing together, wherever in a question they stand: "delete … early"."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from catalog.search.query.dictionary import TOGETHER
from catalog.search.query.phrases import AMOUNT
from catalog.search.query.spelling import stem

# Marks a word that has to be there and is one of the question's own yet.
BESIDE = "~"


@dataclass(frozen=True, slots=True)
class _Rule:
    """Stems of the words that mean `spellings` where those `beside` them are there too."""

    stems: frozenset[str]
    beside: frozenset[str]
    spellings: tuple[str, ...]


def take_together(words: Sequence[str]) -> tuple[list[tuple[str, tuple[str, ...]]], list[str]]:
    """What `words` mean together, as a word with what SKU names call it, and the words that are left.

    Args:
        words: words and set phrases; of these only single words are taken.
    """
    stems = [stem(word) if " " not in word else "" for word in words]
    around = {stem(part) for word in words for part in word.split()}
    around |= {stem(amount["unit"]) for word in words if (amount := AMOUNT.fullmatch(word))}
    taken: set[int] = set()
    found = []
    for rule in _rules_of(stems):
        free = {stems[i]: i for i in reversed(range(len(words))) if i not in taken}
        if rule.stems <= free.keys() and rule.beside <= around:
            places = sorted(free[one] for one in rule.stems)
            taken.update(places)
            found.append((" ".join(words[i] for i in places), rule.spellings))
    return found, [word for i, word in enumerate(words) if i not in taken]


def _rules_of(stems: Sequence[str]) -> list[_Rule]:
    """The rules that may hold, those of most words first."""
    rules = (rule for one in dict.fromkeys(stems) for rule in _RULES.get(one, ()))
    return sorted(rules, key=lambda rule: (-len(rule.stems) - len(rule.beside), -len(rule.stems)))


def _rules() -> Iterator[_Rule]:
    for words, spellings in TOGETHER.items():
        parts = words.split()
        yield _Rule(
            frozenset(stem(word) for word in parts if not word.startswith(BESIDE)),
            frozenset(stem(word[1:]) for word in parts if word.startswith(BESIDE)),
            spellings,
        )


# By one of their stems.
_RULES: defaultdict[str, list[_Rule]] = defaultdict(list)
for _rule in _rules():
    _RULES[min(_rule.stems)].append(_rule)
