"""What a collector reads: points, each a count of one minute, of series that say what is counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, Protocol

MINUTE = timedelta(minutes=1)
# A text of a series: longer ones are no name of a model or a deployment.
MAX_CHARACTERS = 300
# What one source may have in one read; a cloud has some dozens of models, and a few counts of each.
MAX_SERIES = 5000


class Measure(StrEnum):
    """What a series counts."""

    TOKENS = "tokens"
    REQUESTS = "requests"
    THROTTLES = "throttles"
    # The sum over all requests, so that minutes add up; the mean is that by the requests.
    LATENCY_MS = "latency_ms"


class Series(NamedTuple):
    """What is counted. "" is what the metric does not tell.

    Args:
        account: the account, project or subscription.
        region: as the cloud spells it.
        name: the model, as the cloud spells it; the deployment if its model is not known.
        deployment: what the model was called by, if it has a name of its own.
        measure: what is counted.
        direction: Input or Output, for tokens only.
        cache: Read, Write or Uncached; "" where the metric counts cached tokens among the others.
        tier: standard, batch, priority, provisioned and so on.
        scope: regional, geo or global.
        version: of the model, where the cloud tells it apart from the name.
        provider: of a call, who was called; "" of a cloud's metric.
        customer: of a call, for whom it was.
        feature: of a call, what it was for.
    """

    account: str
    region: str
    name: str
    measure: Measure
    deployment: str = ""
    direction: str = ""
    cache: str = ""
    tier: str = ""
    scope: str = ""
    version: str = ""
    provider: str = ""
    customer: str = ""
    feature: str = ""


Points = dict[tuple[Series, int], int]


@dataclass(slots=True)
class Requests:
    """The requests to a cloud, by operation: how often, and how many units that the cloud bills."""

    calls: Counter[str] = field(default_factory=Counter)
    units: Counter[str] = field(default_factory=Counter)

    def count(self, operation: str, units: int = 1) -> None:
        self.calls[operation] += 1
        self.units[operation] += units


class Tariff(NamedTuple):
    """What a unit of an operation costs in USD at most, and who says so."""

    unit_price: Decimal
    source: str


@dataclass(slots=True)
class Reading:
    """What one read of a source found.

    Args:
        points: the counts by series and minute. The cloud's sum for a minute, so the last read is right.
    """

    points: Points = field(default_factory=dict)

    def add(self, series: Series, minute: int, count: int) -> None:
        """Add a part of a minute: several of a cloud's series may be one of ours."""
        key = (series, minute)
        self.points[key] = self.points.get(key, 0) + count


class Collector(Protocol):
    """Reads the counts of a source.

    Args:
        tariffs: what requests cost, by operation; without one that is not known.
    """

    tariffs: Mapping[str, Tariff]

    def read(self, start: datetime, end: datetime, requests: Requests) -> Reading:
        """The counts of each minute from `start` to before `end`, both whole minutes in UTC.

        Args:
            start: the first minute.
            end: the minute after the last.
            requests: where the requests that were answered are counted, also if a later one fails.

        Raises:
            live.errors.CollectError: the cloud cannot be read, in one sentence that says what to do.
        """


def minute_of(moment: datetime) -> int:
    """The minute of a time, counted from 1970 in UTC."""
    return int(moment.timestamp()) // 60


def moment_of(minute: int) -> datetime:
    return datetime.fromtimestamp(minute * 60, UTC)


def floor_minute(moment: datetime) -> datetime:
    return moment_of(minute_of(moment))
