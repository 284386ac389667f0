"""What a SKU is: its attributes, and what they cost it in the ranking if a question leaves them open."""

from __future__ import annotations

from dataclasses import dataclass

from catalog.offers.kinds import attributes
from catalog.offers.vocabulary import Fact
from catalog.places import Place

# The `most` of a span that is open at the top.
NO_LIMIT = 1_000_000
# The value of an attribute that a SKU does not have.
NONE = "none"
# The values of the attribute "term" by Google's usage types.
TERMS = {"OnDemand": "ondemand", "Preemptible": "spot", "Commit1Yr": "1y", "Commit3Yr": "3y"}


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

    def tokens(self) -> list[str]:
        """The facts as the search index has them, "attribute=none" for what the SKU may lack and does."""
        lacking = attributes("where it applies") - {attribute for attribute, _ in self.facts}
        return sorted([*("=".join(fact) for fact in self.facts), *(f"{name}={NONE}" for name in lacking)])

    def values(self, attribute: str) -> frozenset[str]:
        return frozenset(value for name, value in self.facts if name == attribute)
