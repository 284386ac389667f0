"""A program whose collections are killed. Each is a fork of it, so that Django is loaded once.

    python -m tests.live.killing SEED

collects three sources over three simulated days: its collections are killed at each of POINTS, and at random
moments in between. At last one runs to its end, and all minutes and hours are compared with what the cloud
says of them. It prints how many collections were killed, and what is wrong.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import django

django.setup()

from django.db import connections  # noqa: E402  # Django comes first
from django.db.models import F  # noqa: E402

from live import collect, ticks  # noqa: E402
from live.models import LiveHour, LiveMinute, LiveRun, LiveSource, LiveSpan  # noqa: E402
from live.providers.source import Reading, Requests, minute_of  # noqa: E402
from tests.costs.load.killing import ended, forked  # noqa: E402
from tests.live.scripted import INPUT, OUTPUT, make_source  # noqa: E402

START = datetime(2026, 11, 25, 0, 0, tzinfo=UTC)
STEP = timedelta(hours=3)
MOMENTS = 9
# What is replaced by `kill`, in the order of a collection.
POINTS: dict[str, tuple[Any, str]] = {
    "before-points-are-written": (ticks, "write"),
    "after-points-are-written": (ticks, "_cover"),
    "before-the-source-is-noted": (ticks, "count_requests"),
    "after-a-source-is-noted": (collect._Job, "tidy"),  # noqa: SLF001 a point within it
    "after-an-hour-is-summed": (ticks, "forget"),
}


class Cloud:
    """A cloud whose counts are the same whenever they are asked for."""

    tariffs: Mapping[str, Any] = {}

    def read(self, start: datetime, end: datetime, requests: Requests) -> Reading:
        requests.count("Get")
        minutes = range(minute_of(start), minute_of(end))
        return Reading({(series, at): at * number % 997 for at in minutes for number, series in SERIES})


SERIES = ((7919, INPUT), (104729, OUTPUT))


def kill(*_: Any, **__: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def collect_at(now: datetime) -> None:
    collect.collect(list(LiveSource.objects.all()), now=now, opener=lambda *_: Cloud())
    os._exit(0)


def collect_and_die(point: str, now: datetime) -> None:
    owner, name = POINTS[point]
    setattr(owner, name, kill)
    collect_at(now)


def in_fork(work: Callable[[], object], dies_after: float | None = None) -> int:
    connections.close_all()
    pid = forked(work)
    if dies_after is not None:
        time.sleep(dies_after)
        os.kill(pid, signal.SIGKILL)
    return ended(pid)


def pass_time() -> None:
    """Let the lease of a killed collection end."""
    LiveRun.objects.filter(finished_at=None).update(heartbeat_at=F("heartbeat_at") - timedelta(hours=1))


def main(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    killed, now = 0, START + timedelta(hours=48)
    for region in ("us-east-1", "us-west-2", "eu-west-1"):
        make_source(region, region)
    assert in_fork(partial(collect_at, now)) == 0
    dying: list[str | None] = [*POINTS, *[None] * MOMENTS]
    chance.shuffle(dying)
    took = 0.05
    for point in dying:
        now += STEP
        if point is None:
            killed += in_fork(partial(collect_at, now), chance.uniform(0, took)) < 0
        else:
            killed += in_fork(partial(collect_and_die, point, now)) < 0
        pass_time()
        if chance.random() < 0.5:
            began = time.monotonic()
            assert in_fork(partial(collect_at, now)) == 0
            took = time.monotonic() - began
    assert in_fork(partial(collect_at, now + timedelta(minutes=1))) == 0
    sys.stdout.write(json.dumps({"killed": killed, "wrong": wrong(now)}))


def wrong(now: datetime) -> list[str]:
    """The sources whose counts are not those of the cloud, and those with gaps."""
    start, end = minute_of(START), minute_of(now) + 1
    told = Counter(dict.fromkeys(range(start // 60, -(-end // 60)), 0))
    for minute in range(start, end):
        told[minute // 60] += sum(minute * number % 997 for number, _ in SERIES)
    found = []
    for source in LiveSource.objects.all():
        spans = list(LiveSpan.objects.filter(source=source).values_list("start", "end"))
        if spans != [(start, end)]:
            found.append(f"{source}: {spans}")
        kept = Counter(dict.fromkeys(told, 0))
        for minute, value in LiveMinute.objects.filter(series__source=source).values_list("minute", "value"):
            kept[minute // 60] += value
        for hour, value in LiveHour.objects.filter(series__source=source).values_list("hour", "value"):
            kept[hour] += value
        found += [f"{source}, hour {hour}" for hour in told if kept[hour] != told[hour]]
    return found


if __name__ == "__main__":
    main(int(sys.argv[1]))
