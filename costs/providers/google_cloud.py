"""A billing export of Google Cloud in BigQuery: the months that have changed are copied whole to a folder.

What has changed is told by the days on which rows were added, which the export is partitioned by: days before
the last one that was seen have no new rows. The number of all rows, which BigQuery tells for nothing, proves
it; if it is another, all days are looked at again.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

from google.cloud import bigquery

from costs.errors import LoadError
from costs.identity import OWN, Identity
from costs.providers.bigquery import Answer, Table
from costs.providers.bigquery_errors import OverBoundError
from costs.providers.bigquery_place import Place
from costs.providers.found import MONTH
from costs.providers.google_cloud_sql import ALWAYS, Export, export_of
from costs.providers.google_cloud_state import PART, Days, Fetched, State, private
from costs.providers.look import Look, Seen
from costs.providers.source import Delivery, Layout
from costs.wording import counted

_PRIVATE_FOLDER = 0o700
_ENDS: Mapping[Layout, str] = {Layout.GOOGLE_CLOUD_ROWS: ".json.gz", Layout.FOCUS_CSV: ".csv.gz"}
# Of the levels of gzip, the one that keeps up with BigQuery.
_FASTEST = 1


def open_source(name: str, location: str, fetched: Path, identity: Identity = OWN) -> GoogleCloudSource:
    """Open the table of an export.

    Args:
        name: the name of the source.
        location: bigquery://PROJECT/DATASET/TABLE.
        fetched: the folder of its copy.
        identity: whose credentials it is read with.

    Raises:
        LoadError: the location names no table.
    """
    return GoogleCloudSource(name, Place.of(location), fetched, identity)


def look(location: str, identity: Identity = OWN) -> Look:
    """Look at the table of an export: what it is, and whether it may be queried. Nothing is billed.

    Raises:
        LoadError: it cannot be read, or is none.
    """
    with closing(Table(Place.of(location), identity)) as table:
        described = table.describe()
        export = export_of(described, table.place.name)
        values = {"since": date.fromisoformat(ALWAYS)} if export.partition else {}
        size = table.plan(export.look(), values, described.location)
    rows = counted(described.num_rows or 0, "row")
    told = "Which months it has, a load asks BigQuery."
    return Look(
        [Seen("", described.modified, rows)], [f"{told} The first such question reads {size:,} bytes."]
    )


class GoogleCloudSource:
    """The export in a table.

    Args:
        name: the name of the source.
        place: the table.
        folder: its copy; nobody else writes there.
        identity: whose credentials it is read with.
    """

    def __init__(self, name: str, place: Place, folder: Path, identity: Identity = OWN) -> None:
        self.name, self._place, self._folder, self._identity = name, place, folder, identity
        self.notes: Sequence[str] = ()

    def deliveries(self) -> Iterator[Delivery]:
        """The months of the export, oldest first, as they are now.

        Raises:
            LoadError: the table cannot be read, or has no rows.
        """
        self._folder.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
        with closing(Table(self._place, self._identity)) as table:
            copy = _Copy(table, table.describe(), self._folder)
            copy.look()
            offered = ((month, *self._brought(copy, month)) for month in copy.months())
            found = [
                self._delivery(copy, month, fetched, problem)
                for month, fetched, problem in offered
                if fetched or problem
            ]
        self.notes = [table.told(), *copy.notes]
        return iter(found)

    def _brought(self, copy: _Copy, month: str) -> tuple[Fetched | None, str]:
        try:
            return copy.bring(month), ""
        except OverBoundError as error:
            return None, str(error)

    def _delivery(self, copy: _Copy, month: str, fetched: Fetched | None, problem: str) -> Delivery:
        return Delivery(
            self.name,
            "gcp",
            month,
            fetched.mark if fetched else "",
            copy.export.layout,
            [copy.path(month)] if fetched else [],
            is_exclusive=True,
            rows=fetched.rows if fetched else None,
            problem=problem,
        )


class _Copy:
    """The copy of a table, a file a month.

    Args:
        table: the table.
        described: what it is.
        folder: where the copy is.
    """

    def __init__(self, table: Table, described: bigquery.Table, folder: Path) -> None:
        self._table, self._described, self._folder = table, described, folder
        self.export: Export = export_of(described, table.place.name)
        self.notes: list[str] = []
        self._state = State.read(folder, self._identity())
        self._forget_others()

    def path(self, month: str) -> Path:
        return self._folder / f"{month}{_ENDS[self.export.layout]}"

    def look(self) -> None:
        """Find what the table has of each month now.

        Raises:
            LoadError: it cannot be read, or has no rows, or rows of no month.
        """
        since = max(self._state.days, default=ALWAYS) if self.export.partition else ALWAYS
        self._state.days = {**self._state.before(since), **self._counted(since)}
        if since > ALWAYS and self._described.num_rows not in (None, self._state.rows()):
            self._state.days = self._counted(ALWAYS)
        if not self._state.days:
            name = self._table.place.name
            raise LoadError(f"{name} has no rows: those of a new export come within some hours.")
        self._state.write()

    def months(self) -> Sequence[str]:
        """The months of the table and of its copy, oldest first."""
        return sorted({*self._state.months(), *self._state.fetched})

    def bring(self, month: str) -> Fetched | None:
        """The month in the copy, which is read again if it has changed; None if it cannot be had any more.

        Raises:
            OverBoundError: it is too large.
            LoadError: it cannot be read.
        """
        old, days = self._state.fetched.get(month), self._state.of(month)
        has_old = old is not None and self.path(month).is_file()
        if old and old.first < min(days, default="9999"):
            self.notes.append(self._no_longer_whole(month, old))
            return old if has_old else None
        if has_old and old and old.mark == self._state.mark(month):
            return old
        self._state.fetched[month] = new = self._read(month, days)
        self._state.write()
        return new

    def _forget_others(self) -> None:
        """Delete what is none of the copy: parts of files, and months of another table."""
        kept = {self._state.path, *(self.path(month) for month in self._state.fetched)}
        for path in self._folder.iterdir():
            if path not in kept:
                path.unlink()

    def _identity(self) -> str:
        """Changes if the table was made anew, or other columns of it are read."""
        text = (
            f"{self._table.place.name}\n{self._described.created}\n{self.export.header}{self.export.read()}"
        )
        return hashlib.sha256(text.encode()).hexdigest()

    def _counted(self, since: str) -> Days:
        days: dict[str, dict[str, tuple[int, str]]] = {}
        values = {"since": date.fromisoformat(since)} if self.export.partition else {}
        for page in self._ask(self.export.look(), values).pages():
            for month, day, charges, newest in page:
                days.setdefault(day, {})[self._period(month, charges)] = (charges, f"{newest}")
        return days

    def _period(self, month: str | None, charges: int) -> str:
        period = f"{(month or '')[:4]}-{(month or '')[4:]}"
        if MONTH.fullmatch(period):
            return period
        rows = counted(charges, "row")
        raise LoadError(f"The billing month is {month!r} on {rows} of {self._table.place.name}.")

    def _ask(self, sql: str, values: Mapping[str, str | date]) -> Answer:
        return self._table.ask(sql, values, self._described.location)

    def _read(self, month: str, days: Mapping[str, tuple[int, str]]) -> Fetched:
        """Read a month into a file, which appears under its name only when it is whole."""
        values: dict[str, str | date] = {"month": month.replace("-", "")}
        if self.export.partition:
            values["since"] = date.fromisoformat(min(days))
            values["until"] = date.fromisoformat(max(days)) + timedelta(days=1)
        answer, path = self._ask(self.export.read(), values), self.path(month)
        part = path.with_name(f".{path.name}{PART}")
        rows = self._write(part, answer)
        # The table was counted before: rows may have been added since, but never fewer be there.
        promised = max(len(answer), sum(charges for charges, _ in days.values()))
        if rows < promised:
            raise LoadError(f"BigQuery sent {rows:,} of {promised:,} rows of {month}: load again.")
        part.replace(path)
        return Fetched(self._state.mark(month), rows, min(days))

    def _write(self, part: Path, answer: Answer) -> int:
        rows = 0
        with private(part) as raw, gzip.GzipFile("", "wb", _FASTEST, raw, mtime=0) as file:
            file.write(self.export.header.encode())
            for page in answer.pages():
                file.write("".join(f"{line}\n" for (line,) in page).encode())
                rows += len(page)
        return rows

    def _no_longer_whole(self, month: str, old: Fetched) -> str:
        return (
            f"{self._table.place.name} no longer has the rows of {month} that were added on {old.first}: "
            "they have expired or were deleted, so the month stays as it was read before."
        )
