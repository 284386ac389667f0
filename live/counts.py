"""The counts of a time, by series: the sums of minutes, and of hours whose minutes are no longer kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet, Sum

from catalog.offers.model_names import Names
from costs.models import ModelName
from live.model_ids import Model, model_of
from live.models import LiveHour, LiveMinute, LiveSeries, LiveSource
from live.providers.registry import cloud_of_provider
from live.providers.source import Measure, minute_of
from live.ticks import MINUTES_OF_HOUR

_BATCH = 10_000


@dataclass(frozen=True, slots=True)
class Count:
    """A series with its count, and the model that it is of; None if no table has its name."""

    cloud: str
    series: LiveSeries
    measure: Measure
    model: Model | None
    value: int


def names_of_now() -> Names:
    """The models by their names, with those that administrators added."""
    rows = ModelName.objects.values_list("cloud", "product", "billing_model", "model_id", "developer")
    return Names(rows)


def counts(sources: Sequence[LiveSource], start: datetime, end: datetime, names: Names) -> list[Count]:
    """The counts of a time, in two queries; the first is one, since an hour may be summed up meanwhile.

    Args:
        sources: whose.
        start: a minute; an hour if its minutes are no longer kept.
        end: the minute after the last.
        names: the models by their names.
    """
    clouds = {source.pk: source.cloud for source in sources}
    sums: Counter[int] = Counter()
    minutes: QuerySet[Any] = LiveMinute.objects.filter(
        minute__gte=minute_of(start), minute__lt=minute_of(end)
    )
    hours: QuerySet[Any] = LiveHour.objects.filter(
        hour__gte=-(-minute_of(start) // MINUTES_OF_HOUR), hour__lt=minute_of(end) // MINUTES_OF_HOUR
    )
    totals = [
        each.order_by().values_list("series_id").annotate(total=Sum("value")) for each in (minutes, hours)
    ]
    for series, total in totals[0].union(totals[1], all=True):
        sums[series] += total
    return [
        _count(clouds[each.source_id] or cloud_of_provider(each.provider), each, sums[each.pk], names)
        for each in _series(sources, sums)
    ]


def _series(sources: Sequence[LiveSource], sums: Mapping[int, int]) -> Iterator[LiveSeries]:
    """The series of sources that have sums. Several queries, since a call has a series of its customer."""
    ids = sorted(sums)
    for at in range(0, len(ids), _BATCH):
        yield from LiveSeries.objects.filter(source__in=sources, pk__in=ids[at : at + _BATCH])


def _count(cloud: str, series: LiveSeries, value: int, names: Names) -> Count:
    model = model_of(cloud, series.name, series.version, names)
    return Count(cloud, series, Measure(series.measure), model, value)
