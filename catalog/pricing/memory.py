"""What was read from the tables, kept in memory for as long as they stay as they are.

All that writes SKUs and prices is a run of the sync that holds the lease, and each of its transactions renews
it (catalog/sync/lease.py); the times of services are written just before the run ends. So if no run has
begun, ended or sent a heartbeat meanwhile, the tables have not changed. Every call asks the database for
that, and memory is emptied as soon as the answer is another one.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Hashable, Iterable, Mapping
from threading import Lock
from typing import Generic, NamedTuple, TypeVar

from django.db import connection
from django.utils import timezone

from catalog.models import PricingUpdate

# Raw SQL, because the ORM takes ten times as long to build a statement as the database to run this one. A run
# that crashes changes the answer without writing: the catalog is stale from then on.
_RUNS = """
SELECT json_array(
    (SELECT max(id) FROM pricing_updates),
    (
        SELECT json_group_array(json_array(id, heartbeat_at, heartbeat_at < %s))
        FROM pricing_updates WHERE status = 'running'
    )
)
"""

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class State(NamedTuple):
    """The tables of a database as they are while its runs are these."""

    database: str
    runs: str

    @property
    def settled(self) -> int | None:
        """The last run, if none may be writing; None before the first.

        A run that has crashed counts as running until the next one closes its row.
        """
        last, running = json.loads(self.runs)
        return None if running else last


def current_state() -> State | None:
    """The state of the tables, in one small query; None in a transaction, whose rows nobody else may see."""
    if connection.in_atomic_block:
        return None
    crashed_before = connection.ops.adapt_datetimefield_value(timezone.now() - PricingUpdate.LEASE)
    with connection.cursor() as cursor:
        cursor.execute(_RUNS, [crashed_before])
        return State(str(connection.settings_dict["NAME"]), cursor.fetchone()[0])


class Memory(Generic[K, V]):
    """Values of one state of the tables, at most `limit` of them: those that were used last.

    Values are shared by threads, so nobody may change them.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._lock = Lock()
        self._state: State | None = None
        self._values: OrderedDict[K, V] = OrderedDict()

    def find(self, keys: Iterable[K], state: State | None) -> dict[K, V]:
        """The values that are kept of a state, by key; none if it is None."""
        with self._lock:
            if state is None or state != self._state:
                return {}
            found = {key: self._values[key] for key in keys if key in self._values}
            for key in found:
                self._values.move_to_end(key)
            return found

    def keep(self, values: Mapping[K, V], state: State | None) -> None:
        """Keep values that were read after the state was, unless it is None."""
        if state is None:
            return
        with self._lock:
            if state != self._state:
                self._values.clear()
                self._state = state
            self._values.update(values)
            while len(self._values) > self._limit:
                self._values.popitem(last=False)

    def forget(self) -> None:
        """Empty the memory, as between tests, whose runs have the same numbers and times."""
        with self._lock:
            self._values.clear()
            self._state = None
