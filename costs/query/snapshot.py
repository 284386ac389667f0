"""The costs as they were loaded at one moment, which all statements of an answer read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlglot import exp

from costs.errors import NotLoadedError
from costs.store.base import CostStore, LoadedMonth, SourceState

Record = Mapping[str, Any]


@dataclass(slots=True)
class Read:
    """How many bytes the store takes money for."""

    billed_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The loads of a moment, which all statements of an answer read, and later answers of that moment too.

    Args:
        store: where the charges are.
        as_of: the moment.
        loads: those that were current then, by source and month.
        sources: what sources have not brought until now.
        read: what statements have read so far.
    """

    store: CostStore
    as_of: datetime
    loads: Sequence[LoadedMonth]
    sources: Sequence[SourceState] = ()
    read: Read = field(default_factory=Read, compare=False)

    def run(self, select: exp.Query) -> list[Record]:
        result = self.store.run(select, loads=self.loads)
        self.read.billed_bytes += result.billed_bytes
        return [dict(zip(result.names, row, strict=True)) for row in result.rows]

    def called(self, ids: set[str]) -> list[LoadedMonth]:
        """The loads of these ids, by source and month."""
        found = [load for load in self.loads if load.id in ids]
        return sorted(found, key=lambda load: (load.source, load.billing_period))


def take(store: CostStore, as_of: datetime | None, now: datetime | None = None) -> Snapshot:
    """The store as it was at `as_of`; a moment in the future is now.

    Raises:
        NotLoadedError: nothing was loaded then.
    """
    now = now or datetime.now(UTC)
    settled = store.settled(now)
    moment = min(as_of or settled, settled)
    loads = store.loads(as_of=moment)
    if not loads:
        when = f"were loaded at {moment:%Y-%m-%d %H:%M} UTC" if as_of else "are loaded"
        hint = "Ask without as_of." if as_of else "Ask the operator to run the command load_costs."
        raise NotLoadedError(f"No costs {when}.", hint=hint)
    return Snapshot(store, moment, loads, store.sources())
