"""How current the counts of sources are: up to when they are known, and what of a time is missing.

In a minute that was read and has no count, nothing was used. One that was not read is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from live.models import LiveSource, LiveSpan
from live.providers.registry import SETTLE
from live.providers.source import floor_minute, minute_of, moment_of

# A collection every five minutes at the least, which takes a while.
PATIENCE = timedelta(minutes=6)


@dataclass(frozen=True, slots=True)
class Gap:
    """Minutes of a source that were not read, and why."""

    source: LiveSource
    start: datetime
    end: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Freshness:
    """How far the counts of a source go.

    Args:
        through: the end of the last minute that its cloud usually has whole by now; None if nothing was read.
        lag: how long ago that is.
        is_late: whether it is longer than the cloud and a collection every five minutes take.
    """

    source: LiveSource
    through: datetime | None
    lag: timedelta | None
    is_late: bool


def freshness(source: LiveSource, now: datetime) -> Freshness:
    """How far the counts of a source go at a time."""
    if source.through is None:
        return Freshness(source, None, None, is_late=True)
    settle = SETTLE[source.kind]
    through = min(source.through, floor_minute(now) - settle)
    lag = now - through
    return Freshness(source, through, lag, is_late=lag > settle + PATIENCE)


def gaps(sources: Sequence[LiveSource], start: datetime, end: datetime, now: datetime) -> list[Gap]:
    """The minutes of a time that sources should have by now, but were not read for.

    Nobody waits for a disabled source, and what was used there since is not known.
    """
    found = []
    for source in sources:
        patience = SETTLE[source.kind] + PATIENCE if source.is_enabled else timedelta()
        due = min(end, floor_minute(now) - patience)
        for first, last in missed(source, start, due):
            found.append(Gap(source, moment_of(first), moment_of(last), _why(source)))
    return found


def disabled(source: LiveSource) -> str:
    """That nothing is known of a source, as a sentence."""
    return f"{source.name} is disabled: what is used there is not known."


def missed(source: LiveSource, start: datetime, end: datetime) -> list[tuple[int, int]]:
    """The minutes of a time that a source was not read for: each stretch as its first and the one after."""
    spans = LiveSpan.objects.filter(source=source, start__lt=minute_of(end), end__gt=minute_of(start))
    bounds = spans.order_by("start").values_list("start", "end")
    return list(_between(bounds, minute_of(start), minute_of(end)))


def _between(spans: Iterable[tuple[int, int]], start: int, end: int) -> Iterable[tuple[int, int]]:
    """What is between spans, from `start` to `end`."""
    at = start
    for first, last in spans:
        if first > at:
            yield at, min(first, end)
        at = max(at, last)
    if at < end:
        yield at, end


def _why(source: LiveSource) -> str:
    if not source.is_enabled:
        return disabled(source)
    if source.error:
        return source.error
    return "collect_live did not run." if source.through else "collect_live has not read it yet."
