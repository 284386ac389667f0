"""Writes what was read: a point that came before replaces itself, so that none is ever counted twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime

from django.db.models import F, Manager, Max, Sum
from django.db.models.functions import Coalesce

from catalog.pricing.decimals import NANO
from live.errors import CollectError
from live.models import LiveHour, LiveMinute, LiveRequests, LiveRun, LiveSeries, LiveSource, LiveSpan
from live.providers.source import (
    MAX_CHARACTERS,
    MAX_SERIES,
    Points,
    Requests,
    Series,
    Tariff,
    minute_of,
    moment_of,
)
from live.window import HOURS_KEPT, MINUTES_KEPT, Window, kept_from

_BATCH = 1000
MINUTES_OF_HOUR = 60


def first_kept(now: datetime) -> datetime:
    """The first minute that is kept as one. Hours stay summed up, even if the clock is set back."""
    last = LiveHour.objects.aggregate(last=Max("hour"))["last"]
    summed = moment_of((last + 1) * MINUTES_OF_HOUR) if last is not None else kept_from(now)
    return max(kept_from(now), summed)


def write(source: LiveSource, window: Window, points: Points) -> int:
    """Store the points of a window, and that it was read; return how many are new or have changed.

    What the window had before and the cloud no longer tells stays: clouds revise counts, and take none away.
    """
    ids = _series_ids(source, {series for series, _ in points})
    start, end = minute_of(window.start), minute_of(window.end)
    known = _stored(source, start, end)
    changed = [
        LiveMinute(series_id=ids[series], minute=minute, value=value)
        for (series, minute), value in points.items()
        if start <= minute < end and known.get((ids[series], minute), 0) != value
    ]
    LiveMinute.objects.bulk_create(
        changed,
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["minute", "series"],
        update_fields=["value"],
    )
    _cover(source, start, end)
    return len(changed)


def _stored(source: LiveSource, start: int, end: int) -> Mapping[tuple[int, int], int]:
    rows = LiveMinute.objects.filter(minute__gte=start, minute__lt=end, series__source=source)
    found = rows.order_by().values_list("series_id", "minute", "value")
    return {(series, minute): value for series, minute, value in found}


def _series_ids(source: LiveSource, wanted: Iterable[Series]) -> Mapping[Series, int]:
    known = _known_series(source)
    new = [series for series in wanted if series not in known]
    if new:
        if len(known) + len(new) > MAX_SERIES:
            raise CollectError(f"{source} has more than {MAX_SERIES:,} series: split it by region.")
        LiveSeries.objects.bulk_create([_row(source, series) for series in new], batch_size=_BATCH)
        known = _known_series(source)
    return known


def _known_series(source: LiveSource) -> dict[Series, int]:
    rows = LiveSeries.objects.filter(source=source).values_list("pk", *Series._fields)
    return {Series(*values): pk for pk, *values in rows}


def _row(source: LiveSource, series: Series) -> LiveSeries:
    if any(len(text) > MAX_CHARACTERS for text in series):
        raise CollectError(f"{source} has a name of more than {MAX_CHARACTERS} characters.")
    return LiveSeries(source=source, **series._asdict())


def _cover(source: LiveSource, start: int, end: int) -> None:
    """Note that these minutes were read, in as few spans as there are gaps."""
    touching = list(LiveSpan.objects.filter(source=source, start__lte=end, end__gte=start))
    if touching:
        start = min(start, *(span.start for span in touching))
        end = max(end, *(span.end for span in touching))
        LiveSpan.objects.filter(pk__in=[span.pk for span in touching]).delete()
    LiveSpan.objects.create(source=source, start=start, end=end)


def count_requests(source: LiveSource, requests: Requests, day: date, tariffs: Mapping[str, Tariff]) -> None:
    """Add requests to those of the day, with what they cost."""
    for operation, calls in requests.calls.items():
        tariff = tariffs.get(operation)
        price = {
            "unit_nanos": int(tariff.unit_price / NANO) if tariff else None,
            "price_source": tariff.source if tariff else "",
        }
        units = requests.units[operation]
        of_day = LiveRequests.objects.filter(source=source, day=day, operation=operation)
        if not of_day.update(calls=F("calls") + calls, units=F("units") + units, **price):
            LiveRequests.objects.create(
                source=source, day=day, operation=operation, calls=calls, units=units, **price
            )


def sum_up(now: datetime) -> int:
    """Turn the minutes of one hour that is no longer kept into its sums; return how many minutes there were.

    The sums are written and the minutes deleted in the caller's transaction: both, or neither.
    """
    oldest = LiveMinute.objects.order_by("minute").values_list("minute", flat=True).first()
    if oldest is None or moment_of(oldest) >= kept_from(now):
        return 0
    hour = oldest // MINUTES_OF_HOUR
    rows = LiveMinute.objects.filter(minute__lt=(hour + 1) * MINUTES_OF_HOUR)
    sums = rows.order_by().values("series_id").annotate(total=Coalesce(Sum("value"), 0))
    LiveHour.objects.bulk_create(
        [LiveHour(series_id=row["series_id"], hour=hour, value=row["total"]) for row in sums],
        batch_size=_BATCH,
    )
    return rows.delete()[0]


def forget(now: datetime) -> None:
    """Delete what is kept no longer: old hours, spans and counted requests, and series without counts."""
    before = now.astimezone(UTC) - HOURS_KEPT
    LiveHour.objects.filter(hour__lt=minute_of(before) // MINUTES_OF_HOUR).delete()
    LiveSpan.objects.filter(end__lt=minute_of(before)).delete()
    LiveRequests.objects.filter(day__lt=before.date()).delete()
    LiveRun.objects.filter(finished_at__lt=now - MINUTES_KEPT).delete()
    used = {*_series_in(LiveMinute.objects), *_series_in(LiveHour.objects)}
    unused = set(LiveSeries.objects.values_list("pk", flat=True)) - used
    LiveSeries.objects.filter(pk__in=unused).delete()


def _series_in(rows: Manager[LiveMinute] | Manager[LiveHour]) -> Iterable[int]:
    return rows.order_by().values_list("series_id", flat=True).distinct()
