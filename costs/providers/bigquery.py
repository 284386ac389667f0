"""Queries over a table of BigQuery, each of which says first how much it reads and has a bound on it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from google.cloud import bigquery
from google.cloud.bigquery.retry import DEFAULT_RETRY

from costs.errors import LoadError
from costs.identity import OWN, Identity
from costs.providers.bigquery_errors import RAISED, OverBoundError, reason, sentence
from costs.providers.bigquery_place import Place
from costs.providers.google_credentials import credentials

GIB = 1024**3
# Rows of an answer that are in memory at once; an answer of BigQuery has at most 10 MB.
_PAGE = 20_000
_SECONDS = 600.0
# The client's own retries of jobs, which would be around these, go on for ten minutes: job_retry=None.
_RETRY = DEFAULT_RETRY.with_timeout(120.0)


class Table:
    """A table, read through its own client.

    Args:
        place: where it is.
        identity: whose credentials it is read with.

    Raises:
        LoadError: there are no credentials.
    """

    def __init__(self, place: Place, identity: Identity = OWN) -> None:
        self.place = place
        # How much the dry runs said, to be shown.
        self.queries, self.bytes = 0, 0
        with self._told():
            self._client = bigquery.Client(project=place.run_in, credentials=credentials(identity))

    def told(self) -> str:
        """How much was asked, in a sentence."""
        queries = "1 query" if self.queries == 1 else f"{self.queries:,} queries"
        return f"BigQuery: {queries} over {self.bytes:,} bytes of {self.place.name}."

    def close(self) -> None:
        self._client.close()

    def describe(self) -> bigquery.Table:
        """What the table is: its columns, partitions and number of rows. It costs nothing.

        Raises:
            LoadError: it cannot be read.
        """
        with self._told():
            return self._client.get_table(self.place.name, retry=_RETRY, timeout=_SECONDS)

    def ask(self, sql: str, values: Mapping[str, str | date], location: str | None) -> Answer:
        """Run a query.

        Args:
            sql: the query.
            values: its parameters.
            location: where the table is, such as EU.

        Raises:
            OverBoundError: it would read more than it may.
            LoadError: it fails.
        """
        self._refuse_large(self.plan(sql, values, location))
        with self._told():
            job = self._client.query(
                sql, self._config(values), location=location, retry=_RETRY, job_retry=None
            )
            rows = job.result(page_size=_PAGE, retry=_RETRY, timeout=_SECONDS)
            return Answer(self, rows)

    def plan(self, sql: str, values: Mapping[str, str | date], location: str | None) -> int:
        """How many bytes a query would read. It is not run, and costs nothing.

        Raises:
            LoadError: it may not be run, or the table not be read.
        """
        with self._told():
            planned = self._client.query(
                sql, self._config(values, is_dry=True), location=location, retry=_RETRY, job_retry=None
            )
            return planned.total_bytes_processed or 0

    def _config(self, values: Mapping[str, str | date], *, is_dry: bool = False) -> bigquery.QueryJobConfig:
        return bigquery.QueryJobConfig(
            dry_run=is_dry,
            maximum_bytes_billed=self.place.max_gib * GIB,
            query_parameters=[_parameter(name, value) for name, value in values.items()],
        )

    def _refuse_large(self, size: int) -> None:
        self.queries += 1
        self.bytes += size
        if size > self.place.max_gib * GIB:
            raise OverBoundError(self._over(f"{size / GIB:,.1f} GiB"))

    def _over(self, size: str) -> str:
        most = self.place.max_gib
        raised = (
            "raise it with ?max_gib=NUMBER at the end of the location, after a look at what BigQuery costs"
        )
        return f"A query of {self.place.name} would read {size} and may read {most:,} GiB: {raised}."

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """Turns what Google's client raises into a sentence."""
        try:
            yield
        except RAISED as error:
            if reason(error) == "bytesBilledLimitExceeded":
                raise OverBoundError(self._over("more than planned")) from error
            raise LoadError(sentence(error, self.place)) from error


class Answer:
    """The rows of a query.

    Args:
        table: which was asked.
        rows: what it answered.
    """

    def __init__(self, table: Table, rows: Any) -> None:
        self._table, self._rows = table, rows

    def __len__(self) -> int:
        """How many rows BigQuery promises."""
        return self._rows.total_rows or 0

    def pages(self) -> Iterator[list[tuple[Any, ...]]]:
        """The rows, some at a time.

        Raises:
            LoadError: they cannot be read on.
        """
        with self._table._told():  # noqa: SLF001  # it is a part of the table
            for page in self._rows.pages:
                yield [row.values() for row in page]


def _parameter(name: str, value: str | date) -> bigquery.ScalarQueryParameter:
    return bigquery.ScalarQueryParameter(name, "STRING" if isinstance(value, str) else "DATE", value)
