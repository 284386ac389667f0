"""What is stored of machine types prices them as the tables do, or is not found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from catalog.models import MachineOffers, MachineOffersState, PricingUpdate, Sku, SkuAttributes
from catalog.offers.resources.series import machine_types
from catalog.offers.resources.terms import USAGE_TYPES
from catalog.places import Place, read_place
from catalog.pricing import list_prices
from catalog.pricing.resources import machine_rates, machine_store, offers
from catalog.pricing.resources.machine_rates import machine_quotes
from catalog.pricing.resources.quotes import Quote
from tests.catalog.factories import make_price, make_update

pytestmark = pytest.mark.django_db
IOWA = "us-central1"
SOLD = (IOWA, "us-east1", "us-west1")
N2_CORE = "N2 Instance Core running in Americas"


def place(name: str = IOWA) -> Place:
    found = read_place(name)
    assert found
    return found


def forget() -> None:
    """Be a worker that has just started."""
    for module in (list_prices, offers, machine_rates):
        module.forget()


def found(region: str = IOWA) -> machine_store.Stored | None:
    forget()
    return machine_store.find(place(region), list_prices.snapshot())


def quotes(region: str) -> dict[tuple[str, str], Quote]:
    forget()
    return dict(machine_quotes(machine_types(), USAGE_TYPES, place(region), list_prices.snapshot()))


def worked_out(region: str) -> dict[tuple[str, str], Quote]:
    """The quotes by the tables alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(machine_store, "find", lambda *_: None)
        return quotes(region)


@pytest.fixture(autouse=True)
def _renewed(
    machine_prices: None,  # noqa: ARG001
    db: None,  # noqa: ARG001
    remembering: None,  # noqa: ARG001
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Offers are stored, of the regions that the SKUs are of, which is quicker than all."""
    monkeypatch.setattr(machine_store, "REGIONS", SOLD)
    forget()
    machine_store.renew()


def core() -> Sku:
    return Sku.objects.get(display_name=N2_CORE)


def test_all_machine_types_cost_in_all_regions_what_they_cost_by_the_tables() -> None:
    assert {*MachineOffers.objects.values_list("region", flat=True)} == {*SOLD}
    priced = 0
    for region in SOLD:
        stored = found(region)
        assert stored
        assert quotes(region) == worked_out(region)
        priced += sum(offer.parts is not None for offer in stored.offers.values())
    assert priced > 100


def test_a_region_takes_two_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    forget()
    snapshot = list_prices.snapshot()

    with django_assert_num_queries(2):
        machine_quotes(machine_types(), USAGE_TYPES, place(), snapshot)


def test_a_sync_that_changes_nothing_writes_no_region_and_leaves_them_valid() -> None:
    make_update(completed_at=timezone.now())
    assert found() is None

    assert machine_store.renew() == 0

    assert found()


def _running() -> None:
    make_update(status="running", completed_at=None, heartbeat_at=timezone.now())


def _crashed() -> None:
    make_update(status="running", completed_at=None, heartbeat_at=timezone.now() - timedelta(days=1))


def _failed() -> None:
    make_update(status="failed", completed_at=None)


def _other_code() -> None:
    MachineOffersState.objects.update(code_version="another")


def _another_price_in_effect() -> None:
    MachineOffersState.objects.update(until=timezone.now())


def _price_withdrawn() -> None:
    make_price(core(), [], effective_time=timezone.now(), created_at=timezone.now() - timedelta(days=1))
    PricingUpdate.objects.update(completed_at=timezone.now())


def _rebuild_that_has_not_been_renewed() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(machine_store, "renew", lambda: 0)
        call_command("rebuild_search_index")


DOUBTS: list[Callable[[], object]] = [
    _running,
    _crashed,
    _failed,
    make_update,
    _other_code,
    _another_price_in_effect,
    _price_withdrawn,
    _rebuild_that_has_not_been_renewed,
]


@pytest.mark.parametrize("happens", DOUBTS)
def test_nothing_is_found_that_may_have_changed(happens: Callable[[], object]) -> None:
    assert found()

    happens()

    assert found() is None
    assert quotes(IOWA) == worked_out(IOWA)


def _dearer() -> None:
    make_price(core(), [(0, "1", 0)], effective_time=timezone.now(), created_at=timezone.now())


def _another_core() -> Sku:
    """The dearest counts where several SKUs fit."""
    own = SkuAttributes.objects.get(pk=core().pk)
    other = core()
    other.pk = own.pk = "FFFF-FFFF-FFFF"
    other.save(force_insert=True)
    own.save(force_insert=True)
    return other


def _a_dearer_one_beside_it() -> None:
    make_price(_another_core(), [(0, "2", 0)], effective_time=None, created_at=timezone.now())


def _withdrawn() -> None:
    Sku.objects.filter(pk=core().pk).update(retired_at=timezone.now())


def _read_as_another_thing() -> None:
    SkuAttributes.objects.filter(pk=core().pk).update(facts=" part=core ")


def _sold_elsewhere() -> None:
    Sku.objects.filter(pk=core().pk).update(service_regions=["us-east1"], geo_taxonomy_regions=["us-east1"])


CHANGES: list[Callable[[], object]] = [
    _dearer,
    _a_dearer_one_beside_it,
    _withdrawn,
    _read_as_another_thing,
    _sold_elsewhere,
    _price_withdrawn,
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_sync_that_changes_something_has_it_stored(change: Callable[[], object]) -> None:
    before = quotes(IOWA)
    change()
    make_update(completed_at=timezone.now())

    machine_store.renew()

    assert found()
    assert quotes(IOWA) == worked_out(IOWA) != before


def test_a_price_of_a_failed_sync_counts_once_a_later_one_is_served() -> None:
    other = _another_core()
    make_price(other, [(0, "0", 1)], effective_time=None)
    PricingUpdate.objects.update(completed_at=timezone.now())
    make_price(other, [(0, "2", 0)], created_at=timezone.now())
    _failed()
    machine_store.renew()
    before = quotes(IOWA)
    assert found()

    make_update(completed_at=timezone.now())
    machine_store.renew()

    assert found()
    assert quotes(IOWA) == worked_out(IOWA) != before


def test_they_hold_until_the_next_price_takes_effect() -> None:
    soon = timezone.now() + timedelta(hours=1)
    make_price(core(), [(0, "1", 0)], effective_time=soon, created_at=timezone.now())
    machine_store.renew()

    stored = found()

    assert stored
    assert stored.until == soon


def test_nothing_is_stored_while_a_run_may_be_writing() -> None:
    machine_store.discard()
    _running()

    assert machine_store.renew() == 0

    assert not MachineOffersState.objects.exists()


def test_a_question_about_the_past_is_answered_from_the_tables() -> None:
    assert machine_store.find(place(), list_prices.snapshot(timezone.now() - timedelta(days=1))) is None


def test_a_rebuild_stores_them_anew() -> None:
    machine_store.discard()

    call_command("rebuild_search_index")

    assert found()
