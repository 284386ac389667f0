"""Shows panels over charges in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from costs.panels import PANELS
from costs.query.periods import Window
from costs.query.snapshot import Snapshot, take
from costs.reports.show import show
from costs.reports.shown import Shown
from tests.costs.stores import MemoryStore

NOW = datetime(2026, 11, 20, tzinfo=UTC)
OCTOBER = Window(date(2026, 10, 1), date(2026, 11, 1))
NOVEMBER = Window(date(2026, 11, 1), date(2026, 12, 1))


def shown(
    name: str,
    store: MemoryStore,
    window: Window = OCTOBER,
    filters: Mapping[str, Sequence[str | None]] | None = None,
) -> Shown:
    return show(PANELS[name], window, snapshot(store), filters or {})


def snapshot(store: MemoryStore, now: datetime = NOW) -> Snapshot:
    return take(store, None, now)


def only(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    (row,) = rows
    return row
