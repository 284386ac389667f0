"""When each service was last read to its end, and why the last sync could not read it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from catalog.errors import LeaseLostError, SourceError
from catalog.models import PricingUpdate, Service
from catalog.pricing.freshness import read_at
from catalog.providers.source import Entry
from catalog.sync import lease
from catalog.sync.dry_run import dry_run
from catalog.sync.run import sync
from catalog.sync.scope import WHOLE, Scope, Task
from tests.catalog.tables import priced
from tests.catalog.wire import COMPUTE, STORAGE, WireSource, compute

pytestmark = pytest.mark.django_db

LONG_AGO = timezone.now() - timedelta(days=3)


@pytest.fixture
def both() -> WireSource:
    """Two services that were synced three days ago."""
    source = WireSource({COMPUTE: [priced(1, "A")], STORAGE: [priced(1, "B")]})
    sync(source)
    PricingUpdate.objects.update(started_at=LONG_AGO, completed_at=LONG_AGO)
    return source


def times() -> dict[str, datetime | None]:
    latest = PricingUpdate.objects.latest_completed()
    return {service.pk: read_at(service, latest) for service in Service.objects.all()}


def read_now() -> set[str]:
    return {service_id for service_id, time in times().items() if time and time > LONG_AGO}


def errors() -> dict[str, str | None]:
    return dict(Service.objects.exclude(sync_error=None).values_list("pk", "sync_error"))


def test_the_services_that_a_full_run_read_have_its_time_and_none_of_their_own() -> None:
    update = sync(WireSource({COMPUTE: [priced(1, "A")], STORAGE: []})).update

    assert times() == {COMPUTE: update.completed_at, STORAGE: update.completed_at}
    assert set(Service.objects.values_list("synced_at", "sync_error")) == {(None, None)}


def test_a_service_in_scope_has_the_time_when_it_was_read_until_the_next_full_run(both: WireSource) -> None:
    before = timezone.now()
    update = sync(both, Scope(names=[STORAGE])).update

    time = Service.objects.get(pk=STORAGE).synced_at
    assert update.completed_at
    assert time
    assert before < time < update.completed_at
    assert times() == {COMPUTE: LONG_AGO, STORAGE: time}

    update = sync(both).update
    assert times() == {COMPUTE: update.completed_at, STORAGE: update.completed_at}
    assert not Service.objects.exclude(synced_at=None).exists()


def test_the_services_of_a_task_have_times_of_their_own(both: WireSource) -> None:
    tasks = [Task(index, 2) for index in range(2)]
    for task in tasks:
        sync(both, Scope(task))

    assert read_now() == {COMPUTE, STORAGE}
    assert not Service.objects.filter(synced_at=None).exists()


@pytest.mark.usefixtures("both")
def test_a_service_that_is_no_longer_listed_keeps_its_time() -> None:
    for _ in range(2):
        sync(WireSource({COMPUTE: [priced(1, "A")]}))

    assert times()[STORAGE] == LONG_AGO
    assert errors() == {}


def test_a_service_that_no_run_has_read_gets_no_time_from_one_that_does_not_list_it() -> None:
    Service.objects.create(service_id=STORAGE, display_name="Cloud Storage")

    for _ in range(2):
        sync(WireSource({COMPUTE: [priced(1, "A")]}))

    assert times()[STORAGE] is None


def test_a_service_that_fails_at_first_has_no_time() -> None:
    for _ in range(2):
        sync(WireSource({COMPUTE: [priced(1, "A")], STORAGE: SourceError("403 no.")}))

    assert times()[STORAGE] is None
    assert errors() == {STORAGE: "403 no."}


@pytest.mark.usefixtures("both")
def test_a_service_that_fails_in_two_runs_keeps_the_time_before_them() -> None:
    for _ in range(2):
        sync(WireSource({COMPUTE: SourceError("403 no."), STORAGE: [priced(1, "B")]}))

    assert times()[COMPUTE] == LONG_AGO


def test_an_unchanged_service_gets_the_time_too(both: WireSource) -> None:
    sync(both)

    assert read_now() == {COMPUTE, STORAGE}


def test_only_the_services_in_scope_get_the_time(both: WireSource) -> None:
    sync(both, Scope(names=[STORAGE]))

    assert read_now() == {STORAGE}


def test_a_service_that_fails_keeps_its_time_and_shows_its_error_until_it_is_read(both: WireSource) -> None:
    sync(WireSource({COMPUTE: SourceError("403 no."), STORAGE: [priced(1, "B")]}))
    assert (read_now(), errors()) == ({STORAGE}, {COMPUTE: "403 no."})

    sync(both)
    assert (read_now(), errors()) == ({COMPUTE, STORAGE}, {})


@pytest.mark.usefixtures("both")
def test_a_service_whose_skus_all_seem_gone_keeps_its_time() -> None:
    sync(WireSource({COMPUTE: [], STORAGE: [priced(1, "B")]}))

    assert (read_now(), errors()) == ({STORAGE}, {})


@pytest.mark.usefixtures("both")
def test_a_run_that_is_interrupted_keeps_the_times_of_what_it_read() -> None:
    with pytest.raises(KeyboardInterrupt):
        sync(WireSource({COMPUTE: [priced(1, "A")], STORAGE: KeyboardInterrupt()}))

    assert read_now() == {COMPUTE}


@pytest.mark.usefixtures("both")
def test_a_run_in_which_every_service_fails_records_why() -> None:
    with pytest.raises(SourceError):
        sync(WireSource({COMPUTE: SourceError("503 no.")}))

    assert (read_now(), errors()) == (set(), {COMPUTE: "503 no."})


@pytest.mark.usefixtures("both")
def test_a_run_that_was_replaced_writes_no_times() -> None:
    class Sleepy(WireSource):
        def skus(self, service_id: str) -> Iterator[Entry]:
            if service_id == STORAGE:
                PricingUpdate.objects.filter(status="running").update(heartbeat_at=LONG_AGO)
                lease.acquire(WireSource({}, "api"), WHOLE)
            return super().skus(service_id)

    with pytest.raises(LeaseLostError):
        sync(Sleepy({COMPUTE: [priced(1, "A")], STORAGE: [priced(1, "B")]}))

    assert read_now() == set()


def test_every_run_records_whether_it_was_to_copy_all_services_of_its_task(
    both: WireSource,
) -> None:
    for scope in (Scope(), Scope(Task(0, 2)), Scope(names=[STORAGE])):
        sync(both, scope)
    with pytest.raises(SourceError):
        sync(WireSource({COMPUTE: SourceError("503 no.")}))

    assert list(PricingUpdate.objects.order_by("pk").values_list("is_full", flat=True)) == [
        True,
        True,
        True,
        False,
        True,
    ]


def test_a_dry_run_changes_no_time(both: WireSource) -> None:
    dry_run(both)

    assert read_now() == set()


def test_a_skipped_malformed_sku_does_not_keep_its_service_from_being_read() -> None:
    sync(compute(priced(1, "A"), {"skuId": "X", "category": 7}))

    assert read_now() == {COMPUTE}
