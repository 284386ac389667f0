"""Reads the name of a SKU from left to right, the longest phrase at each word."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from catalog.offers.attributes import NO_LIMIT, Span
from catalog.offers.families import is_family
from catalog.offers.language_models import language_model_at
from catalog.offers.patterns import pattern_at
from catalog.offers.products import product_names
from catalog.offers.routes import Route, place_at
from catalog.offers.versions import version_at
from catalog.offers.vocabulary import Fact, Side, vocabulary

LICENCE = ("part", "licence")
# A span in data/patterns.txt: "cpu-4-8", "cpu-5-*" without a limit, "cpu-4~-*" above 4.
SPAN = "span"
OPEN = "*"
ABOVE = "~"


def span_of(value: str) -> Span:
    unit, least, most = value.split("-")
    above = least.endswith(ABOVE)
    return Span(unit, int(least.removesuffix(ABOVE)) + above, NO_LIMIT if most == OPEN else int(most))


class NameReader:
    """A name and what has been read of it.

    `facts` are what it states, `unread` the words that nothing knows, `telling` all words but places
    and those without a meaning.
    """

    def __init__(self, tokens: Sequence[str], service: str, *, is_licence: bool) -> None:
        self.facts: set[Fact] = set()
        self.unread: list[str] = []
        self.telling: list[str] = []
        self.span: Span | None = None
        self.route = Route()
        self.has_place = False
        self._tokens = tokens
        self._service = service
        self._sections = frozenset({service})
        self._is_licence = is_licence
        self._steps = (
            self._read_place,
            self._read_language_model,
            self._read_phrase,
            self._read_product,
            self._read_family,
            self._read_version,
        )

    def read(self) -> None:
        start = 0
        while start < len(self._tokens):
            self.route.see(self._tokens[start])
            start = self._read_at(start)

    def _read_at(self, start: int) -> int:
        """The end of what starts at `start`."""
        for step in self._steps:
            if end := step(start):
                return end
        return self._leave(start)

    def _add(self, facts: Iterable[Fact], start: int, end: int) -> int:
        self.facts.update(facts)
        self.telling += self._tokens[start:end]
        return end

    def _read_place(self, start: int) -> int:
        found = place_at(self._tokens, start)
        if not found:
            return 0
        end, place = found
        self.route.add(place)
        self.has_place = True
        return end

    def _read_language_model(self, start: int) -> int:
        found = language_model_at(self._tokens, start)
        return self._add(found[1], start, found[0]) if found else 0

    def _read_phrase(self, start: int) -> int:
        """A phrase of the vocabulary or one with numbers, whichever is longer."""
        phrase = vocabulary().read(self._tokens, start, Side.NAME, self._sections)
        pattern = pattern_at(self._tokens, start, self._sections)
        if pattern and (not phrase or pattern[0] > phrase.end):
            return self._add_measured(pattern[1], start, pattern[0])
        if not phrase:
            return 0
        if not phrase.facts:
            return self._read_product(start, longer_than=phrase.end) or phrase.end
        self._read_first_product(start)
        return self._add((fact for alternatives in phrase.facts for fact in alternatives), start, phrase.end)

    def _add_measured(self, facts: Iterable[Fact], start: int, end: int) -> int:
        """The facts of a phrase with numbers; a span says which part of the machine the licence is for."""
        for attribute, value in facts:
            if attribute == SPAN:
                self.span = span_of(value)
                self.facts.add(("licence_part", self.span.unit))
            else:
                self.facts.add((attribute, value))
        return self._add((), start, end)

    def _read_product(self, start: int, longer_than: int = 0) -> int:
        """A product: what the SKU is if the name begins with it, else a word without a meaning."""
        found = product_names().at(self._tokens, start)
        if not found or found[0][0] <= longer_than:
            return 0
        self._read_first_product(start)
        return self._add((), start, found[0][0])

    def _read_first_product(self, start: int) -> None:
        is_first = not self.telling and not self.has_place and not self._is_licence
        if is_first and (found := product_names().at(self._tokens, start)):
            self.facts.add(("product", found[0][1]))

    def _read_family(self, start: int) -> int:
        word = self._tokens[start]
        return self._add([("family", word)], start, start + 1) if is_family(word, self._service) else 0

    def _read_version(self, start: int) -> int:
        is_licence = self._is_licence or LICENCE in self.facts
        found = version_at(self._tokens, start) if is_licence else None
        return self._add(found[1], start, found[0]) if found else 0

    def _leave(self, start: int) -> int:
        self.unread.append(self._tokens[start])
        self.telling.append(self._tokens[start])
        return start + 1
