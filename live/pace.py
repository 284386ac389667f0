"""Tokens and their prices in the last minutes that each cloud has whole: how fast money is spent now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from catalog.offers.model_names import Names
from live.costed import Costed, priced
from live.counts import counts
from live.freshness import Freshness, disabled, freshness, missed
from live.models import LiveSource
from live.rates import Chain
from live.words import behind

# Short enough to be now, and long enough not to jump with each call.
MINUTES = 15


@dataclass(frozen=True, slots=True)
class CloudPace:
    """The tokens of a cloud in its last whole minutes.

    Args:
        cloud: aws, gcp or azure.
        start: the first of the minutes; None if nothing was read yet.
        end: the minute after the last.
        why: why the minutes do not tell all of now, as a sentence; "" if they do.
        costed: the tokens with their prices; none if sources are late or lack minutes, and those of the
            others if a source is disabled.
    """

    cloud: str
    start: datetime | None
    end: datetime | None
    why: str
    costed: Sequence[Costed]


def paces(
    sources: Sequence[LiveSource], minutes: int, names: Names, prices: Chain, now: datetime
) -> list[CloudPace]:
    """What each cloud counted in its last whole minutes. One that is late, or lacks any, tells why.

    What is used at a disabled source is not known; the others of its cloud tell at least theirs.

    Args:
        sources: those that count.
        minutes: how many.
        names: the models by their names.
        prices: the price chain.
        now: the time.
    """
    found = []
    for cloud in sorted({source.cloud for source in sources}):
        own = [source for source in sources if source.cloud == cloud and source.is_enabled]
        off = [source for source in sources if source.cloud == cloud and not source.is_enabled]
        states = [freshness(source, now) for source in own]
        through = [state.through for state in states if state.through]
        end = min(through, default=None)
        start = end - timedelta(minutes=minutes) if end else None
        why = _late(states) or _gap(own, start, end)
        is_known = start and end and not why
        counted = counts(own, start, end, names) if is_known and start and end else []
        found.append(CloudPace(cloud, start, end, why or _off(off), priced(counted, prices)))
    return found


def _late(states: Sequence[Freshness]) -> str:
    late = [state for state in states if state.is_late]
    return behind(late[0].source.name, late[0].lag) if late else ""


def _off(sources: Sequence[LiveSource]) -> str:
    return disabled(sources[0]) if sources else ""


def _gap(sources: Sequence[LiveSource], start: datetime | None, end: datetime | None) -> str:
    if start is None or end is None:
        return ""
    lacking = [source.name for source in sources if missed(source, start, end)]
    return f"Minutes of {lacking[0]} were not read." if lacking else ""
