"""A cloud that has just what a test says, and a clock that a test sets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from live.collect import Collection, collect
from live.errors import CollectError
from live.models import LiveSource
from live.providers.source import Measure, Reading, Requests, Series, Tariff, minute_of
from tests.costs.stores import MemoryStore, tokens

NOON = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
INPUT = Series("111122223333", "us-east-1", "amazon.nova-lite-v1:0", Measure.TOKENS, "", "Input", "Uncached")
OUTPUT = INPUT._replace(direction="Output")
REQUESTS = INPUT._replace(measure=Measure.REQUESTS, direction="", cache="")
MINUTE = timedelta(minutes=1)


@dataclass
class Cloud:
    """The counts that a cloud tells now, by series and minute; it fails with `error` if there is one.

    Args:
        asked: the windows that were asked for.
    """

    counts: dict[tuple[Series, int], int] = field(default_factory=dict)
    error: str = ""
    asked: list[tuple[datetime, datetime]] = field(default_factory=list)
    tariffs: Mapping[str, Tariff] = field(
        default_factory=lambda: {"Get": Tariff(Decimal("0.00001"), "a price list")}
    )

    def tell(self, at: datetime, count: int, series: Series = INPUT) -> None:
        self.counts[series, minute_of(at)] = count

    def read(self, start: datetime, end: datetime, requests: Requests) -> Reading:
        self.asked.append((start, end))
        requests.count("Get", 3)
        if self.error:
            raise CollectError(self.error)
        window = range(minute_of(start), minute_of(end))
        return Reading({key: value for key, value in self.counts.items() if key[1] in window})


@dataclass
class Clouds:
    """Clouds by the locations of their sources."""

    by_location: dict[str, Cloud] = field(default_factory=dict)

    def open(self, _kind: str, location: str) -> Cloud:
        return self.by_location[location]

    def collect(self, now: datetime, *sources: LiveSource) -> Collection:
        chosen = sources or tuple(LiveSource.objects.filter(is_enabled=True))
        for source in chosen:
            source.refresh_from_db()
        return collect(chosen, now=now, opener=self.open)

    def each_minute(self, start: datetime, number: int) -> None:
        for minute in range(number):
            self.collect(start + timedelta(minutes=minute, seconds=5))


def make_source(name: str = "aws", region: str = "us-east-1") -> LiveSource:
    return LiveSource.objects.create(name=name, kind="cloudwatch", location=f"cloudwatch://{region}")


def one_cloud() -> tuple[LiveSource, Cloud, Clouds]:
    source, cloud = make_source(), Cloud()
    return source, cloud, Clouds({source.location: cloud})


def bill(**values: Any) -> MemoryStore:
    """Yesterday's bill of nova-lite: $0.06 for a million tokens of input, $0.24 for one of output."""
    same = {"x_ModelId": "nova-lite", "SubAccountId": "111122223333", "RegionId": "us-east-1", **values}
    return MemoryStore(
        [
            tokens("1000000", "2026-11-27", "0.06", EffectiveCost=Decimal("0.06"), **same),
            tokens(
                "1000000",
                "2026-11-27",
                "0.24",
                EffectiveCost=Decimal("0.24"),
                x_TokenDirection="Output",
                **same,
            ),
        ]
    )


def used(now: datetime = NOON) -> tuple[LiveSource, Cloud, Clouds]:
    """A cloud that was read to `now`, in whose last hour and half a model was used."""
    source, cloud, clouds = one_cloud()
    cloud.tell(NOON - 5 * MINUTE, 4_000_000)
    cloud.tell(NOON - 5 * MINUTE, 1_000_000, OUTPUT)
    cloud.tell(NOON - 5 * MINUTE, 40, REQUESTS)
    cloud.tell(NOON - 90 * MINUTE, 7)
    clouds.collect(now)
    return source, cloud, clouds
