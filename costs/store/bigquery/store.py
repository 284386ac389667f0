"""The store in BigQuery: questions of unified_costs and of the tables of loads."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path

from django.conf import settings
from sqlglot import exp

from costs.errors import InvalidQuestionError, LoadError, NotLoadedError
from costs.models import CostLoad
from costs.store.base import Bounds, LoadedMonth, Metered, Rows, Table
from costs.store.bigquery import sql
from costs.store.bigquery.copies import Copies, of_table, uploaded
from costs.store.bigquery.dataset import Dataset
from costs.store.bigquery.faults import GoneError, RefusedQueryError, for_jobs
from costs.store.bigquery.place import Place
from costs.store.bigquery.unified import Unified
from costs.store.engine import open_writer
from costs.store.facts import Facts, by_name, facts
from costs.store.files import Written, measure
from costs.store.kept import RESULTS, KeptResults, Result
from costs.store.stored_loads import LoadStore, named
from costs.wording import counted

PRICE_SOURCE = (
    "the on-demand list price of the US (cloud.google.com/bigquery/pricing); BIGQUERY_USD_PER_TIB sets yours"
)
OWN_PRICE = "the setting BIGQUERY_USD_PER_TIB"
# What on-demand queries begin at (cloud.google.com/bigquery/pricing, by copies of 2025 and 2026).
LIST_PRICE = Decimal("6.25")


class BigQueryStore(LoadStore):
    """Answers queries over the loads that are current, or were at a moment (`CostStore`).

    Args:
        place: the dataset.
        root: the folder for what is on this machine, COSTS_DIR by default.
        keeps_results: whether a statement that was asked before is answered without asking BigQuery again.
    """

    dialect = "bigquery"

    def __init__(self, place: Place, root: Path | None = None, *, keeps_results: bool = True) -> None:
        super().__init__(root)
        self._place = place
        self._kept = KeptResults(self.root / RESULTS) if keeps_results else None
        self._copies = Copies(self.root)
        self._staged: set[str] = set()
        price = settings.BIGQUERY_USD_PER_TIB
        self._price = Metered(price, PRICE_SOURCE if price == LIST_PRICE else OWN_PRICE)
        self.metered = self._price

        self._dataset, self._unified = opened(place)

    def run(self, select: exp.Query, *, loads: Sequence[LoadedMonth] | None = None) -> Rows:
        """Run a query over unified_costs, as `CostStore.run`.

        Raises:
            NotLoadedError: nothing is loaded, or the table of a load is gone.
            TooLargeError: it would read more than a query may.
            StoreUnavailableError: BigQuery cannot be asked.
        """
        found = self.loads() if loads is None else loads
        if not found:
            raise NotLoadedError("No costs are loaded." if loads is None else "No costs were loaded then.")
        text, over = select.sql(self.dialect), [Path(self._place.name) / load.id for load in found]
        if self._kept and (kept := self._kept.get(text, over)):
            return Rows(*kept, found)
        result, billed = self._asked(select, found)
        if self._kept:
            self._kept.put(text, over, result)
        return Rows(*result, found, billed)

    def run_bounded(self, select: exp.Query, *, loads: Sequence[LoadedMonth], bounds: Bounds) -> Table:
        """Run a query from outside, tried first and bounded, as `CostStore.run_bounded`."""
        self._refuse_deleted(loads)
        moment, looking = self._unified.moment()
        text = sql.placed_from_outside(select, self._place, [load.id for load in loads], moment)
        try:
            found = self._dataset.ask_bounded(text, bounds)
        except RefusedQueryError as error:
            raise InvalidQuestionError(error.message) from error
        except GoneError:
            self._refuse_missing(loads, moment)
            raise
        return replace(found, billed_bytes=found.billed_bytes + looking)

    def _asked(self, select: exp.Query, loads: Sequence[LoadedMonth]) -> tuple[Result, int]:
        self._refuse_deleted(loads)
        moment, looking = self._unified.moment()
        text = sql.placed(select, self._place, [load.id for load in loads], moment)
        try:
            names, rows, billed = self._dataset.ask(text)
        except GoneError:
            self._refuse_missing(loads, moment)
            raise
        return (names, rows), billed + looking

    def _refuse_deleted(self, loads: Sequence[LoadedMonth]) -> None:
        """What a sweep has deleted may still be in the moment that is looked at, and must not be read."""
        for load in CostLoad.objects.filter(pk__in=[load.id for load in loads if not load.path]):
            raise NotLoadedError(
                f"The table of {named(load)} was deleted, since it was {load.end}.",
                hint="Ask for a later as_of.",
            )

    def _refuse_missing(self, loads: Sequence[LoadedMonth], moment: sql.Moment) -> None:
        own = [load.id for load in loads if load.id not in moment.loads]
        for load in CostLoad.objects.filter(pk__in=own):
            if not self.has(load):
                raise NotLoadedError(
                    f"{self.name_of(load)}, of {named(load)}, is missing.",
                    hint="Ask the operator to run check_costs, or move_costs if costs were in another store.",
                )

    def prepare(self, loads: Sequence[LoadedMonth]) -> None:
        """Nothing: BigQuery adds up charges, and what it has added up is kept."""

    def name_of(self, load: CostLoad) -> str:
        """As in sentences of `check_costs`."""
        return f"The table {self._place.name}.{sql.table_of(load.pk)}"

    def has(self, load: CostLoad) -> bool:
        """Whether the table of a load is there."""
        with for_jobs():
            return bool(load.path) and self._dataset.describe(sql.table_of(load.pk)) is not None

    def size(self, load: CostLoad) -> int:
        """The size of its table; 0 if that is not there."""
        with for_jobs():
            table = self._dataset.describe(sql.table_of(load.pk))
        return table.num_bytes or 0 if table else 0

    def file(self, load: CostLoad) -> Path:
        """The charges of a load in a file, which is kept until another load replaces it."""
        return self._copies.of(load) or self._copied(load)

    def files(self, loads: Sequence[LoadedMonth]) -> Sequence[Path]:
        """Copies of their tables."""
        self._refuse_deleted(loads)
        found = CostLoad.objects.in_bulk([load.id for load in loads])
        return [self.file(found[load.id]) for load in loads]

    def _copied(self, load: CostLoad) -> Path:
        with self.workspace(f"copy-{load.pk}-{time.time_ns()}") as folder, for_jobs():
            return self._copies.keep(load, of_table(self._dataset, load, folder))

    def differences(self, load: CostLoad, folder: Path, /) -> tuple[Path, list[str]]:
        """Whether unified_costs has the charges of a load as its own table has them."""
        with for_jobs():
            file = of_table(self._dataset, load, folder).path
            return file, self._unified.unlike(load.pk)

    def stage(self, load: CostLoad, written: Written) -> None:
        """Load the charges of a load into its own table, which nobody reads yet."""
        with for_jobs():
            self._unified.set_up()
            self._bring(load, written)
        self._staged.add(load.pk)

    def _bring(self, load: CostLoad, written: Written) -> None:
        table = sql.table_of(load.pk)
        self._dataset.run(sql.create_charges(self._place, table))
        with self.workspace(f"upload-{load.pk}-{time.time_ns()}") as folder:
            rows = self._dataset.load(uploaded(load.pk, written.path, folder), table)
        if rows != written.rows:
            some = f"{rows:,} of {counted(written.rows, 'row')}"
            raise LoadError(f"{self.name_of(load)} has got {some}: load again.")

    def take(self, load: CostLoad, file: Path) -> str:
        """Load a file into the table of its load, and keep no copy."""
        with for_jobs(), self.workspace(f"taken-{load.pk}-{time.time_ns()}") as folder:
            with open_writer(folder, [file]) as connection:
                written = measure(connection, file)
            self._unified.set_up()
            self._bring(load, written)
        return load.sha256

    def facts(self, month: LoadedMonth) -> Sequence[Facts]:
        """Of its own table."""
        names, rows, _ = self._dataset.ask(sql.placed(facts(), self._place, [month.id], self._unified.now()))
        return by_name(names, rows)

    def keep(self, load: CostLoad, written: Written) -> None:
        """Keep its file as a copy: the table is there already."""
        if load.pk not in self._staged:
            raise LoadError(f"{self.name_of(load)} is not there: load again.")
        for old in CostLoad.objects.current().same_month(load):
            self._copies.forget(old)
        self._copies.keep(load, written)

    def discard(self, load: CostLoad) -> None:
        """Delete what a load has written that was never published or no longer counts."""
        super().discard(load)
        self._copies.forget(load)
        with for_jobs():
            if load.path:
                self._dataset.drop(sql.table_of(load.pk))
        self.forget_results()

    def settle(self) -> Sequence[str]:
        """Bring unified_costs to the loads that count: a transaction for each month that differs."""
        with for_jobs():
            self._unified.settle(
                sql.Member(load.id, load.source, load.billing_period) for load in self.loads()
            )
        return self.told()

    def told(self) -> Sequence[str]:
        """What queries of this process have cost since this was last told, in a sentence."""
        spent = self._dataset.take_spent()
        queries = "1 query" if spent.queries == 1 else f"{spent.queries:,} queries"
        return [f"BigQuery: {queries}, {self._price.told(spent.bytes)}"] if spent.queries else []


@cache
def opened(place: Place) -> tuple[Dataset, Unified]:
    """A dataset and its client, which stay open for all that this process asks."""
    found = Dataset(place)
    return found, Unified(found)
