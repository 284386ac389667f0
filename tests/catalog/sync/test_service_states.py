"""When each service was last read to its end, and why the last sync could not read it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from catalog.errors import LeaseLostError, SourceError
from catalog.models import PricingUpdate, Service
from catalog.providers.source import Entry
from catalog.sync import lease
from catalog.sync.dry_run import dry_run
from catalog.sync.run import sync
from catalog.sync.scope import WHOLE, Scope
from tests.catalog.tables import priced
from tests.catalog.wire import COMPUTE, STORAGE, WireSource, compute

pytestmark = pytest.mark.django_db

LONG_AGO = timezone.now() - timedelta(days=3)


@pytest.fixture
def both() -> WireSource:
    """Two services that were synced three days ago."""
    source = WireSource({COMPUTE: [priced(1, "A")], STORAGE: [priced(1, "B")]})
    sync(source)
    Service.objects.update(synced_at=LONG_AGO)
    return source


def read_now() -> set[str]:
    return set(Service.objects.filter(synced_at__gt=LONG_AGO).values_list("pk", flat=True))


def errors() -> dict[str, str | None]:
    return dict(Service.objects.exclude(sync_error=None).values_list("pk", "sync_error"))


def test_each_service_gets_the_time_when_it_was_read_to_its_end() -> None:
    before = timezone.now()

    update = sync(WireSource({COMPUTE: [priced(1, "A")], STORAGE: []})).update

    assert update.completed_at
    times = list(Service.objects.values_list("synced_at", flat=True))
    assert len(times) == 2
    assert all(time and before < time < update.completed_at for time in times)


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
                lease.acquire("api", WHOLE)
            return super().skus(service_id)

    with pytest.raises(LeaseLostError):
        sync(Sleepy({COMPUTE: [priced(1, "A")], STORAGE: [priced(1, "B")]}))

    assert read_now() == set()


def test_a_dry_run_changes_no_time(both: WireSource) -> None:
    dry_run(both)

    assert read_now() == set()


def test_a_skipped_malformed_sku_does_not_keep_its_service_from_being_read() -> None:
    sync(compute(priced(1, "A"), {"skuId": "X", "category": 7}))

    assert read_now() == {COMPUTE}
