"""A question with what its answer has to be like, and the score of many."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from benchmarks.search_honesty.rows import folded

FEW = 5
TWO = 2


@dataclass(frozen=True, slots=True)
class Answer:
    """What search showed, and what it said about it."""

    skus: tuple[tuple[str, str], ...] = ()
    hint: str = ""
    missing: tuple[dict[str, Any], ...] = ()
    ambiguous_in: tuple[dict[str, Any], ...] = ()

    @property
    def ids(self) -> list[str]:
        return [sku_id for sku_id, _ in self.skus]

    @property
    def told(self) -> str:
        """All that it says about what is missing."""
        return _text([self.hint, *self.missing])

    @property
    def asked_back(self) -> str:
        """All that it says about what the question left open."""
        return _text([self.hint, *self.ambiguous_in])

    @property
    def says_nothing(self) -> bool:
        return not (self.hint or self.missing or self.ambiguous_in)


def _text(parts: Iterable[object]) -> str:
    return " ".join(f" {folded(str(part))} " for part in parts)


Ask = Callable[..., Answer]
Expectation = Callable[[Answer], bool]


@dataclass(frozen=True, slots=True)
class Case:
    """`kind` is a line of the report. One of each set of `together` has to be among the first five."""

    query: str
    kind: str
    is_right: Expectation
    together: tuple[frozenset[str], ...] = ()


def first_is(right: Collection[str]) -> Expectation:
    return lambda answer: bool(answer.skus) and answer.ids[0] in right


def nothing_or_told(*names: str) -> Expectation:
    """Nothing is shown, or the answer names what is missing by one of these names."""
    return lambda answer: not answer.skus or _names_one(answer.told, names)


def nothing_and_told(*names: str) -> Expectation:
    """Nothing is shown, and the answer names what is missing by one of these names."""
    return lambda answer: not answer.skus and _names_one(answer.told, names)


def asks_back(attribute: str, values: Iterable[Sequence[str]]) -> Expectation:
    """The answer names the open attribute, or at least two of its values, each by one of its names.

    Args:
        attribute: a pattern for what the attribute may be called.
        values: the names of each value.
    """
    names = sorted(((folded(name), value[0]) for value in values for name in value), key=_longest_first)

    def is_right(answer: Answer) -> bool:
        if any(re.search(attribute, str(each.get("attribute"))) for each in answer.ambiguous_in):
            return True
        left, found = answer.asked_back, set()
        for name, value in names:
            if f" {name} " in left:
                # "A100" is not named by "A100 80GB".
                left = left.replace(f" {name} ", " / ")
                found.add(value)
        return len(found) >= TWO

    return is_right


def _longest_first(named: tuple[str, str]) -> int:
    return -len(named[0])


def _names_one(text: str, names: Iterable[str]) -> bool:
    return any(f" {folded(name)} " in text for name in names)


@dataclass(slots=True)
class Score:
    """Counts of answers.

    `plain` are the wrong ones that say nothing: a wrong price said plainly. `asking` are those that
    call something ambiguous.
    """

    asked: int = 0
    right: int = 0
    wrong: int = 0
    plain: int = 0
    empty: int = 0
    asking: int = 0
    paired: int = 0
    together: int = 0
    seconds: float = 0

    def add(self, case: Case, answer: Answer, seconds: float) -> None:
        is_wrong = bool(answer.skus) and not case.is_right(answer)
        self.asked += 1
        self.seconds += seconds
        self.right += case.is_right(answer)
        self.wrong += is_wrong
        self.plain += is_wrong and answer.says_nothing
        self.empty += not answer.skus
        self.asking += bool(answer.ambiguous_in)
        self.paired += bool(case.together)
        self.together += bool(case.together) and all(ids & {*answer.ids[:FEW]} for ids in case.together)


@dataclass(slots=True)
class Scores:
    """The score of a sweep, in all and by kind, with the answers that were not right."""

    whole: Score = field(default_factory=Score)
    kinds: dict[str, Score] = field(default_factory=dict)
    misses: list[tuple[Case, Answer]] = field(default_factory=list)


def measure(cases: Iterable[Case], ask: Ask) -> Scores:
    scores = Scores()
    for case in cases:
        began = perf_counter()
        answer = ask(case.query)
        seconds = perf_counter() - began
        for score in (scores.whole, scores.kinds.setdefault(case.kind, Score())):
            score.add(case, answer, seconds)
        if not case.is_right(answer):
            scores.misses.append((case, answer))
    return scores
