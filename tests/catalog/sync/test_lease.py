from __future__ import annotations

import signal
from collections.abc import Iterator
from datetime import timedelta
from itertools import chain
from typing import Any

import pytest
from django.utils import timezone

from catalog.errors import LeaseLostError, SyncRefusedError
from catalog.models import PricingUpdate, Sku
from catalog.providers.source import Entry
from catalog.sync import lease, signals
from catalog.sync.lease import LEASE
from catalog.sync.run import sync
from catalog.sync.scope import WHOLE, Task
from tests.catalog.wire import COMPUTE, STORAGE, WireSource, compute, wire_sku

pytestmark = pytest.mark.django_db


def silence(update: PricingUpdate) -> None:
    """Make the run's last heartbeat as old as a crashed run's."""
    long_ago = timezone.now() - LEASE - timedelta(seconds=1)
    PricingUpdate.objects.filter(pk=update.pk).update(heartbeat_at=long_ago)


def test_a_second_run_is_refused_with_the_time_when_it_may_start() -> None:
    first = lease.acquire(WireSource({}, "api"), WHOLE)

    with pytest.raises(SyncRefusedError, match=rf"Sync {first.pk} is running.*may start at \d\d:\d\d:\d\d"):
        sync(compute(wire_sku()))

    assert PricingUpdate.objects.get() == first
    assert not Sku.objects.exists()


def test_a_finished_run_releases_the_lease() -> None:
    lease.finish(lease.acquire(WireSource({}, "api"), WHOLE), PricingUpdate.Status.COMPLETED)

    assert lease.acquire(WireSource({}, "api"), WHOLE).status == PricingUpdate.Status.RUNNING


def test_a_run_without_a_heartbeat_is_closed_as_crashed_by_the_next_run() -> None:
    crashed = lease.acquire(WireSource({}, "api"), WHOLE)
    silence(crashed)

    update = sync(compute(wire_sku())).update

    crashed.refresh_from_db()
    assert (crashed.status, crashed.completed_at) == (PricingUpdate.Status.FAILED, None)
    assert "Crashed or was killed" in (crashed.error_message or "")
    assert update.status == PricingUpdate.Status.COMPLETED


def test_a_run_that_never_sent_a_heartbeat_is_closed_too() -> None:
    crashed = lease.acquire(WireSource({}, "api"), WHOLE)
    PricingUpdate.objects.update(heartbeat_at=None, started_at=timezone.now() - 2 * LEASE)

    lease.acquire(WireSource({}, "api"), WHOLE)

    crashed.refresh_from_db()
    assert crashed.status == PricingUpdate.Status.FAILED


def test_a_heartbeat_keeps_the_lease() -> None:
    update = lease.acquire(WireSource({}, "api"), WHOLE)
    silence(update)

    lease.renew(update)

    with pytest.raises(SyncRefusedError):
        lease.acquire(WireSource({}, "api"), WHOLE)


def test_a_run_that_lost_its_lease_cannot_write() -> None:
    update = lease.acquire(WireSource({}, "api"), WHOLE)
    silence(update)
    lease.acquire(WireSource({}, "api"), WHOLE)

    with pytest.raises(LeaseLostError):
        lease.renew(update)
    with pytest.raises(LeaseLostError):
        lease.finish(update, PricingUpdate.Status.COMPLETED)

    update.refresh_from_db()
    assert update.status == PricingUpdate.Status.FAILED


def test_a_sync_that_lost_its_lease_while_asleep_stops_before_its_next_write() -> None:
    class Sleepy(WireSource):
        def skus(self, service_id: str) -> Iterator[Entry]:
            if service_id == STORAGE:
                silence(PricingUpdate.objects.get())
                lease.acquire(WireSource({}, "api"), WHOLE)
            return super().skus(service_id)

    with pytest.raises(LeaseLostError):
        sync(Sleepy({COMPUTE: [wire_sku("A")], STORAGE: [wire_sku("B")]}))

    assert list(Sku.objects.values_list("pk", flat=True)) == ["A"]
    assert PricingUpdate.objects.filter(status=PricingUpdate.Status.RUNNING).count() == 1


def test_a_heartbeat_saves_the_counts_so_far() -> None:
    update = lease.acquire(WireSource({}, "api"), WHOLE)
    update.skus_changed = 7

    lease.renew(update)

    assert PricingUpdate.objects.get().skus_changed == 7


def test_a_sync_sends_heartbeats_while_it_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "HEARTBEAT_SECONDS", 0)
    seen = []

    class Watched(WireSource):
        def skus(self, service_id: str) -> Iterator[Entry]:
            for sku in super().skus(service_id):
                seen.append(PricingUpdate.objects.get().heartbeat_at)
                yield sku

    sync(Watched({COMPUTE: [wire_sku("A"), wire_sku("B"), wire_sku("C")]}))

    assert len(set(seen)) == 3


@pytest.fixture
def _interruptible() -> Iterator[None]:
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.getsignal(number) for number in numbers}
    signals.install()
    yield
    for number in numbers:
        signal.signal(number, before[number])


@pytest.mark.usefixtures("_interruptible")
@pytest.mark.parametrize("step", ["_close_crashed", "renew", "finish"])
def test_a_run_interrupted_during_a_database_operation_does_not_stay_running(
    monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    original = getattr(lease, step)

    def interrupted(*args: Any) -> None:
        with signals.deferred_interrupts():
            signal.raise_signal(signal.SIGTERM)
            original(*args)

    monkeypatch.setattr(lease, step, interrupted)

    with pytest.raises(KeyboardInterrupt):
        sync(compute(wire_sku()))

    [update] = PricingUpdate.objects.all()
    finished = PricingUpdate.Status.COMPLETED if step == "finish" else PricingUpdate.Status.FAILED
    assert update.status == finished
    assert Sku.objects.count() == (0 if step == "_close_crashed" else 1)


def test_tasks_of_one_job_run_side_by_side() -> None:
    for index in range(4):
        lease.acquire(WireSource({}, "api"), Task(index, 4))

    assert PricingUpdate.objects.filter(status=PricingUpdate.Status.RUNNING).count() == 4


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (Task(1, 4), Task(1, 4)),
        (Task(1, 4), Task(0, 2)),
        (Task(1, 4), WHOLE),
        (WHOLE, Task(3, 4)),
    ],
)
def test_tasks_that_may_share_a_service_do_not_run_side_by_side(first: Task, second: Task) -> None:
    lease.acquire(WireSource({}, "api"), first)

    with pytest.raises(SyncRefusedError):
        lease.acquire(WireSource({}, "api"), second)


def test_each_service_belongs_to_exactly_one_task() -> None:
    services = [f"{number:04X}-0000-0000" for number in range(1000)]

    parts = [[service for service in services if Task(index, 3).includes(service)] for index in range(3)]

    assert sorted(chain.from_iterable(parts)) == services
    assert all(len(part) > 250 for part in parts)
    assert all(map(WHOLE.includes, services))
