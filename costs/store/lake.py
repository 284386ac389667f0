"""The embedded store: an immutable Parquet file a load, read by DuckDB; cost_loads says which count."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import chain
from pathlib import Path

import duckdb
from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils import timezone
from sqlglot import exp

from catalog.pricing.decimals import plain
from costs.errors import LoadRefusedError, NotLoadedError, TooLargeError
from costs.models import CostLoad, CostSource
from costs.store import holder, rolled_up
from costs.store.base import Doubt, LoadedMonth, Refusal, Replacement, Rows, SourceState
from costs.store.engine import Engines, fetched, open_writer
from costs.store.estimates import ALL_COUNT, Counting, Replaced, counting
from costs.store.files import Written, digest_of, usage_days
from costs.store.fitting import over_rollup, smallest
from costs.store.kept import KeptResults, Result
from costs.store.rolled_up import RolledUp, from_rollup

# Only the owner may read what others pay.
_PRIVATE_FOLDER = 0o700
_UNFINISHED = "unfinished"
# No month has such a name.
RESULTS, _FETCHED = ".results", ".fetched"
# Each engine is over absolute paths, so that lakes can share them.
_engines = Engines()


class Lake:
    """Answers queries over the loads that are current, or were at a moment (`CostStore`).

    Args:
        root: the folder of the files, COSTS_DIR by default.
        keeps_results: whether a statement that was asked before is answered without reading charges again.
        reads_rollups: whether statements are answered from rollups where these have all that they read.
    """

    dialect = "duckdb"

    def __init__(
        self, root: Path | None = None, *, keeps_results: bool = True, reads_rollups: bool = True
    ) -> None:
        self.root = (root or settings.COSTS_DIR).absolute()
        self._kept = KeptResults(self.root / RESULTS) if keeps_results else None
        self._rollups = RolledUp(self.root / rolled_up.FOLDER)
        self._reads_rollups = reads_rollups

    def run(self, select: exp.Query, *, loads: Sequence[LoadedMonth] | None = None) -> Rows:
        """Run a query over unified_costs and its views, as `CostStore.run`.

        Raises:
            NotLoadedError: nothing is loaded, or a file of it is gone.
            TooLargeError: it takes more memory than a reader may use, or a sum has too many digits.
        """
        found = self.loads() if loads is None else loads
        if not found:
            raise NotLoadedError("No costs are loaded." if loads is None else "No costs were loaded then.")
        names, rows = self._fetched(select, found)
        return Rows(names, rows, found)

    def _fetched(self, select: exp.Query, loads: Sequence[LoadedMonth]) -> Result:
        files = [self._existing(load) for load in loads]
        views = self._rollups.views(loads) if self._reads_rollups else {}
        rollup = smallest(views, select)
        sql = over_rollup(select, rollup.name) if rollup else select.sql(self.dialect)
        if self._kept and (kept := self._kept.get(sql, files)):
            return kept
        result = from_rollup(_engines, views, rollup, sql) if rollup else None
        if result is None:
            result = self._from_charges(select.sql(self.dialect) if rollup else sql, files, loads)
        if self._kept:
            self._kept.put(sql, files, result)
        return result

    def _from_charges(self, sql: str, files: Sequence[Path], loads: Sequence[LoadedMonth]) -> Result:
        self._refuse_damaged(loads)
        try:
            # Closed even after an error: an unfinished result would block its cursor.
            with _engines.cursor(files) as cursor:
                return fetched(cursor, sql)
        except duckdb.OutOfMemoryException as error:
            hint = "Ask for a shorter time or for fewer dimensions."
            raise TooLargeError("The question takes more memory than one may use.", hint=hint) from error
        except duckdb.OutOfRangeException as error:
            hint = "Ask for a shorter time or with a filter."
            raise TooLargeError("A sum of the question has more digits than sums may.", hint=hint) from error
        except (duckdb.Error, UnicodeDecodeError):
            self._refuse_damaged(loads)  # since it was looked at
            raise

    def loads(self, *, as_of: datetime | None = None) -> Sequence[LoadedMonth]:
        """The loads that were current at `as_of`, by source and month."""
        found = counting(self._current(as_of))
        return [_as_month(load, found) for load in found.loads]

    def settled(self, now: datetime) -> datetime:
        """The last moment up to `now` whose loads are known for good, as `CostStore.settled`.

        A load becomes current after its last heartbeat that others can see, unless it has crashed.
        """
        running = CostLoad.objects.filter(
            status=CostLoad.Status.RUNNING, heartbeat_at__gt=now - CostLoad.LEASE
        )
        alive = (load for load in running if not self.is_abandoned(load))
        return min([now, *(load.heartbeat_at for load in alive if load.heartbeat_at)])

    def sources(self) -> Sequence[SourceState]:
        """The enabled sources of bills, by name."""
        published = CostLoad.objects.filter(source=OuterRef("pk"), status__in=CostLoad.PUBLISHED)
        found = CostSource.objects.filter(is_enabled=True).exclude(kind=CostSource.Kind.DEMO)
        return [
            SourceState(source.name, source.was_loaded, source.error is None, _refusals(source))
            for source in found.annotate(was_loaded=Exists(published))
        ]

    def replacements(self, *, as_of: datetime, limit: int) -> Sequence[Replacement]:
        """The latest replacements by deliveries, as `CostStore.replacements`; made-up ones as in answers."""
        replaced = CostLoad.objects.filter(
            status=CostLoad.Status.SUPERSEDED,
            current_until__lte=as_of,
            replaced_by__reason=CostLoad.Reason.DELIVERY,
            # Estimates change every day.
            is_estimate=False,
            is_demo=not CostLoad.objects.has_real(as_of),
        )
        latest = replaced.select_related("replaced_by").order_by("-current_until", "source_id")[:limit]
        return [
            Replacement(_as_month(load), _as_month(load.replaced_by)) for load in latest if load.replaced_by
        ]

    def file(self, load: CostLoad) -> Path:
        """The file of a load that was published."""
        return self.root / load.path

    def has(self, load: CostLoad) -> bool:
        """Whether the file of a load is there."""
        return bool(load.path) and self.file(load).is_file()

    def fetched(self, source: CostSource) -> Path:
        """Where a source keeps what it has fetched from a cloud."""
        return self.root / _FETCHED / source.name

    @contextmanager
    def fetching(self, source: CostSource) -> Iterator[None]:
        """Let no other load change what a source has fetched, until the block ends.

        Raises:
            LoadRefusedError: another load of the source is at it.
        """
        # No source has such a name.
        with holder.alone(self.root / _FETCHED / ".locks" / source.name) as is_alone:
            if not is_alone:
                raise LoadRefusedError(
                    f"Another load of {source.name} is running. Start again when it is over."
                )
            yield

    @contextmanager
    def workspace(self, load_id: str) -> Iterator[Path]:
        """A folder for what a load writes before it is published."""
        folder = self.root / _UNFINISHED / load_id
        folder.mkdir(mode=_PRIVATE_FOLDER, parents=True)
        with holder.held(folder):
            try:
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)

    def is_abandoned(self, load: CostLoad) -> bool:
        """Whether a load of this machine was killed as it wrote."""
        return holder.is_abandoned(self.root / _UNFINISHED / load.pk)

    def publish(self, load: CostLoad, written: Written) -> None:
        """Make a load the current one of its month; readers see either the old or the new one.

        To be called in the transaction that renews the lease. The load has its `path` from its start, so
        that a file whose load was never published can be told.
        """
        path = self.file(load)
        path.parent.mkdir(mode=_PRIVATE_FOLDER, exist_ok=True)
        written.path.rename(path)
        _sync_folder(path.parent)
        old = CostLoad.objects.current().same_month(load)
        load.current_from = _after(load)
        old.update(status=CostLoad.Status.SUPERSEDED, current_until=load.current_from, replaced_by=load.pk)
        load.status = CostLoad.Status.CURRENT
        load.rows, load.sha256 = written.rows, written.sha256
        load.billed = _plain(written.billed)
        load.accounts = {}
        for (cloud, account), billed in written.accounts.items():
            load.accounts.setdefault(cloud, {})[account] = _plain(billed)
        load.usage_days = written.usage_days
        load.save()

    def note_days(self) -> None:
        """Note the days and accounts of current loads that were published before these were kept."""
        for load in CostLoad.objects.current().filter(usage_days__isnull=True):
            if self.has(load):
                file = self.file(load)
                key = f"days-{secrets.token_hex(5)}"
                with self.workspace(key) as folder, open_writer(folder, [file]) as connection:
                    days = usage_days(connection, file)
                CostLoad.objects.filter(pk=load.pk).update(usage_days=days)

    def discard(self, load: CostLoad) -> None:
        """Delete what a load has written that was never published or no longer counts."""
        shutil.rmtree(self.root / _UNFINISHED / load.pk, ignore_errors=True)
        if self.has(load):
            self.file(load).unlink(missing_ok=True)
            # What was read from it goes too.
            self._rollups.forget(load.pk)
            self.forget_results()

    def prepare(self, loads: Sequence[LoadedMonth]) -> None:
        """Make the rollups that loads lack, as `CostStore.prepare`. Without one, charges are read."""
        self._rollups.forget_others()
        for load in loads:
            with suppress(duckdb.Error, OSError, NotLoadedError):
                file = self._existing(load)
                with self.workspace(f"rollups-{secrets.token_hex(5)}") as folder:
                    self._rollups.make(load, file, folder)

    def forget_results(self) -> None:
        """Delete what was kept of answers, such as those about loads that are no more."""
        KeptResults(self.root / RESULTS).forget()

    def abandoned(self, before: datetime) -> list[Path]:
        """Workspaces that were last touched before a moment; dry runs that were killed leave them."""
        folders = (self.root / _UNFINISHED).glob("*")
        return sorted(folder for folder in folders if folder.stat().st_mtime < before.timestamp())

    def _current(self, as_of: datetime | None) -> list[CostLoad]:
        """Made-up loads count until the first real one: they neither add to real money nor stand for it."""
        # The days are of many accounts, and few loads need them.
        loads = list(CostLoad.objects.current(as_of).defer("usage_days"))
        real = [load for load in loads if not load.is_demo]
        return real if real or CostLoad.objects.has_real(as_of) else loads

    def _existing(self, month: LoadedMonth) -> Path:
        """The file of a load: without it, sums would be too small."""
        file = self.root / month.path
        if month.path and file.is_file():
            return file
        load = CostLoad.objects.get(pk=month.id)
        if load.path:
            hint = f"Ask the operator to run load_costs --source {load.source_id}, which replaces it."
            raise NotLoadedError(f"The file of {_named(load)} is missing.", hint=hint)
        raise NotLoadedError(
            f"The file of {_named(load)} was deleted, since it was {load.end}.",
            hint="Ask for a later as_of.",
        )

    def _refuse_damaged(self, months: Sequence[LoadedMonth]) -> None:
        """A changed digit is another sum, and DuckDB notices only few of them."""
        damaged = next((month for month in months if not self._is_sound(month)), None)
        if damaged:
            raise NotLoadedError(
                f"The file of {_named(CostLoad.objects.get(pk=damaged.id))} is damaged and cannot be read.",
                hint="Ask the operator to run check_costs, which says what to do.",
            )

    def _is_sound(self, month: LoadedMonth) -> bool:
        try:
            return digest_of(self.root / month.path) == month.sha256
        except OSError:
            return False


def _named(load: CostLoad) -> str:
    return f"{load.source_id} {load.billing_period} (load {load.pk})"


def _as_month(load: CostLoad, counted: Counting = ALL_COUNT) -> LoadedMonth:
    replaced = counted.replaced.get(load.pk, ())
    return LoadedMonth(
        load.pk,
        load.source_id,
        load.billing_period,
        load.rows,
        load.billed_by_currency,
        load.current_from or load.started_at,
        load.is_demo,
        load.origin,
        load.delivered_at,
        load.billed_by_account,
        [
            *(Doubt(**doubt) for doubt in load.doubts),
            *chain.from_iterable(map(Replaced.doubts, replaced)),
            *counted.doubts.get(load.pk, ()),
        ],
        load.path,
        load.sha256,
        load.is_estimate,
        load.account,
        [each.given_way() for each in replaced],
    )


def _refusals(source: CostSource) -> list[Refusal]:
    return [
        Refusal(month, datetime.fromisoformat(refused["at"]), refused["why"])
        for month, refused in sorted(source.refused.items())
    ]


def _plain(money: Mapping[str, Decimal]) -> dict[str, str]:
    return {currency: plain(amount) for currency, amount in money.items()}


def _after(load: CostLoad) -> datetime:
    """Now, but later than the loads before, whatever the clock says: each moment has one load of a month."""
    before = CostLoad.objects.same_month(load)
    last = before.filter(status__in=CostLoad.PUBLISHED).order_by("current_from").last()
    if last is None or last.current_from is None:
        return timezone.now()
    return max(timezone.now(), last.current_until or last.current_from + timedelta(microseconds=1))


def _sync_folder(folder: Path) -> None:
    """Make a rename outlast a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
