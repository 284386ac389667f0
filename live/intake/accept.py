"""Counts calls, each once however often and in which order its versions come.

A call is known by its key as long as one of its versions may be sent again; all that a request brings is
written in one transaction, so a request that was broken off counts wholly or not at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import transaction

from live import ticks
from live.intake.calls import MAX_AGE, Call
from live.models import LiveCall, LiveMinute, LiveSeries, LiveSource
from live.providers.registry import CALLS
from live.providers.source import Series, minute_of, moment_of

# What one person's calls may have; more of them are counted together, as of nobody in particular.
MAX_CALL_SERIES = 50_000
OTHERS = "(others)"
# Longer than a call may be sent, in case our clock is set back.
_KEPT = MAX_AGE + timedelta(hours=1)
_BATCH = 1000

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Accepted:
    """What came of calls: how many were new, told more than before, and were known already."""

    counted: int
    revised: int
    repeated: int


def accept(calls: Sequence[Call], person: int, now: datetime) -> Accepted:
    """Count calls.

    Args:
        calls: those of a request; several may be versions of one.
        person: the id of who sends them.
        now: the time.
    """
    best, seen = _of_each(calls)
    with transaction.atomic():  # takes the write lock: what is read here stays until it is written
        known = {row.key: row for part in _parts(best) for row in LiveCall.objects.filter(key__in=part)}
        winning = [call for call in best.values() if _wins(call, known.get(call.key))]
        ids = _series_ids(_source(person, now), {series for call in winning for series, _ in call.counts})
        rows = [_row(call, ids, known.get(call.key), seen[call.key]) for call in winning]
        _add(_changes(rows, known))
        _store(rows)
        _note_seen(known.values(), {row.key for row in rows}, seen)
        revised = sum(row.key in known for row in rows)
    counted = len(rows) - revised
    return Accepted(counted, revised, len(calls) - counted - revised)


def tidy(now: datetime) -> None:
    """Delete calls that may not be sent again, and keep minutes and hours as collections do (live/ticks.py).

    Where nothing is collected, nothing else does.
    """
    LiveCall.objects.filter(seen__lt=minute_of(now - _KEPT)).delete()
    is_done = False
    while not is_done:
        with transaction.atomic():
            is_done = not ticks.sum_up(now)
    with transaction.atomic():
        ticks.forget(now)


def _of_each(calls: Iterable[Call]) -> tuple[dict[str, Call], dict[str, int]]:
    """The version of each call that counts, and the last minute of its versions."""
    best: dict[str, Call] = {}
    seen: dict[str, int] = {}
    for call in calls:
        seen[call.key] = max(call.minute, seen.get(call.key, 0))
        if call.key not in best or call.rank > best[call.key].rank:
            best[call.key] = call
    return best, seen


def _wins(call: Call, known: LiveCall | None) -> bool:
    return known is None or call.rank > known.rank


def _source(person: int, now: datetime) -> LiveSource:
    # No collector reads it, so it is not enabled.
    source, _ = LiveSource.objects.get_or_create(
        location=f"{CALLS}://{person}",
        defaults={"name": f"calls-{person}", "kind": CALLS, "is_enabled": False},
    )
    LiveSource.objects.filter(pk=source.pk).update(read_at=now)
    return source


def _series_ids(source: LiveSource, wanted: set[Series]) -> Mapping[Series, int]:
    found = _known_series(source, wanted)
    if new := wanted - found.keys():
        room = MAX_CALL_SERIES - LiveSeries.objects.filter(source=source).count()
        kept = {each: each if at < room else _together(each) for at, each in enumerate(sorted(new))}
        missing = set(kept.values()) - _known_series(source, set(kept.values())).keys()
        rows = [LiveSeries(source=source, **each._asdict()) for each in sorted(missing)]
        LiveSeries.objects.bulk_create(rows, batch_size=_BATCH)
        ids = _known_series(source, set(kept.values()))
        found |= {each: ids[place] for each, place in kept.items()}
    return found


def _together(series: Series) -> Series:
    """The one that all have who are too many: what is counted and priced stays the same where it can."""
    customer, feature = (OTHERS if each else "" for each in (series.customer, series.feature))
    return series._replace(customer=customer, feature=feature, deployment="")


def _known_series(source: LiveSource, wanted: set[Series]) -> dict[Series, int]:
    found: dict[Series, int] = {}
    for names in _parts({series.name: None for series in wanted}):
        customers = {series.customer for series in wanted if series.name in names}
        rows = LiveSeries.objects.filter(source=source, name__in=names)
        if len(customers) <= _BATCH:
            rows = rows.filter(customer__in=customers)
        found |= {Series(*values): pk for pk, *values in rows.values_list("pk", *Series._fields)}
    return {series: pk for series, pk in found.items() if series in wanted}


def _row(call: Call, ids: Mapping[Series, int], known: LiveCall | None, seen: int) -> LiveCall:
    counts: Counter[str] = Counter()
    for series, count in call.counts:
        counts[f"{ids[series]}"] += count
    last = max(seen, known.seen if known else 0)
    return LiveCall(key=call.key, rank=call.rank, minute=call.minute, seen=last, counts=counts)


def _changes(rows: Sequence[LiveCall], known: Mapping[str, LiveCall]) -> Counter[tuple[int, int]]:
    """What is added to each series and minute, less what versions had added that no longer count."""
    changes: Counter[tuple[int, int]] = Counter()
    before = [known[row.key] for row in rows if row.key in known]
    there = _there({int(series) for row in before for series in row.counts})
    for row in rows:
        for series, count in row.counts.items():
            changes[int(series), row.minute] += count
    for row in before:
        for series, count in row.counts.items():
            if int(series) in there:
                changes[int(series), row.minute] -= count
    return changes


def _there(ids: Iterable[int]) -> set[int]:
    """Which series are still there: an administrator may have deleted what a person had sent."""
    found: set[int] = set()
    for part in _parts(ids):
        found |= set(LiveSeries.objects.filter(pk__in=part).values_list("pk", flat=True))
    return found


def _add(changes: Mapping[tuple[int, int], int]) -> None:
    minutes = {minute for _, minute in changes}
    stored: dict[tuple[int, int], int] = {}
    for part in _parts({series: None for series, _ in changes}):
        found = LiveMinute.objects.filter(minute__in=minutes, series__in=part).order_by()
        stored |= {
            (series, at): value for series, at, value in found.values_list("series_id", "minute", "value")
        }
    LiveMinute.objects.bulk_create(
        [
            LiveMinute(series_id=series, minute=minute, value=stored.get((series, minute), 0) + change)
            for (series, minute), change in changes.items()
        ],
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["minute", "series"],
        update_fields=["value"],
    )
    if changes:
        ids = {series for series, _ in changes}
        newest = moment_of(max(minutes))
        LiveSource.objects.filter(series__in=sorted(ids)[:1]).update(newest_at=newest, through=newest)


def _store(rows: Sequence[LiveCall]) -> None:
    LiveCall.objects.bulk_create(
        rows,
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["rank", "minute", "seen", "counts"],
    )


def _note_seen(known: Iterable[LiveCall], stored: set[str], seen: Mapping[str, int]) -> None:
    """A version that does not count may be sent again for longer than the one that does."""
    later = [row for row in known if row.key not in stored and seen[row.key] > row.seen]
    for row in later:
        row.seen = seen[row.key]
    LiveCall.objects.bulk_update(later, ["seen"], batch_size=_BATCH)


def _parts(items: Iterable[Item]) -> Iterator[list[Item]]:
    listed = list(items)
    for at in range(0, len(listed), _BATCH):
        yield listed[at : at + _BATCH]
