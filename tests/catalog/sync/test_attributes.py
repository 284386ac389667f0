"""What a sync writes to sku_attributes."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from django.db import DatabaseError

from catalog.errors import SourceError
from catalog.models import Sku, SkuAttributes, VocabularyState
from catalog.offers import store
from catalog.sync.dry_run import dry_run
from catalog.sync.run import sync
from tests.catalog.tables import UNCHANGED, priced, written_tables
from tests.catalog.wire import COMPUTE, STORAGE, Wire, WireSource, compute

pytestmark = pytest.mark.django_db

DISK = "Storage PD Capacity"


def engine(*skus: Wire) -> WireSource:
    source = compute(*skus)
    source.names[COMPUTE] = "Compute Engine"
    return source


def facts() -> dict[str, str]:
    return dict(SkuAttributes.objects.values_list("pk", "facts"))


def test_a_sync_writes_what_each_sku_is() -> None:
    sync(engine(priced(1, "A"), priced(1, "B", description="N2 Instance Ram running in Frankfurt")))

    assert " part=core " in facts()["A"]
    assert " part=ram " in facts()["B"]
    assert SkuAttributes.objects.get(pk="A").source == "europe-west3"


def test_a_changed_name_is_read_again_and_a_changed_price_changes_nothing() -> None:
    sync(engine(priced(1)))
    before = facts()["A"]

    sync(engine(priced(2)))
    assert facts()["A"] == before
    sync(engine(priced(2, description="N2 Instance Ram running in Frankfurt")))
    assert " part=ram " in facts()["A"]


def test_an_unchanged_sku_writes_no_attributes() -> None:
    sync(engine(priced(1)))

    assert written_tables(engine(priced(1))) == UNCHANGED


def test_attributes_are_written_and_rolled_back_with_their_service(monkeypatch: pytest.MonkeyPatch) -> None:
    sync(engine(priced(1)))
    before = facts()

    def fail(_: Any) -> None:
        assert facts() != before
        raise DatabaseError("disk full")

    monkeypatch.setattr(store, "mark_list_prices", fail)
    with pytest.raises(DatabaseError):
        sync(engine(priced(1, description="N2 Instance Ram running in Frankfurt")))

    assert facts() == before


def test_a_service_that_cannot_be_read_keeps_its_attributes() -> None:
    sync(engine(priced(1)))
    before = facts()

    def broken() -> Any:
        yield priced(1, description="N2 Instance Ram running in Frankfurt")
        raise SourceError("503 out of order.")

    sync(WireSource({COMPUTE: broken(), STORAGE: [priced(1, "B")]}, names={COMPUTE: "Compute Engine"}))

    assert facts()["A"] == before["A"]


def test_a_retired_sku_keeps_its_attributes() -> None:
    sync(engine(priced(1, "A"), priced(1, "B")))

    sync(engine(priced(1, "A")))

    assert Sku.objects.get(pk="B").retired_at
    assert {*facts()} == {"A", "B"}


def test_a_list_price_is_one_as_long_as_the_same_thing_has_several_places() -> None:
    disk = priced(1, "A", description=DISK, serviceRegions=["global"])
    places = [
        priced(1, sku, description=f"{DISK} in {city}") for sku, city in [("B", "London"), ("C", "Zurich")]
    ]

    for skus, is_list_price in [((disk, *places), True), ((disk, places[0]), False), ((disk, *places), True)]:
        sync(engine(*skus))
        assert SkuAttributes.objects.get(pk="A").is_list_price is is_list_price
        assert not SkuAttributes.objects.filter(pk__in="BC", is_list_price=True).exists()


def test_the_skus_of_a_renamed_service_are_read_again() -> None:
    sync(engine(priced(1)))
    source = compute(priced(1))
    source.names[COMPUTE] = "Kettles"

    sync(source)

    assert " product=kettles " in facts()["A"]


def after_an_upgrade() -> None:
    SkuAttributes.objects.update(facts=" ")
    VocabularyState.objects.update(version="old")


def test_a_dry_run_writes_no_attributes() -> None:
    sync(engine(priced(1)))
    after_an_upgrade()

    dry_run(engine(priced(1, "A"), priced(1, "B")))

    assert facts() == {"A": " "}


def test_the_sync_after_an_upgrade_reads_all_skus_again_and_says_so(
    caplog: pytest.LogCaptureFixture,
) -> None:
    source = engine(priced(1, "A"), priced(1, "B"))
    sync(source)
    before = facts()
    after_an_upgrade()

    with caplog.at_level("INFO", "catalog.sync.run"):
        sync(source)

    assert facts() == before
    assert "Read 2 SKUs again, 2 of them changed." in caplog.text
    assert written_tables(source) == UNCHANGED


def test_reading_again_after_an_upgrade_resumes_where_it_was_interrupted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source = engine(*(priced(1, name) for name in "ABC"))
    sync(source)
    before = facts()
    after_an_upgrade()
    monkeypatch.setattr(store, "PAGE", 1)
    write, calls = store.write, count(1)

    def interrupted(rows: Any) -> int:
        if next(calls) == 2:
            raise KeyboardInterrupt
        return write(rows)

    with monkeypatch.context() as patch:
        patch.setattr(store, "write", interrupted)
        with pytest.raises(KeyboardInterrupt):
            sync(source)
    assert [*facts().values()].count(" ") == 2

    sync(source)

    assert facts() == before
    assert store.is_current()
