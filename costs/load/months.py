"""Each month of a run over a source: loads its delivery, or stamps it again."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
from django.utils import timezone

from costs.errors import LoadError
from costs.focus.checks import Findings
from costs.load import lease, lost, twins
from costs.load.lost import Lost
from costs.load.month import Built, RefusedError, from_delivery, from_stored, names, unexpected
from costs.load.report import LoadReport, MonthReport, Outcome, amounts
from costs.load.stamps import Stamps
from costs.models import CostLoad, CostSource
from costs.providers.source import Delivery
from costs.store.configured import open_loads
from costs.store.engine import LOAD_MEMORY, WRITER_MEMORY, open_writer
from costs.store.stored_loads import LoadStore

# Called with a few words at each step.
Progress = Callable[[str], object]
Build = Callable[[duckdb.DuckDBPyConnection, Path], Built]


@dataclass(frozen=True, slots=True)
class _Work:
    """How the file of a load is made.

    Args:
        files: what it is made of.
        build: makes it.
        problem: why it cannot be made; "" if it can.
        beside: the loads of other sources that it is compared with; None if it was compared before.
    """

    files: Sequence[Path]
    build: Build
    problem: str = ""
    beside: Sequence[twins.Other] | None = None


@dataclass(slots=True)
class Months:
    """The months of a run over one source.

    Args:
        source: the source.
        stamps: what they are stamped by.
        is_dry: whether nothing is published.
        progress: called at each month.
        store: where they are brought.
    """

    source: CostSource
    stamps: Stamps
    is_dry: bool
    progress: Progress
    store: LoadStore = field(default_factory=open_loads)

    def deliver(self, delivery: Delivery) -> MonthReport:
        """Load a delivery, unless it is loaded."""
        old = self._current(delivery.period, delivery.account)
        if old and old.revision == delivery.revision and self.store.has(old):
            self._note_again(old, delivery)
            return self.restamp(old)
        load = self._new(
            delivery.period,
            revision=delivery.revision,
            origin=names(delivery.files),
            is_estimate=delivery.is_estimate,
            account=delivery.account,
        )
        load.delivered_at = load.started_at
        others = twins.others(load, self.store)
        follows = self._earlier(delivery.period)
        before = self.store.file(old) if old and self.store.has(old) else None

        def build(connection: duckdb.DuckDBPyConnection, path: Path) -> Built:
            built = from_delivery(connection, delivery, load.pk, self.stamps, path, follows=follows)
            found = twins.compare(connection, load, path, others)
            lacking = Lost()
            if old and not delivery.is_exclusive:
                lacking = lost.compare(connection, built.written, old, before)
            told = Findings(lacking.errors, [doubt.says for doubt in lacking.doubts])
            return built.checked(told, lacking.doubts).checked(found.findings, found.doubts)

        files = [*delivery.files, *(other.file for other in others), *([before] if before else [])]
        return self._run(load, old, _Work(files, build, delivery.problem, others))

    def replaced(self, report: LoadReport) -> Iterator[str]:
        """What the months of a run have replaced, and what of them does not count beside a bill."""
        loads = {month.load for month in report.months if month.outcome is not Outcome.FAILED}
        unchanged = {month.load for month in report.months if month.outcome is Outcome.UNCHANGED}
        for load in self.store.loads():
            for each in load.replaces:
                account = f" of account {each.account}" if each.account else ""
                estimate = f"estimate of {load.billing_period}{account}, {amounts(each.billed)}"
                if load.id in loads - unchanged:
                    by = "" if each.instead is None else f", by {amounts(each.instead)}"
                    yield f"It replaces the {estimate}, of source {each.source}{by}."
                if each.load in loads:
                    yield f"The {estimate}, does not count: source {load.source} has it (load {load.id})."

    def restamp_others(self, done: set[tuple[str, str]], period: str | None) -> Iterator[MonthReport]:
        """Stamp the months again that have no new delivery."""
        current = CostLoad.objects.current().filter(source=self.source)
        for old in current.exclude(names_version=self.stamps.version):
            is_done = (old.billing_period, old.account) in done
            if period in (None, old.billing_period) and not is_done:
                yield self.restamp(old)

    def restamp(self, old: CostLoad) -> MonthReport:
        """Stamp a month again, unless its stamps are those of now."""
        if old.names_version == self.stamps.version:
            return _report(old, Outcome.UNCHANGED)
        load = self._new(
            old.billing_period,
            reason=CostLoad.Reason.NAMES,
            revision=old.revision,
            origin=old.origin,
            checks=old.checks,
            doubts=old.doubts,
            delivered_at=old.delivered_at,
            is_estimate=old.is_estimate,
            account=old.account,
        )
        try:
            work = self._stamping(old)
        except LoadError as error:
            work = _Work((), _nothing, str(error))
        return self._run(load, old, work)

    def _stamping(self, old: CostLoad) -> _Work:
        if not self.store.has(old):
            return _Work((), _nothing, f"{self.store.name_of(old)} of load {old.pk} is missing.")
        file = self.store.file(old)

        def build(connection: duckdb.DuckDBPyConnection, path: Path) -> Built:
            return from_stored(connection, file, self.stamps, path)

        return _Work([file], build)

    def _run(self, load: CostLoad, old: CostLoad | None, work: _Work) -> MonthReport:
        self.progress(f"{self.source.name} {load.billing_period}")
        try:
            if self.is_dry:
                with self._built(load, work, old) as built:
                    return _planned(load, old, built)
            with lease.running(load, self.store):
                return self._publish(load, work, old)
        except LoadError as error:
            return MonthReport(load.billing_period, Outcome.FAILED, error=str(error), account=load.account)

    def _publish(self, load: CostLoad, work: _Work, before: CostLoad | None) -> MonthReport:
        try:
            with self._built(load, work, before) as built, lease.writing(load):
                load.checks = [*load.checks, *built.warnings]
                load.doubts = [*load.doubts, *map(asdict, built.doubts)]
                old = self._current(load.billing_period, load.account)
                if old and self._is_same(old, built):
                    return self._note(old, load)
                if work.beside is not None:
                    twins.refuse_unseen(load, built.written, work.beside, self.store)
                self.store.publish(load, built.written)
                return _report(load, _outcome(load, old), before=old)
        except RefusedError as error:
            load.checks = error.findings
            raise

    @contextmanager
    def _built(self, load: CostLoad, work: _Work, old: CostLoad | None) -> Iterator[Built]:
        """The file of a load, which the store has too, until the block ends or publishes it."""
        if work.problem:
            raise LoadError(work.problem)
        with self.store.workspace(load.pk) as folder:
            make = partial(self._made, load, work, old, folder)
            try:
                try:
                    built = make(LOAD_MEMORY)
                except duckdb.OutOfMemoryException:
                    # Of very large months, not all that DuckDB computes can be put into files.
                    built = make(WRITER_MEMORY)
            except duckdb.Error as error:
                raise LoadError(unexpected(error)) from error
            yield built

    def _made(self, load: CostLoad, work: _Work, old: CostLoad | None, folder: Path, memory: str) -> Built:
        heartbeat = no_heartbeat if self.is_dry else partial(lease.renew, load)
        with open_writer(folder, work.files, memory=memory) as connection:

            def build() -> Built:
                built = work.build(connection, folder / "charges.parquet")
                if not self.is_dry and not (old and self._is_same(old, built)):
                    self.store.stage(load, built.written)
                return built

            return lease.beating(heartbeat, connection, build)

    def _is_same(self, old: CostLoad, built: Built) -> bool:
        return old.sha256 == built.written.sha256 and self.store.has(old)

    def _note(self, old: CostLoad, load: CostLoad) -> MonthReport:
        """Keep the current load: the new one has the same content, by another revision or other names."""
        names_ = ("revision", "origin", "names_version", "checks", "doubts", "delivered_at")
        for name in names_:
            setattr(old, name, getattr(load, name))
        old.save(update_fields=names_)
        lease.cancel(load)
        return _report(old, Outcome.UNCHANGED)

    def _note_again(self, old: CostLoad, delivery: Delivery) -> None:
        """Keep when the same delivery came again: its files have been written since."""
        written = max(datetime.fromtimestamp(path.stat().st_mtime, UTC) for path in delivery.files)
        if old.delivered_at and old.delivered_at < written and not self.is_dry:
            old.delivered_at = min(written, timezone.now())
            old.save(update_fields=["delivered_at"])

    def _current(self, period: str, account: str) -> CostLoad | None:
        current = CostLoad.objects.current().filter(source=self.source)
        return current.filter(billing_period=period, account=account).first()

    def _earlier(self, period: str) -> bool:
        return CostLoad.objects.current().filter(source=self.source, billing_period__lt=period).exists()

    def _new(self, period: str, **values: Any) -> CostLoad:
        now = timezone.now()
        load_id = f"{period}-{secrets.token_hex(5)}"
        return CostLoad(
            id=load_id,
            source=self.source,
            billing_period=period,
            status=CostLoad.Status.RUNNING,
            path=f"{period}/{load_id}.parquet",
            names_version=self.stamps.version,
            is_demo=self.source.kind == CostSource.Kind.DEMO,
            started_at=now,
            heartbeat_at=now,
            **values,
        )


def _nothing(*_: object) -> Built:
    """What cannot be made is not."""
    raise LoadError("It cannot be made.")


def no_heartbeat() -> None:
    """A dry run has no row to keep alive."""


def _outcome(load: CostLoad, old: CostLoad | None) -> Outcome:
    if load.reason == CostLoad.Reason.NAMES:
        return Outcome.RESTAMPED
    return Outcome.REPLACED if old else Outcome.LOADED


def _report(load: CostLoad, outcome: Outcome, before: CostLoad | None = None) -> MonthReport:
    return MonthReport(
        load.billing_period,
        outcome,
        load.pk,
        load.rows,
        load.billed_by_currency,
        before.billed_by_currency if before else {},
        warnings=load.checks if outcome in (Outcome.LOADED, Outcome.REPLACED) else (),
        account=load.account,
    )


def _planned(load: CostLoad, old: CostLoad | None, built: Built) -> MonthReport:
    """What publishing would change."""
    is_same = old is not None and old.sha256 == built.written.sha256
    return MonthReport(
        load.billing_period,
        Outcome.UNCHANGED if is_same else _outcome(load, old),
        rows=built.written.rows,
        billed=built.written.billed,
        before=old.billed_by_currency if old else {},
        warnings=built.warnings,
        account=load.account,
    )
