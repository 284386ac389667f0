"""What a resource is billed as: parts, each with the facts of its SKU and a quantity."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import Enum
from functools import cached_property, lru_cache
from typing import NamedTuple

from catalog.offers.attributes import Attributes
from catalog.offers.implied import complete
from catalog.offers.vocabulary import Fact
from catalog.places import Place

BEFORE_WORDS = "|"
UNSPECIFIED = "unspecified"
COMPUTE: Fact = ("product", "compute-engine")


class Time(Enum):
    """What the quantity of a part is for."""

    HOUR = "hour"  # each hour that the resource runs
    MONTH = "month"  # a whole month; less for a part of it
    USE = "use"  # what is used, whatever the time


class Terms(Enum):
    """How a part is bought if the resource is bought as spot or with a commitment."""

    ALL = "all"  # likewise; the resource is not sold so if this part is not
    WHERE_SOLD = "where sold"  # likewise where it is sold so, else on demand
    ON_DEMAND = "on demand"


@dataclass(frozen=True, slots=True)
class Size:
    """How much of a machine a licence is for: so many units, "cpu", "gpu" or "ram" (GiB).

    `spans` are the sizes, from least to most, that its SKU may be for.
    """

    unit: str
    count: Decimal
    spans: frozenset[tuple[int, int]]


@dataclass(frozen=True)
class Part:
    """One thing that a resource is billed for.

    `facts` are what its SKU is, without the term: the first that any SKU of the catalog is. `quantity` is
    what one resource takes, in `unit`; `sustained_use` names its discount in data/machine_series.toml. A list
    price of zero is a price only if `may_be_free`: Google also lists zero where a thing is not sold yet.
    `committed` are the facts of its commitments where they differ, as those for cores cover predefined and
    custom machines alike. A place that sells only what `is_extra`, such as the disks of a machine, does not
    sell the resource.

    `words` are the words of the SKU's name that no list knows: the first of them that any SKU has. A SKU for
    sizes of machines has to cover `size`, one for traffic has to go to `destination`. With `in_each_place`,
    `facts` are looked for in the place one by one, since names differ between places. What is `shared` is
    bought once, however many resources there are. Parts of one licence are `versions_of` it: their `facts`
    are those of each of its `versions` in turn, and all take the same. A SKU for something that costs the
    same `everywhere` prices it in all regions that have no SKU of their own, though Google lists some regions
    for it.
    """

    name: str
    facts: tuple[frozenset[Fact], ...]
    quantity: Decimal
    unit: str
    time: Time = Time.HOUR
    terms: Terms = Terms.ON_DEMAND
    sustained_use: str | None = None
    may_be_free: bool = False
    committed: frozenset[Fact] | None = None
    is_extra: bool = False
    words: tuple[str, ...] = ("",)
    size: Size | None = None
    destination: Place | None = None
    in_each_place: bool = False
    shared: bool = False
    everywhere: bool = False
    versions_of: str | None = None
    versions: int = 1

    @cached_property
    def sort(self) -> tuple[Hashable, ...]:
        """All that says which SKU prices the part, without how much of it there is."""
        what = (self.name, self.facts, self.words, self.unit, self.committed, self.size, self.destination)
        return (*what, self.terms, self.may_be_free, self.in_each_place, self.everywhere)

    def of_version(self, number: int) -> Part:
        """The part with the facts of one version."""
        size = len(self.facts) // self.versions
        return replace(self, facts=self.facts[number * size : (number + 1) * size], versions=1)


class Tokens(NamedTuple):
    """What a part of a model counts, in the words of catalog/meters/meter.py.

    `lifetime` is that of a cache that is written to; "" is the shortest that the price list has.
    """

    direction: str
    cache: str
    lifetime: str = ""


@dataclass(frozen=True, slots=True)
class ModelUse:
    """How a model is used whose price depends on the cloud.

    `model_id` is that of the table of names, and None if only the words of `name` say which model it is.
    `clouds` are those that may list it, or the one that is named; `counted` is what each part of the bill is.
    `scope`, `context` and `host` are None if they are not said; a `host` of "" is the cloud itself, and the
    scope UNSPECIFIED that of prices whose list names none.
    """

    model_id: str | None
    name: str
    clouds: tuple[str, ...]
    counted: tuple[Tokens, ...] = ()
    tier: str = "standard"
    scope: str | None = None
    context: str | None = None
    host: str | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """What a request leaves open, so that it has no one price."""

    attribute: str
    values: tuple[str, ...]
    ask: str


@dataclass(frozen=True, slots=True)
class Bill:
    """The parts of one resource.

    `unknown` are parts of which no source says what they are; `not_included` is what such a resource usually
    costs besides; with `choices`, it cannot be priced before they are made. `place` is where it is sold, if
    that is not the region of the request. `attached` is what it has beside what its name says. If no place is
    named, `sold_as` are the parts that say where it is sold, by the kind of location if they differ by that.
    `model` is set if the bill is of a model.
    """

    resource: str
    parts: tuple[Part, ...] = ()
    unknown: tuple[str, ...] = ()
    not_included: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    place: str | None = None
    attached: str = ""
    sold_as: Mapping[str, tuple[Part, ...]] = field(default_factory=dict)
    model: ModelUse | None = None

    def with_parts(self, *parts: Part) -> Bill:
        return replace(self, parts=(*self.parts, *parts))


def facts(*named: Fact | str) -> frozenset[Fact]:
    """The facts `named`, as pairs or as "attribute=value"; of Compute Engine if no product is among them."""
    pairs = [fact if isinstance(fact, tuple) else _pair(fact) for fact in named]
    if not any(attribute == "product" for attribute, _ in pairs):
        pairs.append(COMPUTE)
    return frozenset(pairs)


def _pair(text: str) -> Fact:
    attribute, _, value = text.partition("=")
    return attribute, value


@lru_cache(maxsize=4096)
def stored(wanted: frozenset[Fact], term: str, words: str = "") -> str:
    """The columns `facts` and `unread` of sku_attributes for a SKU that is just this and bought so.

    The words that nobody could read follow BEFORE_WORDS, if there are any.
    """
    found = complete(frozenset((*wanted, ("term", term))), "", has_unread=bool(words))
    told = " ".join(("", *Attributes(found).tokens(), ""))
    return f"{told}{BEFORE_WORDS} {words} " if words else told
