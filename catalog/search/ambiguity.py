"""What tells the candidates apart that fit a question equally well, and the question that settles it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from catalog.offers import DATA
from catalog.offers.attributes import Span
from catalog.pricing.decimals import plain
from catalog.search.contract import Ambiguous, AmbiguousValue
from catalog.words import entries

MAX_VALUES = 6
MAX_ATTRIBUTES = 4
# A candidate without the attribute.
NONE = "none"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A SKU that fits as well as the first: its attributes, and where it is sold.

    `key` is the same for SKUs that differ by place alone. `price` is the list price of one `unit` in USD;
    both are None if it is not known. `span` are the machines that a licence covers.
    """

    facts: Mapping[str, tuple[str, ...]]
    key: str
    name: str
    regions: tuple[str, ...]
    source: str | None
    destination: str | None
    price: Decimal | None
    unit: str | None
    span: Span | None = None


def ambiguous_in(
    candidates: Sequence[Candidate], settled: Collection[str], *, has_place: bool, are_all: bool = True
) -> list[Ambiguous]:
    """The attributes in which the candidates differ, first those that all have, with fewer values first.

    Args:
        candidates: the first SKU and those that fit as well, in order.
        settled: the attributes of which the question names one value.
        has_place: whether the question names a place.
        are_all: whether there are no more candidates: counts and lowest prices of some are not those of all.
    """
    if not candidates:
        return []
    first = candidates[0]
    attributes = dict.fromkeys(name for candidate in candidates for name in candidate.facts)
    found = [
        _differing(name, [(_joined(candidate.facts.get(name, ())), candidate) for candidate in candidates])
        for name in attributes
        if name not in settled
    ]
    alike = [candidate for candidate in candidates if candidate.key == first.key]
    found += [_differing(name, pairs) for name, pairs in _places(alike, has_place=has_place)]
    differing = sorted((entry for entry in found if entry), key=_plainness)
    differing = differing[:MAX_ATTRIBUTES]
    if not differing and len(alike) < len(candidates) and "name" not in settled:
        by_name = _differing("name", [(candidate.name, candidate) for candidate in candidates])
        differing = [by_name] if by_name else []
    return differing if are_all else [_without_figures(entry) for entry in differing]


def _plainness(entry: Ambiguous) -> tuple[bool, int]:
    """Which SKUs all have comes before what only some have; then the attribute with fewer values."""
    return any(value["value"] == NONE for value in entry["values"]), entry["of"]


def _without_figures(entry: Ambiguous) -> Ambiguous:
    values = [AmbiguousValue(value=value["value"]) for value in entry["values"]]
    return Ambiguous(attribute=entry["attribute"], values=values, ask=entry["ask"])


Pairs = list[tuple[str, Candidate]]


def _places(alike: Sequence[Candidate], *, has_place: bool) -> Iterator[tuple[str, Pairs]]:
    # One SKU has one price in all its regions.
    if not has_place and len(alike) > 1:
        yield "region", [(region, candidate) for candidate in alike for region in candidate.regions]
    if not has_place and len({candidate.regions for candidate in alike}) == 1:
        yield "source", [(candidate.source or NONE, candidate) for candidate in alike]
    yield "destination", [(candidate.destination or NONE, candidate) for candidate in alike]


def _joined(values: Sequence[str]) -> str:
    return "/".join(sorted(values)) or NONE


def _differing(attribute: str, pairs: Pairs) -> Ambiguous | None:
    having: defaultdict[str, list[Candidate]] = defaultdict(list)
    for value, candidate in pairs:
        having[value].append(candidate)
    if len(having) < 2:  # noqa: PLR2004  one value tells nothing apart
        return None
    counts = Counter({value: len(candidates) for value, candidates in having.items()})
    return Ambiguous(
        attribute=attribute,
        values=[_value(value, having[value]) for value, _ in counts.most_common(MAX_VALUES)],
        of=len(having),
        ask=_questions()[attribute],
    )


def _value(value: str, candidates: Sequence[Candidate]) -> AmbiguousValue:
    """The value with its lowest price, if the prices are all known and of one unit."""
    found = AmbiguousValue(value=value, count=len(candidates))
    prices = [candidate.price for candidate in candidates if candidate.price is not None]
    if len(prices) == len(candidates) and len({candidate.unit for candidate in candidates}) == 1:
        found["from"] = plain(min(prices))
    return found


@cache
def _questions() -> dict[str, str]:
    return {key: ", ".join(words) for _, key, words in entries(DATA / "questions.txt")}


def sentence(ambiguous: Sequence[Ambiguous]) -> str:
    """A sentence that asks for the attribute that tells the candidates apart."""
    if not ambiguous:
        return ""
    names = [entry["attribute"].replace("_", " ") for entry in ambiguous]
    return f"Several SKUs fit equally well; they differ in {', '.join(names)}. {ambiguous[0]['ask']}"
