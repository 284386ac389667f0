"""What facts of a question mean beside others: "regional" beside an operating system is a kind of licence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from catalog.offers import DATA
from catalog.offers.kinds import attributes
from catalog.offers.vocabulary import Alternatives, facts_of_line
from catalog.search.query.facts import NamedFact
from catalog.words import WordListError, entries

NOT = "~"
DISKS = "disks"


@dataclass(frozen=True, slots=True)
class _Kind:
    """Facts of an attribute: those with one of `values`, such as "part=core", or all if None."""

    attribute: str
    values: frozenset[str] | None

    def has(self, fact: NamedFact) -> bool:
        """Whether each alternative of the fact is of the kind."""
        return fact.attribute == self.attribute if self.values is None else fact.is_one_of(self.values)

    def touches(self, fact: NamedFact) -> bool:
        """Whether an alternative of the fact is of the kind."""
        return any(self.has(replace(fact, facts=(one,))) for one in fact.facts)


@dataclass(slots=True)
class _Section:
    """What facts mean beside one that `kind` touches, or if it `is_absent`, without one."""

    kind: _Kind
    is_absent: bool
    meanings: list[tuple[_Kind, tuple[Alternatives, ...]]]

    def applies(self, facts: Sequence[NamedFact]) -> bool:
        return any(map(self.kind.touches, facts)) != self.is_absent

    def meaning(self, fact: NamedFact) -> list[NamedFact]:
        for kind, meant in self.meanings:
            if kind.has(fact):
                return [NamedFact(fact.word, alternatives) for alternatives in meant]
        return [fact]


def without_void(facts: list[NamedFact]) -> list[NamedFact]:
    """The facts as they are meant beside each other, by the rules of data/beside.txt."""
    for section in _sections():
        if section.applies(facts):
            facts = [meant for fact in facts for meant in section.meaning(fact)]
    return facts


@cache
def _sections() -> tuple[_Section, ...]:
    return read_sections(DATA / "beside.txt")


def read_sections(file: Path) -> tuple[_Section, ...]:
    """The sections of `file`, data/beside.txt, in its order.

    Raises:
        WordListError: a line or the name of a section is invalid.
    """
    found: dict[str, _Section] = {}
    for name, key, meant in entries(file):
        if not name or not meant:
            raise WordListError(f"{file.name}, {key!r}: {'no meaning' if name else 'no section'}")
        section = found.setdefault(
            name, _Section(_kind(file, name.removeprefix(NOT)), name.startswith(NOT), [])
        )
        section.meanings.append((_kind(file, key), facts_of_line(file, "|".join(meant))))
    return tuple(found.values())


def _kind(file: Path, text: str) -> _Kind:
    if text == DISKS:
        return _Kind(text, attributes(DISKS))
    if "=" not in text:
        return _Kind(text, None)
    (alternatives,) = facts_of_line(file, text)
    return _Kind(alternatives[0][0], frozenset("=".join(fact) for fact in alternatives))
