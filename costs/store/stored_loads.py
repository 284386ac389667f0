"""What all stores of costs have in common: rows of cost_loads say what counts; loads are made in folders."""

from __future__ import annotations

import secrets
import shutil
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import chain
from pathlib import Path

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from sqlglot import exp

from catalog.pricing.decimals import plain
from costs.errors import LoadRefusedError
from costs.models import CostLoad, CostSource
from costs.store import holder
from costs.store.base import (
    Bounds,
    Doubt,
    LoadedMonth,
    Metered,
    Refusal,
    Replacement,
    Rows,
    SourceState,
    Table,
)
from costs.store.copying import Copy, Progress, copy
from costs.store.engine import open_writer
from costs.store.estimates import ALL_COUNT, Counting, Replaced, counting
from costs.store.facts import Facts
from costs.store.files import Written, has_gaps_and_sums, usage_days
from costs.store.kept import RESULTS, KeptResults, Result

# Only the owner may read what others pay.
PRIVATE_FOLDER = 0o700
_UNFINISHED = "unfinished"
# No month has such a name.
_FETCHED = ".fetched"


class LoadStore(ABC):
    """A store that loads are brought into (`CostStore`, and what jobs need beside it).

    A row of cost_loads says which load counts, and the transaction that changes it is all that publishing
    is. What a load has never changes: only where it is differs from store to store.

    Args:
        root: the folder for what is on this machine, COSTS_DIR by default.
    """

    dialect: str
    metered: Metered | None = None

    def __init__(self, root: Path | None = None) -> None:
        self.root = (root or settings.COSTS_DIR).absolute()

    @abstractmethod
    def run(self, select: exp.Query, *, loads: Sequence[LoadedMonth] | None = None) -> Rows:
        """Run a query, as `CostStore.run`."""

    @abstractmethod
    def run_bounded(self, select: exp.Query, *, loads: Sequence[LoadedMonth], bounds: Bounds) -> Table:
        """Run a query from outside, as `CostStore.run_bounded`."""

    @abstractmethod
    def prepare(self, loads: Sequence[LoadedMonth]) -> None:
        """Make what answers about loads come sooner with, as `CostStore.prepare`."""

    @abstractmethod
    def name_of(self, load: CostLoad) -> str:
        """What the charges of a load are in, such as "The file 2026-10/….parquet"."""

    @abstractmethod
    def has(self, load: CostLoad) -> bool:
        """Whether the charges of a load are there."""

    @abstractmethod
    def file(self, load: CostLoad) -> Path:
        """The charges of a load as a file of this machine.

        Raises:
            LoadError: they cannot be had.
        """

    @abstractmethod
    def files(self, loads: Sequence[LoadedMonth]) -> Sequence[Path]:
        """The charges of loads as files of this machine, in the order of the loads.

        Raises:
            NotLoadedError: those of one are gone or damaged.
            LoadError: they cannot be had.
        """

    @abstractmethod
    def size(self, load: CostLoad) -> int:
        """How many bytes the charges of a load take; 0 if they are not there."""

    @abstractmethod
    def differences(self, load: CostLoad, folder: Path, /) -> tuple[Path, list[str]]:
        """The charges of a load, read anew into `folder` or where they are, and how they differ from its row.

        Raises:
            LoadError: they cannot be read.
        """

    @abstractmethod
    def stage(self, load: CostLoad, written: Written) -> None:
        """Bring what a load has written to where it will be read. It may take minutes, and counts not yet.

        Raises:
            LoadError: it cannot be brought there.
        """

    @abstractmethod
    def take(self, load: CostLoad, file: Path) -> str:
        """Bring the charges of a load here that another store has; its row stays as it is.

        Args:
            load: a load that was published.
            file: its charges, which stay there.

        Returns:
            The SHA-256 of what this store has then.

        Raises:
            LoadError: they cannot be brought here.
        """

    @abstractmethod
    def facts(self, month: LoadedMonth) -> Sequence[Facts]:
        """What is to be the same of a load in every store.

        Raises:
            CostError: it cannot be read.
        """

    @abstractmethod
    def keep(self, load: CostLoad, written: Written) -> None:
        """Keep what a load has written, which is staged, under its name."""

    def publish(self, load: CostLoad, written: Written) -> None:
        """Make a load the current one of its month; readers see either the old or the new one.

        To be called in the transaction that renews the lease. The load has its `path` from its start, so
        that a file whose load was never published can be told.
        """
        self.keep(load, written)
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
        """Note what estimates are compared by of current loads that were published before it was kept."""
        months = CostLoad.objects.current().filter(is_estimate=True).values("billing_period")
        found = CostLoad.objects.current().filter(Q(usage_days=None) | Q(billing_period__in=months))
        for load in found:
            is_noted = load.usage_days is not None and has_gaps_and_sums(load.usage_days)
            if not is_noted and self.has(load):
                file = self.file(load)
                key = f"days-{secrets.token_hex(5)}"
                with self.workspace(key) as folder, open_writer(folder, [file]) as connection:
                    days = usage_days(connection, file)
                CostLoad.objects.filter(pk=load.pk).update(usage_days=days)

    def copy(self, wanted: Copy, loads: Sequence[LoadedMonth], progress: Progress) -> Result:
        """Write what a query over unified_costs returns to a file, and return what its proof finds in it.

        Raises:
            NotLoadedError: the charges of a load are gone or damaged.
            LoadError: they cannot be had.
            duckdb.Error: the file cannot be written.
        """
        return copy(self.files(loads), wanted, progress)

    def settle(self) -> Sequence[str]:
        """Bring up to date what follows from the loads that count; answers do not need it.

        Returns:
            What is to be told of it, as sentences.

        Raises:
            LoadError: it cannot be brought up to date now.
        """
        return ()

    def discard(self, load: CostLoad) -> None:
        """Delete what a load has written that was never published or no longer counts."""
        shutil.rmtree(self.root / _UNFINISHED / load.pk, ignore_errors=True)

    def loads(self, *, as_of: datetime | None = None) -> Sequence[LoadedMonth]:
        """The loads that were current at `as_of`, by source and month."""
        found = counting(self._current(as_of))
        return [as_month(load, found) for load in found.loads]

    def counted(self, *, without: Collection[str] = ()) -> Sequence[CostLoad]:
        """The loads that count now, or would if some, by their ids, were withdrawn."""
        return counting([load for load in self._current(None) if load.pk not in without]).loads

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
            Replacement(as_month(load), as_month(load.replaced_by)) for load in latest if load.replaced_by
        ]

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
        folder.mkdir(mode=PRIVATE_FOLDER, parents=True)
        with holder.held(folder):
            try:
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)

    def is_abandoned(self, load: CostLoad) -> bool:
        """Whether a load of this machine was killed as it wrote."""
        return holder.is_abandoned(self.root / _UNFINISHED / load.pk)

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


def named(load: CostLoad) -> str:
    return f"{load.source_id} {load.billing_period} (load {load.pk})"


def as_month(load: CostLoad, counted: Counting = ALL_COUNT) -> LoadedMonth:
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
            # Estimates that a bill without accounts replaces are doubted together.
            *dict.fromkeys(chain.from_iterable(map(Replaced.doubts, replaced))),
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
