"""Jobs of BigQuery over one dataset: each query is tried without running first, and has a bound."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from concurrent.futures import TimeoutError as TookTooLongError
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from google.api_core import exceptions as api
from google.cloud import bigquery
from google.cloud.bigquery.job import QueryJob
from google.cloud.bigquery.retry import DEFAULT_RETRY

from costs.errors import TooLargeError
from costs.store.base import Bounds, Table
from costs.store.bigquery.faults import over_bound, told
from costs.store.bigquery.place import Place
from costs.store.json_values import within

GIB = 1024**3
# Rows of an answer that are in memory at once; an answer of BigQuery has at most 10 MB.
_PAGE = 20_000
_SECONDS = 600.0
# The client's own retries of jobs, which would be around these, go on for ten minutes: job_retry=None.
_RETRY = DEFAULT_RETRY.with_timeout(60.0)


@dataclass(slots=True)
class Spent:
    """How many queries there were, and how many bytes BigQuery takes money for."""

    queries: int = 0
    bytes: int = 0


class Dataset:
    """A dataset and its client, which threads may share.

    Args:
        place: where it is.
    """

    def __init__(self, place: Place) -> None:
        self.place = place
        self.spent = Spent()
        self._lock = threading.Lock()
        self._is_there = False

    @cached_property
    def _client(self) -> bigquery.Client:
        return bigquery.Client(project=self.place.run_in)

    def take_spent(self) -> Spent:
        """What was spent since this was last asked."""
        with self._lock:
            spent, self.spent = self.spent, Spent()
            return spent

    def name_of(self, table: str) -> str:
        return f"{self.place.name}.{table}"

    def ask(self, sql: str) -> tuple[list[str], list[tuple[Any, ...]], int]:
        """The names and rows of a query's result, and how many bytes BigQuery takes money for.

        Raises:
            TooLargeError: it would read more than it may.
            StoreUnavailableError: it fails.
        """
        with told(self.place):
            job, rows = self._result(sql)
            names = [field.name for field in rows.schema]
            return names, [row.values() for row in rows], self._billed(job)

    def ask_bounded(self, sql: str, bounds: Bounds) -> Table:
        """The result of a query as `ask`, as far as it is within bounds.

        Raises:
            TooLargeError: it would read more than it may, or runs longer.
            RefusedQueryError: BigQuery finds it wrong.
            StoreUnavailableError: it fails.
        """
        with told(self.place):
            try:
                job, rows = self._result(sql, bounds.seconds)
            except TookTooLongError as error:
                raise TooLargeError(
                    f"The SQL ran for {bounds.seconds:g} seconds, which is as long as it may.",
                    hint="Ask for a shorter time, or sums in the place of rows.",
                ) from error
            names, kinds = [each.name for each in rows.schema], [each.field_type for each in rows.schema]
            listed, is_cut = within(bounds, (row.values() for row in rows))
            return Table(names, kinds, listed, is_cut, self._billed(job))

    def pages(self, sql: str) -> Iterator[list[tuple[Any, ...]]]:
        """The rows of a query, some at a time, as of `ask`."""
        with told(self.place):
            job, rows = self._result(sql)
            self._billed(job)
            for page in rows.pages:
                yield [row.values() for row in page]

    def run(self, sql: str) -> None:
        """Run a statement, or several as a script, without trying it first: of a script that tells nothing.

        Raises:
            StoreUnavailableError: it fails.
        """
        with told(self.place):
            job, _ = self._finished(sql)
            self._billed(job)

    def load(self, file: Path, table: str) -> int:
        """Add the rows of a Parquet file to a table, all or none; how many there were. It costs nothing.

        Raises:
            StoreUnavailableError: they cannot be added.
        """
        how = bigquery.LoadJobConfig(source_format="PARQUET", write_disposition="WRITE_APPEND")
        with told(self.place), file.open("rb") as opened:
            job = self._client.load_table_from_file(opened, self.name_of(table), job_config=how)
            job.result(retry=_RETRY, timeout=_SECONDS)
            return job.output_rows or 0

    def describe(self, table: str) -> bigquery.Table | None:
        """What a table is; None if it is not there. It costs nothing.

        Raises:
            StoreUnavailableError: it cannot be looked at.
        """
        with told(self.place):
            try:
                return self._client.get_table(self.name_of(table), retry=_RETRY, timeout=_SECONDS)
            except api.NotFound:
                self._look_for_itself()
                return None

    def tables(self) -> list[str]:
        """The names of its tables. It costs nothing.

        Raises:
            StoreUnavailableError: they cannot be listed.
        """
        with told(self.place):
            return [table.table_id for table in self._client.list_tables(self.place.name, retry=_RETRY)]

    def drop(self, table: str) -> None:
        """Delete a table, if it is there.

        Raises:
            StoreUnavailableError: it cannot be deleted.
        """
        with told(self.place):
            self._client.delete_table(self.name_of(table), not_found_ok=True, retry=_RETRY, timeout=_SECONDS)

    def _look_for_itself(self) -> None:
        """Raise what says that there is no dataset: that a table lacks may be because of that."""
        if not self._is_there:
            self._client.get_dataset(self.place.name, retry=_RETRY, timeout=_SECONDS)
            self._is_there = True

    def _result(self, sql: str, seconds: float = _SECONDS) -> tuple[QueryJob, Any]:
        planned = self._client.query(sql, self._config(is_dry=True), retry=_RETRY, job_retry=None)
        size = planned.total_bytes_processed or 0
        if size > self.place.max_gib * GIB:
            raise over_bound(f"{size / GIB:,.1f} GiB", self.place)
        return self._finished(sql, seconds)

    def _finished(self, sql: str, seconds: float = _SECONDS) -> tuple[QueryJob, Any]:
        job = self._client.query(sql, self._config(), retry=_RETRY, job_retry=None)
        try:
            return job, job.result(page_size=_PAGE, retry=_RETRY, timeout=seconds, job_retry=None)
        except BaseException as error:
            if isinstance(error, TookTooLongError | KeyboardInterrupt):
                # Nobody waits for it any more, but it would be paid for.
                with contextlib.suppress(Exception):
                    job.cancel(retry=None, timeout=10)
            raise

    def _config(self, *, is_dry: bool = False) -> bigquery.QueryJobConfig:
        return bigquery.QueryJobConfig(dry_run=is_dry, maximum_bytes_billed=self.place.max_gib * GIB)

    def _billed(self, job: QueryJob) -> int:
        billed = job.total_bytes_billed
        billed = (job.total_bytes_processed or 0) if billed is None else billed
        with self._lock:
            self.spent.queries += 1
            self.spent.bytes += billed
        return billed
