"""Reads billing meters into what they count; what no word list knows is the billing name of the model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from catalog.meters.meter import NOT_AI, Meter, UsageKind
from catalog.meters.units import per_unit, read_unit
from catalog.meters.vocabulary import NO_MEANING, Fact, Word, vocabulary, words_of

_AWS_REGION = r"(?:[a-z]{3}\d{1,2}|eu)"
# What is no word: the regions that an AWS meter starts with, Google Cloud's sizes of context and its regions.
_PATTERNS: dict[str, tuple[tuple[re.Pattern[str], Fact], ...]] = {
    "aws": (
        (re.compile(rf"^{_AWS_REGION}[-_]", re.IGNORECASE), Fact(NO_MEANING, "-")),
        (re.compile(rf"^ ?MP:(?:{_AWS_REGION}_)?", re.IGNORECASE), Fact(NO_MEANING, "-")),
    ),
    "gcp": (
        (re.compile(r"context window size from 0 to \d+ tokens", re.IGNORECASE), Fact("context", "short")),
        (re.compile(r"context window size from \d+ to \d+ tokens", re.IGNORECASE), Fact("context", "long")),
        (
            re.compile(
                r"\b(?:africa|asia|australia|europe|me|northamerica|southamerica|us)-[a-z]+\d{1,2}\b",
                re.IGNORECASE,
            ),
            Fact("scope", "regional"),
        ),
    ),
    "azure": (),
}
# What AWS does not say of tokens: it names only the scopes that leave the region.
_UNSAID_SCOPE = {"aws": "regional"}
_MODALITIES = {UsageKind.IMAGES: "image", UsageKind.AUDIO: "audio", UsageKind.VIDEO: "video"}
_KINDS = {"image": UsageKind.IMAGES, "audio": UsageKind.AUDIO, "video": UsageKind.VIDEO}
_NAME_ENDS = " -_/:().,\u2013\u2014"


@dataclass(slots=True)
class _Reading:
    """What the words of a meter say, outright or by the model's name; `named` are the places of that name."""

    said: dict[str, str] = field(default_factory=dict)
    implied: dict[str, str] = field(default_factory=dict)
    modalities: list[tuple[int, int, str]] = field(default_factory=list)
    named: set[int] = field(default_factory=set)
    variants: list[str] = field(default_factory=list)

    def __getitem__(self, axis: str) -> str | None:
        return self.said.get(axis) or self.implied.get(axis)

    def take(self, start: int, end: int, facts: Sequence[Fact]) -> None:
        """Takes what the words from `start` to `end` say; the first that speaks of an axis decides."""
        for fact in facts:
            if fact.is_name:
                self.implied.setdefault(fact.axis, fact.value)
                self.named.update(range(start, end))
            elif fact.axis == "modality":
                self.modalities.append((start, end, fact.value))
            elif fact.axis == "variant":
                self.variants.append(fact.value)
            elif fact.axis != NO_MEANING:
                self.said.setdefault(fact.axis, fact.value)

    def decide_modality(self) -> None:
        """Of several modalities, one that follows the name is part of it: "Gemini 3 Pro Image Text Input"."""
        while len(self.modalities) > 1:
            of_name = next((each for each in self.modalities if each[0] - 1 in self.named), None)
            if not of_name:
                break
            self.named.update(range(of_name[0], of_name[1]))
            self.modalities.remove(of_name)
        if self.modalities:
            self.said["modality"] = self.modalities[0][2]

    @property
    def variant(self) -> str:
        """Also that of the model's name: Fireworks hosts models that Azure hosts too, at other prices."""
        return " ".join(dict.fromkeys(filter(None, (*self.variants, self.implied.get("variant")))))

    def is_of_ai(self) -> bool:
        counts = self["counts"] and (self["direction"] or self["cache"])
        return bool(counts or self["ai"])


@lru_cache(maxsize=10_000)
def read_meter(cloud: str, meter: str, unit: str, *products: str) -> Meter:
    """What the billing meter of a cloud (aws, gcp or azure) counts.

    Args:
        cloud: whose bill it is on.
        meter: the usage type, SKU name or meter name, as the bill spells it.
        unit: the unit of the quantity, as the bill spells it.
        products: what the bill calls the product of the meter, which some names need to be understood.
    """
    reading, name = _read_words(cloud, meter)
    is_ai_product, title = _read_products(cloud, products)
    if not is_ai_product and not reading.is_of_ai():
        return NOT_AI
    kind = _kind(reading, unit)
    # Nothing that is known is counted: whose words these are cannot be told.
    if kind is None:
        return Meter(kind=UsageKind.OTHER)
    return _meter(cloud, reading, kind, unit=unit, name=title or name)


def _read_words(cloud: str, meter: str) -> tuple[_Reading, str]:
    """What the words of a meter say, and those that name the model."""
    reading, text = _Reading(), meter
    if cloud == "gcp":  # an underscore is a space; on AWS, it ends a region
        text = text.replace("_", " ")
    for pattern, fact in _PATTERNS[cloud]:
        text, found = pattern.subn(" ", text)
        if found:
            reading.take(0, 0, [fact])
    words = words_of(text)
    texts = [word.text for word in words]
    known, at = vocabulary(cloud), 0
    while at < len(words):
        end, facts = known.at(texts, at) or (at + 1, (Fact(NO_MEANING, "-", is_name=True),))
        reading.take(at, end, facts)
        at = end
    reading.decide_modality()
    return reading, _name(text, words, sorted(reading.named))


def _name(text: str, words: Sequence[Word], named: Sequence[int]) -> str:
    """The words at `named` as the bill spells them; each keeps the sign before it."""
    name = ""
    for at in named:
        if name:
            sign = text[words[at - 1].end : words[at].start]
            name += sign or ("" if at - 1 in named else " ")
        name += text[words[at].start : words[at].end]
    return name.replace("_", " ").strip(_NAME_ENDS)


@lru_cache(maxsize=1000)
def _read_products(cloud: str, products: Sequence[str]) -> tuple[bool, str]:
    """Whether a product is of AI, and the model's name if AWS's marketplace sells a model as a product."""
    for product in products:
        words = words_of(product)
        texts = [word.text for word in words]
        for start in range(len(words)):
            found = vocabulary(cloud).at(texts, start)
            if not found or found[0] != len(words):
                continue
            said = {fact.value for fact in found[1] if fact.axis == "product"}
            if "edition" in said:
                return True, product[: words[start].start].strip(_NAME_ENDS)
            if "ai" in said and start == 0:
                return True, ""
    return False, ""


def _kind(reading: _Reading, unit: str) -> UsageKind | None:
    """What a meter of AI counts; None if its words do not say."""
    said, implied = reading.said.get("kind"), reading.implied.get("kind")
    is_of_tokens = bool(reading["direction"] or reading["cache"])
    if said:
        return UsageKind(said)
    if reading["counts"]:
        # What a fine-tuned model is billed for beside its input and output is its training.
        is_training = reading["tier"] == "fine-tuned" and not is_of_tokens
        return UsageKind.TRAINING if is_training else UsageKind.TOKENS
    if implied:
        return UsageKind(implied)
    measure = read_unit(unit)
    if measure and measure.kind:
        return measure.kind
    if measure and measure.is_time:
        return _KINDS.get(reading["modality"] or "")
    return UsageKind.TOKENS if is_of_tokens else None


def _meter(cloud: str, reading: _Reading, kind: UsageKind, *, unit: str, name: str) -> Meter:
    factor, variant = reading["factor"], reading.variant
    count = per_unit(unit, kind, Decimal(factor) if factor else None)
    if kind is not UsageKind.TOKENS:
        return Meter(
            kind=kind,
            billing_model=name,
            modality=_MODALITIES.get(kind) or reading["modality"],
            tier="provisioned" if kind is UsageKind.PROVISIONED else reading["tier"],
            scope=reading["scope"],
            context=reading["context"],
            per_unit=count,
            variant=variant,
        )
    return Meter(
        kind=kind,
        billing_model=name,
        # Only what goes in is ever read from or written to a cache.
        direction=reading["direction"] or ("Input" if reading["cache"] else None),
        cache=reading["cache"] or "Uncached",
        modality=reading["modality"] or "text",
        tier=reading["tier"] or "standard",
        scope=reading["scope"] or _UNSAID_SCOPE.get(cloud),
        context=reading["context"],
        per_unit=count,
        variant=variant,
    )


def sells_models(cloud: str, *products: str) -> bool:
    """Whether all that a product of a cloud sells is AI, as its name says."""
    return _read_products(cloud, products)[0]
