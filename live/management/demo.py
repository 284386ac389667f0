"""The demo of live usage: the sources of the made-up company."""

from __future__ import annotations

from collections.abc import Sequence

from costs.providers.demo.charges import CLOUDS
from live.models import LiveSource

NAMES = tuple(f"demo-{cloud}" for cloud in CLOUDS)


def real_sources() -> Sequence[str]:
    """The names of sources that are not made up."""
    return list(LiveSource.objects.exclude(kind=LiveSource.Kind.DEMO).values_list("name", flat=True))


def install() -> Sequence[LiveSource]:
    """The sources of the demo, made where they are not there."""
    values = {"kind": LiveSource.Kind.DEMO, "is_enabled": True}
    return [
        LiveSource.objects.update_or_create(name=name, defaults={**values, "location": f"demo://{cloud}"})[0]
        for name, cloud in zip(NAMES, CLOUDS, strict=True)
    ]


def remove() -> int:
    """Delete the demo's sources with all that was counted of them; return how many there were."""
    sources = LiveSource.objects.filter(kind=LiveSource.Kind.DEMO)
    number = sources.count()
    sources.delete()
    return number
