"""Units of billing meters: how many things one unit is, and what they are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from catalog.meters.meter import UsageKind as Kind

_UNIT = re.compile(
    r"(?P<number>\d+(?:\.\d+)?)?\s*(?:(?P<factor>k|m|thousand|million)(?![a-z]))?"
    r"[\s/{]*(?P<noun>[a-z ]*)[}\s]*"
)
# What AWS's marketplace describes a rate with whose unit is "Units". DuckDB reads it too (costs/stamp.py).
MARKETPLACE = r"^AWS Marketplace software usage\|[^|]*\|(?:price per 1 )?(thousand|million) [a-z ]*tokens"
_MARKETPLACE = re.compile(MARKETPLACE, re.IGNORECASE)
_FACTORS = {"": 1, "k": 1000, "thousand": 1000, "m": 1_000_000, "million": 1_000_000}
_TIME = frozenset(
    {Kind.PROVISIONED, Kind.HOSTING, Kind.TRAINING, Kind.CACHE_STORAGE, Kind.AUDIO, Kind.VIDEO, Kind.OTHER}
)
# What a unit of this noun can be the measure of. No noun ("1K", "count") suits every kind.
_KINDS: dict[frozenset[str], frozenset[Kind]] = {
    frozenset({"", "count"}): frozenset(Kind),
    frozenset({"token", "tokens"}): frozenset({Kind.TOKENS, Kind.TRAINING}),
    frozenset({"char", "character", "characters"}): frozenset({Kind.CHARACTERS}),
    frozenset({"image", "images", "images processed"}): frozenset({Kind.IMAGES}),
    frozenset({"request", "requests", "query", "queries", "call", "calls", "search unit", "search units"}): (
        frozenset({Kind.REQUESTS, Kind.SEARCHES})
    ),
    frozenset({"h", "hr", "hrs", "hour", "hours", "day", "days", "month", "months", "mo"}): _TIME,
    frozenset({"s", "second", "seconds", "minute", "minutes"}): _TIME,
}
# What is counted if the meter does not say: "gpt-realtime-whisper Opt Gl Unit" by the hour counts no tokens.
_KIND = {
    "char": Kind.CHARACTERS,
    "character": Kind.CHARACTERS,
    "characters": Kind.CHARACTERS,
    "image": Kind.IMAGES,
    "images": Kind.IMAGES,
    "images processed": Kind.IMAGES,
}


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of a bill: `number` of what `noun` names; None if its words are not known."""

    number: Decimal
    noun: str

    def suits(self, kind: Kind) -> bool:
        return any(self.noun in nouns and kind in kinds for nouns, kinds in _KINDS.items())

    @property
    def kind(self) -> Kind | None:
        """What it counts, if its noun tells that it is no token."""
        return _KIND.get(self.noun)

    @property
    def is_time(self) -> bool:
        return not self.suits(Kind.TOKENS) and self.suits(Kind.HOSTING)


@lru_cache(maxsize=1000)
def read_unit(text: str) -> Unit | None:
    """The unit that a bill writes as "1K tokens", "1M", "1/Hour" or "count"; None if it does not say."""
    match = _UNIT.fullmatch(text.strip().lower())
    if not text.strip() or not match:
        return None
    noun = match["noun"].strip()
    if not any(noun in nouns for nouns in _KINDS):
        return None
    number = Decimal(match["number"] or 1) * _FACTORS[match["factor"] or ""]
    return Unit(number, noun) if number else None


def per_unit(unit: str, kind: Kind, in_meter: Decimal | None) -> Decimal | None:
    """How many things of `kind` one `unit` is; `in_meter` is what the meter's own name says.

    None if neither says, or if the two differ: a wrong factor is a thousandfold error.
    """
    if not unit.strip():
        return in_meter
    said = read_unit(unit)
    if not said or not said.suits(kind) or in_meter not in (None, said.number):
        return None
    return said.number


def unit_in_description(description: str) -> str:
    """The unit that a rate of AWS's marketplace is described with, "million tokens"; empty if it is not."""
    match = _MARKETPLACE.match(description)
    return f"{match[1].lower()} tokens" if match else ""
