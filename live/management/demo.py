"""The demo of live usage: the sources of the made-up company."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time

from costs.providers.demo.charges import CLOUDS
from live.models import LiveSource
from live.providers.registry import CALLS
from live.providers.source import floor_minute
from live.window import DEEP_OVERLAP

# The clouds, and what is as if it had been sent to the intake.
PLACES = (*CLOUDS, "calls")
NAMES = tuple(f"demo-{place}" for place in PLACES)


def real_sources() -> Sequence[str]:
    """The names of sources that are not made up."""
    return [source.name for source in LiveSource.objects.exclude(kind=CALLS) if not source.is_demo]


def install(now: datetime) -> Sequence[LiveSource]:
    """The sources of the demo, made where they are not there."""
    values = {"kind": LiveSource.Kind.DEMO, "is_enabled": True}
    sources = [
        LiveSource.objects.update_or_create(name=name, defaults={**values, "location": f"demo://{place}"})[0]
        for name, place in zip(NAMES, PLACES, strict=True)
    ]
    for source in sources:
        # The first read goes back to midnight: two days of made-up minutes would take a newcomer too long.
        midnight = datetime.combine(now.date(), time.min, UTC)
        source.through = source.through or min(midnight + DEEP_OVERLAP, floor_minute(now))
    return sources


def remove() -> int:
    """Delete the demo's sources with all that was counted of them; return how many there were."""
    sources = LiveSource.objects.filter(kind=LiveSource.Kind.DEMO)
    number = sources.count()
    sources.delete()
    return number
