"""What Google's category of a SKU says about it, before its name is read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from catalog.offers import DATA
from catalog.offers.vocabulary import Fact, facts_of_line
from catalog.words import WordListError, entries

# Service, resource family, resource group.
PARTS = 3
ANY = "*"
CONTAINS = "~"


@dataclass(frozen=True, slots=True)
class Category:
    """A line of the list: the patterns of service, resource family and resource group, and what they say."""

    patterns: tuple[str, ...]
    facts: tuple[Fact, ...]

    def fits(self, *names: str) -> bool:
        return all(_fits(pattern, name) for pattern, name in zip(self.patterns, names, strict=True))


def _fits(pattern: str, name: str) -> bool:
    if pattern.startswith(CONTAINS):
        return pattern[1:] in name
    return pattern in (ANY, name)


def read_categories(file: Path) -> tuple[Category, ...]:
    """The lines of `file`, data/categories.txt.

    Raises:
        WordListError: a line does not consist of three patterns and facts.
    """
    found = []
    for _, key, facts in entries(file):
        patterns = tuple(part.strip() for part in key.split("|"))
        if len(patterns) != PARTS or len(facts) != 1:
            raise WordListError(f"{file.name}, {key!r}: not `service | family | group: facts`")
        found.append(Category(patterns, tuple(fact for (fact,) in facts_of_line(file, facts[0]))))
    return tuple(found)


@cache
def _categories() -> tuple[Category, ...]:
    return read_categories(DATA / "categories.txt")


@cache
def facts_of_category(service: str, resource_family: str, resource_group: str) -> tuple[Fact, ...]:
    """The facts of all lines that fit the category."""
    fitting = (each for each in _categories() if each.fits(service, resource_family, resource_group))
    return tuple(dict.fromkeys(fact for category in fitting for fact in category.facts))
