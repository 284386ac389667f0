"""The lease of a job: two runs of it are never at work at once, so nothing is done, paid or told twice.

A run has the lease while its row has no end, of which the database allows one. It renews the lease with a
heartbeat. One without a heartbeat for LEASE counts as killed, and the next one closes its row. A run that was
only slow finds its row closed and must stop: its transactions begin with `renew`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from catalog.sync.signals import deferred_interrupts
from costs.errors import RunLostError, RunRefusedError
from costs.models.runs import Run

HEARTBEAT_SECONDS = 20
_KILLED = "It crashed or was killed. Last heartbeat: {:%Y-%m-%d %H:%M:%S} UTC."

AnyRun = TypeVar("AnyRun", bound=Run)


@dataclass(frozen=True, slots=True)
class Lease(Generic[AnyRun]):
    """The lease of a job.

    Args:
        model: its runs.
        name: what a run is, with its article, such as "A collection".
        results: the fields that a run fills, which are saved when it ends.
        of: the fields that say which runs have one lease, if not all of the model.
    """

    model: type[AnyRun]
    name: str
    results: Sequence[str] = ()
    of: Mapping[str, str] = field(default_factory=dict)

    @contextmanager
    def running(self) -> Iterator[AnyRun]:
        """A run with its row, which is closed however it ends.

        Raises:
            RunRefusedError: another run is at work.
        """
        with deferred_interrupts():
            run = self._acquire()
        try:
            yield run
        except RunLostError:
            raise
        except BaseException as error:
            stopped = isinstance(error, KeyboardInterrupt)
            run.error = "Stopped." if stopped else f"{type(error).__name__}: {error}"
            self._close(run)
            raise
        self._close(run)

    def renew(self, run: AnyRun) -> None:
        """Record a heartbeat, and check that the run still holds its lease.

        Raises:
            RunLostError: another run has closed this one as killed.
        """
        run.heartbeat_at = timezone.now()
        if not self._own_row(run).update(heartbeat_at=run.heartbeat_at):
            raise RunLostError(f"{self.name} sent no heartbeat for too long, and another replaced it.")

    @contextmanager
    def writing(self, run: AnyRun) -> Iterator[None]:
        """A transaction of the run, which no interrupt breaks off.

        Raises:
            RunLostError: another run has closed this one as killed.
        """
        with deferred_interrupts(), transaction.atomic():
            self.renew(run)
            yield

    def _acquire(self) -> AnyRun:
        now = timezone.now()
        for other in self._open_rows():
            killed = self._own_row(other).filter(heartbeat_at__lt=now - self.model.LEASE)
            killed.update(finished_at=now, error=_KILLED.format(other.heartbeat_at))
        try:
            with transaction.atomic():
                return self.model._default_manager.create(**self.of, started_at=now, heartbeat_at=now)
        except IntegrityError:
            raise RunRefusedError(self._refusal()) from None

    @deferred_interrupts()
    def _close(self, run: AnyRun) -> None:
        run.finished_at = timezone.now()
        names = ("finished_at", "error", *self.results)
        self._own_row(run).update(**{name: getattr(run, name) for name in names})

    def _open_rows(self) -> QuerySet[AnyRun]:
        return self.model._default_manager.filter(**self.of, finished_at=None)

    def _own_row(self, run: AnyRun) -> QuerySet[AnyRun]:
        return self._open_rows().filter(pk=run.pk)

    def _refusal(self) -> str:
        other = self._open_rows().first()
        if other is None:
            return f"{self.name} was running and has just ended. Start again."
        free = other.heartbeat_at + self.model.LEASE
        return (
            f"{self.name} is running since {other.started_at:%H:%M:%S} UTC. Last heartbeat: "
            f"{other.heartbeat_at:%H:%M:%S} UTC. If it was killed, another may start at {free:%H:%M:%S} UTC."
        )
