"""A call of a model that was sent to us, and what it adds to which series. No Django, no clock.

Prompts and answers are never read: of what is sent, only the fields below are.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from live.intake.errors import RejectedCallError
from live.providers.registry import cloud_of_provider
from live.providers.scopes import scope_of
from live.providers.source import MAX_CHARACTERS, Measure, Series, minute_of

# How old a call may be. Until it is older its id is known, and then it is refused: none ever counts twice.
MAX_AGE = timedelta(hours=6)
# How far a clock may be ahead of ours.
MAX_AHEAD = timedelta(minutes=5)
# Of one kind in one call: far above any context, and far below what a column holds.
MAX_TOKENS = 1_000_000_000
_MAX_ID = 500
# An id that is shorter may be a placeholder that all calls have.
_MIN_ID = 8
UNKNOWN = "unknown"
_TIERS = {"default": "standard", "auto": "", "scale": "provisioned"}
# Azure writes the version after the model: gpt-4o-2024-08-06.
_NO_TEXT = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_VERSION = re.compile(r"^(.+)-(\d{4}-\d{2}-\d{2})$")


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of a call; "" and None is what is not.

    Args:
        response_id: the provider's id of its answer, which all that report the call know.
        other_id: an id of who reports it.
        ended: seconds since 1970, in billionths.
        provider: as OpenTelemetry or LiteLLM spells it.
        request_model: what was asked for; a deployment on Azure.
        response_model: what answered.
        tier: as OpenAI spells it.
        customer: for whom it was.
        feature: what it was for.
        input: tokens of input, with what was read from and written to a cache.
        cache_read: of these, those that were read from a cache.
        cache_write: of these, those that were written to one.
        output: tokens of output.
    """

    response_id: object = ""
    other_id: object = ""
    ended: object = None
    provider: object = ""
    request_model: object = ""
    response_model: object = ""
    tier: object = ""
    customer: object = ""
    feature: object = ""
    input: object = None
    cache_read: object = None
    cache_write: object = None
    output: object = None

    @property
    def has_tokens(self) -> bool:
        return any(each is not None for each in (self.input, self.cache_read, self.cache_write, self.output))


@dataclass(frozen=True, slots=True)
class Call:
    """A version of a call.

    Args:
        key: the same for all versions of it.
        minute: in which it ended.
        counts: what it adds to each series.
        rank: of two versions, that with the higher one counts: more tokens, then more that is told of them.
            So it is the same whichever comes first, and however often.
    """

    key: str
    minute: int
    counts: tuple[tuple[Series, int], ...]
    rank: str


def read(told: Told, now: datetime) -> Call:
    """The call that is told of.

    Raises:
        RejectedCallError: it cannot be counted, and why.
    """
    minute = _minute(told.ended, now)
    series = _series(told)
    tokens = {key: count for key, count in _tokens(told) if count}
    counts = [
        (series._replace(measure=Measure.TOKENS, direction=direction, cache=cache), count)
        for (direction, cache), count in tokens.items()
    ]
    requests = series._replace(scope="", tier="")
    found = tuple(sorted([*counts, (requests, 1)]))
    return Call(_key(told), minute, found, _rank(found, minute))


def _minute(ended: object, now: datetime) -> int:
    nanos = _whole(ended)
    if nanos is None or nanos <= 0:
        raise RejectedCallError("It does not say when it ended.")
    minute = nanos // 60_000_000_000
    if minute < minute_of(now - MAX_AGE):
        raise RejectedCallError(f"It ended more than {MAX_AGE // timedelta(hours=1)} hours ago.")
    if minute > minute_of(now + MAX_AHEAD):
        raise RejectedCallError("It ended in the future.")
    return minute


def _series(told: Told) -> Series:
    provider = _text("provider", told.provider) or UNKNOWN
    asked, answered = _text("model", told.request_model), _text("model", told.response_model)
    name = answered or asked
    if not name:
        raise RejectedCallError("It does not say which model was called.")
    cloud, plain, version = cloud_of_provider(provider), name if name.startswith("arn:") else _last(name), ""
    if cloud == "azure" and (found := _VERSION.match(plain)):
        plain, version = found.groups()
    tier = _text("tier", told.tier).lower()
    return Series(
        account="",
        region="",
        name=plain,
        measure=Measure.REQUESTS,
        deployment=asked if _last(asked) not in ("", plain) else "",
        tier=_TIERS.get(tier, tier),
        scope=scope_of(plain) if cloud == "aws" else "",
        version=version,
        provider=provider,
        customer=_text("customer", told.customer),
        feature=_text("feature", told.feature),
    )


def _last(name: str) -> str:
    """A model without what LiteLLM and Google write before it: bedrock/, publishers/google/models/."""
    return name.rpartition("/")[2]


def _tokens(told: Told) -> Iterator[tuple[tuple[str, str], int]]:
    """The tokens by direction and cache; of input without a word on caches, that is not told."""
    given, read_, written = (
        _count("input", told.input),
        _count("cached input", told.cache_read),
        _count("cache writes", told.cache_write),
    )
    if read_ is None and written is None:
        yield ("Input", ""), given or 0
    else:
        cached = (read_ or 0) + (written or 0)
        # The conventions count them in the input; where they are more than it, it is without them.
        rest = given or 0
        yield ("Input", "Uncached"), rest - cached if rest >= cached else rest
        yield ("Input", "Read"), read_ or 0
        yield ("Input", "Write"), written or 0
    yield ("Output", "Uncached"), _count("output", told.output) or 0


def _count(name: str, value: object) -> int | None:
    if value is None:
        return None
    count = _whole(value)
    if count is None:
        raise RejectedCallError(f"Its tokens of {name} are not a whole number.")
    if not 0 <= count <= MAX_TOKENS:
        raise RejectedCallError(f"Its tokens of {name} are not from 0 to {MAX_TOKENS:,}.")
    return count


def _whole(value: object) -> int | None:
    """A whole number, which JSON of OpenTelemetry writes as text; None if it is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    if isinstance(value, str):
        # Python reads numbers of any length only up to a limit, and spaces and underscores in them.
        return int(value) if re.fullmatch(r"-?[0-9]{1,30}", value) else None
    return value if isinstance(value, int) else None


def _text(name: str, value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        value = f"{value}" if isinstance(value, int) and not isinstance(value, bool) else None
    if value is None:
        raise RejectedCallError(f"Its {name} is not a text.")
    text = value.strip()
    if len(text) > MAX_CHARACTERS:
        raise RejectedCallError(f"Its {name} has more than {MAX_CHARACTERS} characters.")
    if _NO_TEXT.search(text):
        raise RejectedCallError(f"Its {name} has characters that are no text.")
    return text


def _key(told: Told) -> str:
    """What all versions of a call have in common, whoever reports it: so no two reports count twice."""
    for kind, found in (("response", told.response_id), ("other", told.other_id)):
        if isinstance(found, str) and _MIN_ID <= len(found) <= _MAX_ID:
            return hashlib.sha256(f"{kind} {found}".encode(errors="surrogatepass")).hexdigest()[:32]
    raise RejectedCallError("It has no id, by which it could be known when it is sent again.")


def _rank(counts: tuple[tuple[Series, int], ...], minute: int) -> str:
    """A text of which the greater one wins. The last part only makes it the same whichever comes first."""
    tokens = sum(count for series, count in counts if series.measure is Measure.TOKENS)
    first = counts[0][0]
    told = f"{bool(first.customer):d}{bool(first.feature):d}{len(counts)}"
    digest = hashlib.sha256(repr((minute, counts)).encode(errors="surrogatepass")).hexdigest()[:16]
    return f"{tokens:013d} {told} {digest}"
