"""A cloud in memory, each of whose keys has a count each minute."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from costs.store.configured import open_store
from live.collect import collect
from live.models import LiveHour, LiveMinute, LiveSeries, LiveSource, LiveSpan
from live.now import live_now
from live.providers.source import Measure, Reading, Requests, Series, Tariff, minute_of

# As many models as a cloud offers or so; the keys are these by account and direction.
_MODELS = 25


@dataclass
class Cloud:
    """A collector.

    Args:
        keys: how many counts a minute has.
    """

    keys: int
    tariffs: Mapping[str, Tariff] = field(default_factory=dict)
    source: LiveSource = field(init=False)
    series: list[Series] = field(init=False)

    def __post_init__(self) -> None:
        self.series = [_series(key) for key in range(self.keys)]

    def count(self, key: int, minute: int) -> int:
        """The count of a minute, the same each time that it is read."""
        return 1000 + (key * 7919 + minute * 104729) % 100_000

    def read(self, start: datetime, end: datetime, requests: Requests) -> Reading:
        """The counts of a time; see Collector."""
        requests.count("read")
        minutes = range(minute_of(start), minute_of(end))
        return Reading(
            {
                (series, minute): self.count(key, minute)
                for minute in minutes
                for key, series in enumerate(self.series)
            }
        )

    def collect(self, now: datetime) -> None:
        """Collect once.

        Raises:
            RuntimeError: it could not be read.
        """
        found = collect([self.source], now=now, opener=lambda _kind, _location: self)
        if found.outcomes[0].error:
            raise RuntimeError(found.outcomes[0].error)

    def answer(self, now: datetime) -> None:
        """What is used and costs now."""
        live_now(open_store(), now=now)

    def rows(self) -> Mapping[str, int]:
        return {
            "series": LiveSeries.objects.count(),
            "minutes": LiveMinute.objects.count(),
            "hours": LiveHour.objects.count(),
            "spans": LiveSpan.objects.count(),
        }


def added_source(through: datetime) -> LiveSource:
    """A source that was read to a time: one that never was begins with all 48 hours."""
    return LiveSource.objects.create(
        name="made-up", kind="cloudwatch", location="cloudwatch://us-east-1", through=through, deep_at=through
    )


def _series(key: int) -> Series:
    direction, model, account = key % 2, key // 2 % _MODELS, key // 2 // _MODELS
    return Series(
        account=f"{account:012}",
        region="us-east-1",
        name=f"vendor.model-{model}-v1:0",
        measure=Measure.TOKENS,
        direction=("Input", "Output")[direction],
        cache="Uncached",
    )
