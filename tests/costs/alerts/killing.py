"""A program whose evaluations are killed. Each is a fork of it, so that Django is loaded once.

    python -m tests.costs.alerts.killing

makes a budget for each point that is over. Its evaluation is killed at the point, and others follow, as
they would after the leases have ended. At last it prints the states of the messages by point and channel.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import django

django.setup()

from django.db import connections  # noqa: E402  # Django comes first
from django.db.models import F  # noqa: E402

from costs.alerts import causes, evaluate, notify  # noqa: E402
from costs.models import AlertRun, Notification  # noqa: E402
from tests.costs.alerts.making import make_budget, run, store  # noqa: E402
from tests.costs.load.killing import ended, forked  # noqa: E402

PAST = timedelta(hours=1)
# What is replaced by `kill`, in the order of an evaluation.
POINTS: dict[str, tuple[Any, str]] = {
    "before-alerts-are-written": (evaluate, "record"),
    "after-alerts-are-written": (notify.Sender, "send_due"),
    "after-a-message-is-claimed": (notify.Sender, "_start"),
    "after-a-message-is-sent": (notify.Sender, "_mark"),
}


def kill(*_: Any, **__: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def evaluate_and_die(point: str) -> None:
    owner, name = POINTS[point]
    setattr(owner, name, kill)
    evaluate_all()


def evaluate_all() -> None:
    run(store("60"))
    os._exit(0)


def pass_time() -> None:
    """Let the leases end, and what waits be due."""
    AlertRun.objects.update(heartbeat_at=F("heartbeat_at") - PAST)
    Notification.objects.filter(claimed_at__isnull=False).update(claimed_at=F("claimed_at") - PAST)
    Notification.objects.update(next_attempt_at=F("next_attempt_at") - PAST)


def in_fork(work: Callable[[], object]) -> int:
    connections.close_all()
    return ended(forked(work))


def main() -> None:
    # They take a second each time.
    causes._OF_COSTS.pop("anomaly/")  # noqa: SLF001
    for point in POINTS:
        make_budget(point, thresholds=[50], forecast_thresholds=[])
        assert in_fork(partial(evaluate_and_die, point)) == -signal.SIGKILL, point
        pass_time()
        assert in_fork(evaluate_all) == 0, point
    pass_time()
    assert in_fork(evaluate_all) == 0
    states = Notification.objects.values_list("alert__about__budget", "channel", "state")
    sys.stdout.write(json.dumps(sorted(states)))


if __name__ == "__main__":
    main()
