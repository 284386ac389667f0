"""One collection: reads each source from where it was read to, and a while before, and writes what it found.

It may be stopped and killed at any time. What a source was read to is written in the transaction that writes
its points, so the next collection reads what this one did not write.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import DatabaseError
from django.utils import timezone

from costs.errors import RunRefusedError
from costs.lease import HEARTBEAT_SECONDS, Lease
from live import ticks
from live.errors import CollectError
from live.models import LiveRun, LiveSource
from live.providers.registry import open_source
from live.providers.source import Collector, Reading, Requests, Tariff, moment_of
from live.window import Window, next_window, retry_after

logger = logging.getLogger(__name__)

# Two collections never run at once, so that no cloud is asked, or paid, twice.
LEASE = Lease(LiveRun, "A collection", ("points", "sources", "failed"))
# Sources that are asked at a time; more would only wait for the clouds.
_AT_A_TIME = 4
_FAULT = "It failed for a fault of this program, which the log has."

Opener = Callable[[str, str], Collector]
# Called with a source and what came of it.
Progress = Callable[["Outcome"], object]


@dataclass(slots=True)
class Outcome:
    """What came of a source.

    Args:
        points: how many counts were new or had changed.
        error: why it could not be read; "" if it could.
    """

    source: LiveSource
    window: Window
    points: int = 0
    error: str = ""
    requests: Requests = field(default_factory=Requests)
    tariffs: Mapping[str, Tariff] = field(default_factory=dict)


@dataclass(slots=True)
class Collection:
    """What a collection did. `waiting` are the sources that failed before and are tried again later."""

    run: LiveRun
    outcomes: list[Outcome]
    waiting: Sequence[LiveSource]


def no_progress(_: Outcome) -> None:
    """Show nothing."""


def collect(
    sources: Sequence[LiveSource],
    *,
    now: datetime | None = None,
    opener: Opener = open_source,
    progress: Progress = no_progress,
) -> Collection:
    """Read sources once.

    Args:
        sources: those to read, apart from those that failed of late.
        now: the time; None for the clock's.
        opener: opens a source by its kind and location.
        progress: called after each source.

    Raises:
        RunRefusedError: another collection is running, or has replaced this one.
    """
    now = now or timezone.now()
    due = [source for source in sources if source.retry_at is None or source.retry_at <= now]
    with LEASE.running() as run:
        job = _Job(run, now, opener)
        found = Collection(run, [], [source for source in sources if source not in due])
        for outcome in job.outcomes(due):
            found.outcomes.append(outcome)
            progress(outcome)
        job.tidy(is_deep=any(each.window.is_deep for each in found.outcomes))
    return found


class _Job:
    """A collection under way."""

    def __init__(self, run: LiveRun, now: datetime, opener: Opener) -> None:
        self._run, self._now, self._opener = run, now, opener

    def outcomes(self, sources: Sequence[LiveSource]) -> Iterator[Outcome]:
        """What comes of the sources, as they are read."""
        kept = ticks.first_kept(self._now)
        windows = [next_window(self._now, each.through, each.deep_at, kept) for each in sources]
        pool = ThreadPoolExecutor(_AT_A_TIME)
        try:
            reads: Mapping[Future[Reading], Outcome] = {
                pool.submit(self._read, outcome): outcome
                for outcome in (Outcome(*each) for each in zip(sources, windows, strict=True))
            }
            waiting = set(reads)
            while waiting:
                done, waiting = wait(waiting, HEARTBEAT_SECONDS, FIRST_COMPLETED)
                if not done:
                    LEASE.renew(self._run)
                for read in done:
                    yield self._written(reads[read], read)
        finally:
            # A read that hangs ends by its own time limits.
            pool.shutdown(wait=False, cancel_futures=True)

    def _read(self, outcome: Outcome) -> Reading:
        """Ask the cloud; in a thread, so without the database."""
        collector = self._opener(outcome.source.kind, outcome.source.location)
        outcome.tariffs = collector.tariffs
        return collector.read(outcome.window.start, outcome.window.end, outcome.requests)

    def _written(self, outcome: Outcome, read: Future[Reading]) -> Outcome:
        try:
            reading = read.result()
            with LEASE.writing(self._run):
                self._write(outcome, reading)
        except CollectError as error:
            self._fail(outcome, f"{error}")
        except (DatabaseError, RunRefusedError):
            raise
        except Exception:  # what one cloud answers must not keep the others from being read
            logger.exception("Source %s could not be read", outcome.source)
            self._fail(outcome, _FAULT)
        return outcome

    def _write(self, outcome: Outcome, reading: Reading) -> None:
        source, window = outcome.source, outcome.window
        outcome.points = ticks.write(source, window, reading.points)
        ticks.count_requests(source, outcome.requests, self._now.date(), outcome.tariffs)
        self._run.points += outcome.points
        self._run.sources += 1
        used = [minute for (_, minute), value in reading.points.items() if value]
        newest = moment_of(max(used)) if used else None
        source.newest_at = max(filter(None, [source.newest_at, newest]), default=None)
        source.read_at, source.through = self._now, max(filter(None, [source.through, window.end]))
        source.deep_at = self._now if window.is_deep else source.deep_at
        source.failures, source.retry_at, source.error = 0, None, ""
        source.save(
            update_fields=["newest_at", "read_at", "through", "deep_at", "failures", "retry_at", "error"]
        )

    def _fail(self, outcome: Outcome, error: str) -> None:
        source = outcome.source
        outcome.error = error
        with LEASE.writing(self._run):
            ticks.count_requests(source, outcome.requests, self._now.date(), outcome.tariffs)
            self._run.failed += 1
            source.failures += 1
            source.retry_at = self._now + retry_after(source.failures)
            source.error = error
            source.save(update_fields=["failures", "retry_at", "error"])

    def tidy(self, *, is_deep: bool) -> None:
        """Sum up old hours, one a transaction, and once an hour delete what is kept no longer."""
        is_done = False
        while not is_done:
            with LEASE.writing(self._run):
                is_done = not ticks.sum_up(self._now)
        if is_deep:
            with LEASE.writing(self._run):
                ticks.forget(self._now)


def next_minute(now: datetime, every: timedelta) -> float:
    """Seconds until the next collection: just after the start of a minute, when the clouds have one more."""
    return max(1.0, every.total_seconds() - (now.timestamp() % every.total_seconds()))
