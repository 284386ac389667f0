"""The rows of the catalog, from which the sweeps take their questions and labels.

What a SKU is, the patterns of this package read from its name, regions and category: a label from the
product's own reading would only prove that the product agrees with itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

T = TypeVar("T")
REGION_CODE = re.compile(r"[a-z]+-[a-z]+\d+")
# Google's short name of a region is what Cloud Storage calls a SKU that is sold in this region only.
PLACE = re.compile(r"\w+ Storage ([A-Z][A-Za-z ]+)")


def folded(text: str) -> str:
    """Lower case without accents, one space between words."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return re.sub(r"[\W_]+", " ", re.sub(r"[\u0300-\u036f]", "", plain)).strip()


@dataclass(frozen=True, slots=True)
class Row:
    """A SKU. `reach` is its geo taxonomy: the regions of a multi-region or dual-region."""

    sku_id: str
    name: str
    service: str
    family: str = ""
    group: str = ""
    usage_type: str = "OnDemand"
    regions: frozenset[str] = frozenset()
    reach: frozenset[str] = frozenset()

    @property
    def category(self) -> tuple[str, str, str]:
        return self.service, self.family, self.group


@dataclass(frozen=True)
class Rows:
    """All SKUs, and the names of all services, with SKUs or without."""

    skus: tuple[Row, ...]
    services: tuple[str, ...]
    _named: dict[str, list[Row]] = field(default_factory=dict, repr=False)

    def named(self, pattern: str) -> list[Row]:
        """The SKUs whose name contains the pattern."""
        if pattern not in self._named:
            self._named[pattern] = [row for row in self.skus if re.search(pattern, row.name)]
        return self._named[pattern]

    def sold(self, pattern: str, region: str) -> frozenset[str]:
        """The IDs of the SKUs with such a name that list the region."""
        return frozenset(row.sku_id for row in self.named(pattern) if region in row.regions)

    def reaches(self, pattern: str) -> frozenset[str]:
        """The regions in which anything with such a name is sold: alone, in a multi-region or by its name."""
        named = self.named(pattern)
        # One row says "running in TelAviv" and lists "global".
        names = " ".join(row.name.replace(" ", "") for row in named)
        by_name = {code for code, place in self.places.items() if place.replace(" ", "") in names}
        return frozenset(by_name).union(*(row.regions | row.reach for row in named))

    @cached_property
    def regions(self) -> list[str]:
        """The codes of all regions in which anything is sold, without multi-regions."""
        codes = {code for row in self.skus for code in row.regions}
        return sorted(code for code in codes if REGION_CODE.fullmatch(code))

    @cached_property
    def places(self) -> dict[str, str]:
        """Google's short names of the regions, as far as the catalog has them."""
        found: dict[str, str] = {}
        for row in self.skus:
            place = PLACE.fullmatch(row.name)
            if place and len(row.regions) == 1 and row.service == "Cloud Storage":
                found.setdefault(next(iter(row.regions)), place[1])
        return {code: place for code, place in found.items() if REGION_CODE.fullmatch(code)}

    def place(self, code: str) -> str:
        return self.places.get(code, code)


def spread(cases: Iterable[T], most: int) -> list[T]:
    """At most so many of them, evenly spaced, in steps that differ by one so as not to meet a period."""
    every = list(cases)
    if len(every) <= most:
        return every
    return [every[i * len(every) // most] for i in range(most)]
