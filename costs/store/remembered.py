"""A store that is asked the same more than once for a page: it remembers what it answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlglot import exp

from costs.store.base import CostStore, LoadedMonth, Replacement, Rows, SourceState


class Remembered:
    """A CostStore over another, for as long as one page or answer takes.

    Args:
        store: the store that is asked.
    """

    def __init__(self, store: CostStore) -> None:
        self._store = store
        self.dialect = store.dialect
        self._sources: Sequence[SourceState] | None = None
        self._rows: dict[tuple[exp.Query, tuple[str, ...] | None], Rows] = {}

    def run(self, select: exp.Query, *, loads: Sequence[LoadedMonth] | None = None) -> Rows:
        key = select, None if loads is None else tuple(load.id for load in loads)
        if key not in self._rows:
            self._rows[key] = self._store.run(select, loads=loads)
        return self._rows[key]

    def settled(self, now: datetime) -> datetime:
        return self._store.settled(now)

    def sources(self) -> Sequence[SourceState]:
        if self._sources is None:
            self._sources = self._store.sources()
        return self._sources

    def replacements(self, *, as_of: datetime, limit: int) -> Sequence[Replacement]:
        return self._store.replacements(as_of=as_of, limit=limit)

    def loads(self, *, as_of: datetime | None = None) -> Sequence[LoadedMonth]:
        return self._store.loads(as_of=as_of)
