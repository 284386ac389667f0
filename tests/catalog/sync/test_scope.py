from __future__ import annotations

import pytest

from catalog.errors import SourceError, SyncArgumentError
from catalog.models import PricingUpdate, Sku
from catalog.sync.run import sync
from catalog.sync.scope import Scope, Task
from tests.catalog.tables import last_update, nanos_of, priced
from tests.catalog.wire import COMPUTE, STORAGE, SkuList, WireSource, compute

pytestmark = pytest.mark.django_db


def test_only_the_services_in_scope_are_synced() -> None:
    sync(WireSource({COMPUTE: [priced(1, "A")], STORAGE: [priced(1, "B")]}))
    changed = WireSource({COMPUTE: [priced(2, "A")], STORAGE: [priced(2, "B")]})

    update = sync(changed, Scope(names=[STORAGE])).update

    assert (nanos_of("A"), nanos_of("B")) == ([1], [1, 2])
    assert update.services_synced == 1


def test_naming_an_unlisted_service_is_an_error() -> None:
    with pytest.raises(SyncArgumentError, match="has no service 0000-0000-0000"):
        sync(compute(priced(1)), Scope(names=["0000-0000-0000"]))

    assert not PricingUpdate.objects.exists()


def test_a_service_may_be_given_by_its_name() -> None:
    source = WireSource({COMPUTE: [priced(1, "A")], STORAGE: [priced(1, "B")]})
    source.names = {COMPUTE: "Compute Engine", STORAGE: "Cloud Storage"}

    sync(source, Scope(names=["cloud storage"]))

    assert set(Sku.objects.values_list("pk", flat=True)) == {"B"}


def test_a_misspelled_service_is_answered_with_the_nearest() -> None:
    source = compute(priced(1))
    source.names = {COMPUTE: "Compute Engine"}

    with pytest.raises(SyncArgumentError, match=rf"Did you mean Compute Engine \({COMPUTE}\)\?"):
        sync(source, Scope(names=["Compute Engin"]))


def test_a_name_of_two_services_is_refused_with_their_ids() -> None:
    source = WireSource({COMPUTE: [priced(1, "A")], STORAGE: [priced(1, "B")]})
    source.names = dict.fromkeys((COMPUTE, STORAGE), "Engine")

    with pytest.raises(SyncArgumentError, match=f"{COMPUTE}, {STORAGE}. Use an id"):
        sync(source, Scope(names=["Engine"]))


def test_parallel_tasks_together_sync_every_service_once() -> None:
    services: dict[str, SkuList] = {
        f"{number:04}-0000-0000": [priced(1, f"SKU-{number}")] for number in range(20)
    }

    updates = [sync(WireSource(services), Scope(Task(index, 3))).update for index in range(3)]

    assert Sku.objects.count() == 20
    assert [(update.task_index, update.task_count) for update in updates] == [(0, 3), (1, 3), (2, 3)]
    assert sum(update.services_synced or 0 for update in updates) == 20


def test_an_empty_partial_list_completes_and_an_unreadable_one_fails() -> None:
    sync(WireSource({COMPUTE: [priced(1, "A")], STORAGE: []}), Scope(names=[STORAGE]))
    assert last_update().status == PricingUpdate.Status.COMPLETED

    with pytest.raises(SourceError, match="503 no"):
        sync(WireSource({COMPUTE: [], STORAGE: SourceError("503 no.")}), Scope(names=[STORAGE]))
