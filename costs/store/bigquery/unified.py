"""unified_costs and what it has: kept in step with the loads that count, and looked at as of one moment."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from datetime import datetime

from costs.errors import StoreUnavailableError
from costs.store.base import TABLE, VIEWS
from costs.store.bigquery import sql
from costs.store.bigquery.dataset import Dataset
from costs.store.bigquery.faults import ConflictError, GoneError
from costs.store.facts import facts

# So long questions look at one moment. Loads that have come since are read from their own tables.
MOMENT_SECONDS = 300.0
# A change that another one has crossed is planned anew.
_TRIES = 4
_PAUSE_SECONDS = 1.0


class Unified:
    """The table unified_costs of a dataset. Threads may share it.

    Args:
        dataset: where it is.
    """

    def __init__(self, dataset: Dataset) -> None:
        self._dataset, self._place = dataset, dataset.place
        self._lock = threading.Lock()
        self._moment: sql.Moment | None = None
        self._looked_at, self._is_set_up = 0.0, False

    def moment(self) -> tuple[sql.Moment, int]:
        """A moment of the last minutes, and what unified_costs had then; and what it has cost to look.

        Raises:
            StoreUnavailableError: BigQuery cannot be asked.
        """
        with self._lock:
            if self._moment and time.monotonic() - self._looked_at < MOMENT_SECONDS:
                return self._moment, 0
            self._moment, billed = self._look()
            self._looked_at = time.monotonic()
            return self._moment, billed

    def now(self) -> sql.Moment:
        """The moment that it is, as if unified_costs had nothing: all is read from the tables of loads."""
        return sql.Moment(self._time())

    def set_up(self) -> None:
        """Make the tables and views that all loads share, if they are not there."""
        if self._is_set_up:
            return
        if self._dataset.describe(sql.MEMBERS) is None:
            self._dataset.run(sql.create_charges(self._place, TABLE))
            for view in VIEWS:
                self._dataset.run(sql.create_view(self._place, view))
            self._dataset.run(sql.create_members(self._place))
        self._is_set_up = True

    def settle(self, current: Iterable[sql.Member]) -> None:
        """Bring it to these loads: a transaction for each month that differs.

        Raises:
            ConflictError: other changes came first, again and again.
            StoreUnavailableError: BigQuery cannot be asked.
        """
        wanted = list(current)
        self.set_up()
        for tried in range(1, _TRIES + 1):
            try:
                self._swap(wanted)
                break
            except ConflictError:
                if tried == _TRIES:
                    raise
                time.sleep(_PAUSE_SECONDS)
        with self._lock:
            self._moment = None

    def unlike(self, load_id: str) -> list[str]:
        """Whether it has the charges of a load as the load's own table has them; nothing if it has none."""
        at = self._time()
        if load_id not in {member.load for member in self._members(at)}:
            return []
        own, common = (
            self._dataset.ask(sql.placed(facts(), self._place, [load_id], moment))[1]
            for moment in (sql.Moment(at), sql.Moment(at, frozenset({load_id})))
        )
        name = f"{self._place.name}.{TABLE}"
        both = f"{name} and {self._place.name}.{sql.MEMBERS}"
        mend = f"Delete its rows from {both}: the next load_costs brings them."
        return [] if own == common else [f"{name} has other charges of load {load_id} than its table. {mend}"]

    def _swap(self, wanted: Iterable[sql.Member]) -> None:
        new: dict[tuple[str, str], list[sql.Member]] = {}
        out: dict[tuple[str, str], list[sql.Member]] = {}
        for each in wanted:
            new.setdefault((each.source, each.month), []).append(each)
        there = self._members(self._time())
        if not any(member.load == "" for member in there):
            self._dataset.run(sql.first_member(self._place))
        for member in filter(lambda each: each.load, there):
            out.setdefault((member.source, member.month), []).append(member)
        for month in sorted({*new, *out}):
            coming, leaving = new.get(month, []), out.get(month, [])
            if {member.load for member in leaving} != {member.load for member in coming}:
                self._dataset.run(sql.swap(self._place, leaving, coming))

    def _look(self) -> tuple[sql.Moment, int]:
        at = self._time()
        try:
            _, rows, billed = self._dataset.ask(sql.members(self._place, at))
            return sql.Moment(at, frozenset(load for load, *_ in rows)), billed
        except GoneError as error:
            if error.message.startswith("There is no dataset"):
                raise
            # Nothing was settled yet.
            return sql.Moment(at), 0

    def _time(self) -> datetime:
        _, [[at]], _ = self._dataset.ask(sql.now())
        if not isinstance(at, datetime):
            raise StoreUnavailableError(f"BigQuery says that it is {at!r}.")
        return at

    def _members(self, at: datetime) -> list[sql.Member]:
        return [sql.Member(*row) for row in self._dataset.ask(sql.members(self._place, at))[1]]
