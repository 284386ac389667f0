from __future__ import annotations

import pytest

from catalog.errors import SourceError
from catalog.models import PricingUpdate, Sku
from catalog.sync.run import sync
from catalog.sync.scope import Scope, Task
from tests.catalog.tables import last_update, nanos_of, priced
from tests.catalog.wire import COMPUTE, STORAGE, SkuList, WireSource, compute

pytestmark = pytest.mark.django_db


def test_only_the_services_in_scope_are_synced() -> None:
    sync(WireSource({COMPUTE: [priced(1, "A")], STORAGE: [priced(1, "B")]}))
    changed = WireSource({COMPUTE: [priced(2, "A")], STORAGE: [priced(2, "B")]})

    update = sync(changed, Scope(service_ids=[STORAGE])).update

    assert (nanos_of("A"), nanos_of("B")) == ([1], [1, 2])
    assert update.services_synced == 1


def test_naming_an_unlisted_service_is_an_error() -> None:
    with pytest.raises(SourceError, match="has no service 0000-0000-0000"):
        sync(compute(priced(1)), Scope(service_ids=["0000-0000-0000"]))

    assert last_update().status == PricingUpdate.Status.FAILED


def test_parallel_tasks_together_sync_every_service_once() -> None:
    services: dict[str, SkuList] = {
        f"{number:04}-0000-0000": [priced(1, f"SKU-{number}")] for number in range(20)
    }

    updates = [sync(WireSource(services), Scope(Task(index, 3))).update for index in range(3)]

    assert Sku.objects.count() == 20
    assert [(update.task_index, update.task_count) for update in updates] == [(0, 3), (1, 3), (2, 3)]
    assert sum(update.services_synced or 0 for update in updates) == 20


def test_an_empty_partial_list_completes_and_an_unreadable_one_fails() -> None:
    sync(WireSource({COMPUTE: [priced(1, "A")], STORAGE: []}), Scope(service_ids=[STORAGE]))
    assert last_update().status == PricingUpdate.Status.COMPLETED

    with pytest.raises(SourceError, match="503 no"):
        sync(WireSource({COMPUTE: [], STORAGE: SourceError("503 no.")}), Scope(service_ids=[STORAGE]))
