"""Counts of tool calls by person and day: added up in memory, and written once a minute.

A row tells how often and how fast, never what was asked. What a process has counted since its last write is
lost if it is killed.
"""

from __future__ import annotations

import atexit
import json
import logging
import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast

from django.db import Error, connection
from django.db.models import F, Sum
from django.utils import timezone

from accounts.models import TIMES, ToolUse, User

logger = logging.getLogger(__name__)

# Seconds from a call to when it is written at the latest.
WRITTEN_AFTER = 60
KEPT_FOR = timedelta(days=400)
COLUMNS = ("calls", "failed", *TIMES)
Key = tuple[date, int, str]

_lock = threading.Lock()
_counts: dict[Key, Counter[str]] = {}
_is_due = threading.Event()

_sums = ", ".join(f"{name} = {name} + excluded.{name}" for name in COLUMNS)
_values = ", ".join(f"coalesce(json_extract(row.value, '$.{name}'), 0)" for name in COLUMNS)
# Only of people who still exist.
_ADD = f"""
INSERT INTO accounts_tooluse (day, user_id, tool, {", ".join(COLUMNS)})
SELECT json_extract(row.value, '$.day'), user.id, json_extract(row.value, '$.tool'), {_values}
FROM json_each(%s) AS row JOIN accounts_user AS user ON user.id = json_extract(row.value, '$.user')
WHERE true
ON CONFLICT (day, user_id, tool) DO UPDATE SET {_sums}
"""  # noqa: S608 names of columns


def count(user_id: int, tool: str, milliseconds: float, *, failed: bool) -> bool:
    """Count a call.

    Args:
        user_id: the person who called.
        tool: the name of a tool of ours.
        milliseconds: how long it took.
        failed: whether the answer was an error.

    Returns:
        Whether the caller has to have `flush` called in time: nobody else has yet.
    """
    slot = next((name for name, most in TIMES.items() if milliseconds <= most), list(TIMES)[-1])
    with _lock:
        is_first = not _is_due.is_set()
        _is_due.set()
        counter = _counts.setdefault((timezone.now().date(), user_id, tool), Counter())
        counter.update(("calls", slot, *(("failed",) if failed else ())))
    return is_first


def flush() -> None:
    """Write what was counted; counts that cannot be written wait for the next time."""
    with _lock:
        counted = dict(_counts)
        _counts.clear()
        _is_due.clear()
    if not counted:
        return
    rows = [
        {"day": day.isoformat(), "user": user_id, "tool": tool, **counter}
        for (day, user_id, tool), counter in counted.items()
    ]
    try:
        with connection.cursor() as cursor:
            cursor.execute(_ADD, [json.dumps(rows)])
    except Error as error:
        logger.warning("Counts of %d tool calls could not be written yet: %s", len(rows), error)
        _put_back(counted)


def _put_back(counted: dict[Key, Counter[str]]) -> None:
    with _lock:
        for key, counter in counted.items():
            _counts.setdefault(key, Counter()).update(counter)


atexit.register(flush)


@dataclass(frozen=True, slots=True)
class Use:
    """How often a tool was called, and how fast it was.

    Args:
        tool: its name.
        calls: the number of calls.
        failed: how many of them were answered with an error.
        p95: 95 % of them took at most so many milliseconds; None if that is more than can be told.
    """

    tool: str
    calls: int
    failed: int
    p95: int | None


def of(users: Iterable[User] | None, since: date) -> Sequence[Use]:
    """The calls of people since a day, by tool, the most frequent first; of everybody if `users` is None."""
    rows = ToolUse.objects.filter(day__gte=since)
    if users is not None:
        rows = rows.filter(user__in=users)
    sums = {f"all_{name}": Sum(F(name)) for name in COLUMNS}
    found = cast("Iterable[dict[str, Any]]", rows.order_by().values("tool").annotate(**sums))
    uses = [Use(row["tool"], row["all_calls"], row["all_failed"], _p95(row)) for row in found]
    return sorted(uses, key=lambda use: (-use.calls, use.tool))


def _p95(row: Mapping[str, int]) -> int | None:
    within = 0
    for name, most in TIMES.items():
        within += row[f"all_{name}"]
        if within * 100 >= row["all_calls"] * 95:
            return most if most < max(TIMES.values()) else None
    return None


def forget_old() -> int:
    """Delete the counts of long ago; returns how many rows there were."""
    deleted, _ = ToolUse.objects.filter(day__lt=timezone.now().date() - KEPT_FOR).delete()
    return deleted
