"""What a billing meter counts, in the words of FOCUS 1.5's draft and of docs/tools.md."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class UsageKind(StrEnum):
    """What an AI meter counts."""

    TOKENS = "tokens"
    CHARACTERS = "characters"
    IMAGES = "images"
    AUDIO = "audio"
    VIDEO = "video"
    REQUESTS = "requests"
    SEARCHES = "searches"
    CACHE_STORAGE = "cache-storage"
    PROVISIONED = "provisioned-throughput"
    HOSTING = "hosting"
    TRAINING = "training"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Meter:
    """A billing meter, read by a closed vocabulary.

    Args:
        kind: what it counts; None if it is not of AI.
        billing_model: the words that name the model, as the bill spells them; "" if none do.
        direction: Input or Output, for tokens only.
        cache: Read, Write, Uncached or Other, for tokens only.
        modality: text, image, audio or video.
        tier: standard, batch, flex, priority, latency-optimized, provisioned or fine-tuned.
        scope: regional, geo or global.
        context: short or long.
        per_unit: how many tokens, requests or other things one billed unit is ("1K tokens": 1000); None if
            the unit does not say, which is never assumed.
        variant: what else tells its price from that of a meter with the same axes: the lifetime of a cache,
            the term of a reservation, the resolution of a video, the kind of deployment; "" if nothing does.
    """

    kind: UsageKind | None = None
    billing_model: str = ""
    direction: str | None = None
    cache: str | None = None
    modality: str | None = None
    tier: str | None = None
    scope: str | None = None
    context: str | None = None
    per_unit: Decimal | None = None
    variant: str = ""


NOT_AI = Meter()
