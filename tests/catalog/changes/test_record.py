from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from unittest.mock import Mock

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.changes.record import record
from catalog.errors import SourceError
from catalog.models import PricingUpdate, Sku, SkuChange
from catalog.sync.run import sync
from catalog.sync.scope import Scope, Task
from tests.catalog.factories import make_price, make_update
from tests.catalog.tables import last_update, priced
from tests.catalog.wire import COMPUTE, STORAGE, Wire, WireSource, compute

pytestmark = pytest.mark.django_db


def synced(services: Mapping[str, Sequence[Wire]], scope: Scope | None = None) -> PricingUpdate:
    sync(WireSource(dict(services)), *([scope] if scope else []))
    record()
    return last_update()


def changed(update: PricingUpdate) -> list[tuple[str, str, str | None]]:
    rows = SkuChange.objects.filter(update=update).order_by("place")
    return list(rows.values_list("kind", "sku_id", "change_percent"))


def test_a_first_load_is_counted_as_such_and_lists_nothing() -> None:
    update = synced({COMPUTE: [priced(1, "A"), priced(1, "B")], STORAGE: [priced(1, "C")]})

    assert update.changes == {"loaded": 3, "services_loaded": 2, "total": 3}
    assert changed(update) == []


def test_a_service_whose_first_skus_come_later_is_a_first_load_too() -> None:
    synced({COMPUTE: [priced(1, "A")]})

    update = synced({COMPUTE: [priced(1, "A"), priced(1, "B")], STORAGE: [priced(1, "C")]})

    assert update.changes == {"new": 1, "loaded": 1, "services_loaded": 1, "total": 2}
    assert changed(update) == [("new", "B", None)]


def test_the_tasks_of_a_first_load_list_nothing() -> None:
    services = {COMPUTE: [priced(1, "A")], STORAGE: [priced(1, "C")]}

    updates = [synced(services, Scope(Task(index, 2))) for index in range(2)]

    assert sum((update.changes or {}).get("loaded", 0) for update in updates) == 2
    assert not SkuChange.objects.exists()


def test_the_largest_moves_come_first_and_then_what_is_withdrawn_and_new() -> None:
    synced({COMPUTE: [priced(100, name) for name in "ABCDG"]})

    update = synced(
        {COMPUTE: [priced(110, "A"), priced(30, "B"), priced(100, "C"), priced(150, "D"), priced(1, "E")]}
    )

    assert changed(update) == [
        ("cheaper", "B", "-70"),
        ("dearer", "D", "50"),
        ("dearer", "A", "10"),
        ("withdrawn", "G", None),
        ("new", "E", None),
    ]
    assert update.changes == {"cheaper": 1, "dearer": 2, "withdrawn": 1, "new": 1, "total": 5}


def test_a_sync_that_changes_nothing_has_no_changes() -> None:
    synced({COMPUTE: [priced(1, "A")]})

    update = synced({COMPUTE: [priced(1, "A")]})

    assert update.changes == {"total": 0}
    assert list(PricingUpdate.objects.with_changes()) == [PricingUpdate.objects.earliest("id")]


def test_a_withdrawn_sku_that_is_listed_again_has_returned_once() -> None:
    both, one = [priced(1, "A"), priced(1, "B")], [priced(1, "A")]
    synced({COMPUTE: both})
    withdrawn = synced({COMPUTE: one})

    returned = synced({COMPUTE: both})
    after = synced({COMPUTE: both})

    assert changed(withdrawn) == [("withdrawn", "B", None)]
    assert changed(returned) == [("returned", "B", None)]
    assert after.changes == {"total": 0}


def test_a_sku_may_be_withdrawn_and_return_again_and_again() -> None:
    both, one = [priced(1, "A"), priced(1, "B")], [priced(1, "A")]
    for listed in (both, one, both, one):
        synced({COMPUTE: listed})

    assert changed(synced({COMPUTE: both})) == [("returned", "B", None)]


def test_the_changes_of_a_failed_run_belong_to_the_next_served_one(monkeypatch: pytest.MonkeyPatch) -> None:
    synced({COMPUTE: [priced(100, "A")]})
    failure = Mock(side_effect=SourceError("The connection broke."))
    with monkeypatch.context() as patch:
        patch.setattr("catalog.sync.run.Run._require_nonempty", failure)
        with pytest.raises(SourceError):
            sync(compute(priced(150, "A")))
    record()
    assert last_update().changes is None

    update = synced({COMPUTE: [priced(150, "A")]})

    assert changed(update) == [("dearer", "A", "50")]


def test_runs_of_a_catalog_without_recorded_changes_get_theirs() -> None:
    for nanos in (100, 110, 121):
        sync(compute(priced(nanos, "A")))
    assert not PricingUpdate.objects.exclude(changes=None).exists()

    record()

    runs = PricingUpdate.objects.order_by("id")
    assert [changed(update) for update in runs] == [[], [("dearer", "A", "10")], [("dearer", "A", "10")]]


def test_runs_are_recorded_once() -> None:
    synced({COMPUTE: [priced(1, "A")]})
    synced({COMPUTE: [priced(2, "A")]})

    with CaptureQueriesContext(connection) as queries:
        record()

    assert len(queries) == 1
    assert SkuChange.objects.count() == 1


def test_a_past_price_that_is_added_later_moves_nothing() -> None:
    synced({COMPUTE: [priced(1, "A")]})
    now = timezone.now()
    make_price(Sku.objects.get(), effective_time=datetime(2020, 1, 1, tzinfo=UTC), created_at=now)
    update = make_update(started_at=now, completed_at=now)

    record()

    update.refresh_from_db()
    assert update.changes == {"total": 0}
