"""What a SKU is: its attributes, and what they cost it in the ranking if a question leaves them open."""

from __future__ import annotations

from dataclasses import dataclass

from catalog.offers.vocabulary import Fact
from catalog.places import Place

# The `most` of a span that is open at the top.
NO_LIMIT = 1_000_000


@dataclass(frozen=True, slots=True)
class Span:
    """The machine sizes that a licence covers: `least` to `most` units, "cpu", "gpu" or "ram" (GiB)."""

    unit: str
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Attributes:
    """What the name and the category of a SKU say.

    `unread` are the words of the name that the vocabulary lacks, in order. `source` and `destination` are the
    ends of a route, `source` also the place of a SKU that is sold in one. SKUs with the same `key` differ by
    place alone.
    """

    facts: frozenset[Fact]
    unread: tuple[str, ...] = ()
    span: Span | None = None
    source: Place | None = None
    destination: Place | None = None
    has_place: bool = False
    key: str = ""

    def values(self, attribute: str) -> frozenset[str]:
        return frozenset(value for name, value in self.facts if name == attribute)
