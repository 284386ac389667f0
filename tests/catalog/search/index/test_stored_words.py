"""The words that are stored at the end of a sync are those of the index, or are not used."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from catalog.models import Derived, DerivedState
from catalog.pricing import list_prices
from catalog.search.index import renew, vocabulary
from catalog.search.index.sql import Sql, rows_of
from catalog.search.index.vocabulary import Vocabulary, vocabulary_of
from tests.catalog.factories import make_service, make_sku, make_update

pytestmark = pytest.mark.django_db


def read(*, is_new: bool = True) -> Vocabulary:
    """The vocabulary of a worker, which has just started or goes on."""
    if is_new:
        vocabulary.forget()
    list_prices.forget()
    return vocabulary_of(list_prices.snapshot())


@pytest.fixture(autouse=True)
def _stored(remembering: None) -> None:  # noqa: ARG001
    compute = make_service(display_name="Compute Engine")
    make_service(display_name='Café "Straße"')
    make_sku(service=compute, display_name="N2 Instance Core running in São Paulo")
    make_update()
    vocabulary.renew()


def _add() -> None:
    make_sku(display_name="Zeppelin Ram")


def test_they_are_what_the_index_has_row_by_row() -> None:
    stored = vocabulary.STORED.find("", list_prices.snapshot())

    assert stored
    columns = json.loads(stored.content).items()
    rows = [
        (name, *each) if isinstance(each, list) else (name, each, None)
        for name, own in columns
        for each in own
    ]
    assert sorted(rows, key=str) == sorted(rows_of(Sql(vocabulary.LOAD)), key=str)


def test_a_worker_uses_what_is_stored() -> None:
    assert read().has_value("europe-west3")

    Derived.objects.update(content="{}")

    assert not read().has_value("europe-west3")


def test_a_worker_reads_them_in_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    snapshot = list_prices.snapshot()
    vocabulary.forget()

    with django_assert_num_queries(1):
        assert "zeppelin" not in vocabulary_of(snapshot).words
        vocabulary_of(snapshot)


def test_a_sync_that_changes_no_word_writes_none_and_leaves_them_valid() -> None:
    make_update()
    assert vocabulary.STORED.find("", list_prices.snapshot()) is None

    assert vocabulary.renew() == 0

    assert vocabulary.STORED.find("", list_prices.snapshot())


def _failed() -> None:
    _add()
    make_update(status="failed", completed_at=None)


def _served() -> None:
    _add()
    make_update()


def _renewed() -> None:
    _served()
    vocabulary.renew()


def _other_code() -> None:
    _add()
    DerivedState.objects.update(code_version="another")


def _rebuilt() -> None:
    _add()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(renew, "renew", lambda: None)
        call_command("rebuild_search_index")


@pytest.mark.parametrize("happens", [_failed, _served, _renewed, _other_code, _rebuilt])
def test_a_word_that_came_is_known_to_a_worker_that_starts(happens: Callable[[], object]) -> None:
    happens()

    assert "zeppelin" in read().words
    assert read().spell_checker.correct("zepelin") == "zeppelin"


@pytest.mark.parametrize("happens", [_failed, _served, _renewed, _rebuilt])
def test_a_word_that_came_is_known_to_a_worker_that_goes_on(happens: Callable[[], object]) -> None:
    read()
    happens()

    assert "zeppelin" in read(is_new=False).words


def test_a_run_makes_no_worker_read_them_again_until_it_ends() -> None:
    before = read()
    run = make_update(status="running", completed_at=None, heartbeat_at=timezone.now())
    _add()
    for seconds in (1, 2):
        run.heartbeat_at = timezone.now() + timedelta(seconds=seconds)
        run.save()
        assert read(is_new=False) is before

    run.status = "completed"
    run.save()

    assert "zeppelin" in read(is_new=False).words
