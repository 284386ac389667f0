"""What all machine types cost in a region, and how long that is kept."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from catalog.models import Sku
from catalog.offers.resources.bill import Bill
from catalog.offers.resources.read import read_bill
from catalog.offers.resources.series import machine_types
from catalog.offers.resources.terms import USAGE_TYPES
from catalog.places import Place, read_place
from catalog.pricing import list_prices
from catalog.pricing.calculate import ResourceRequest, calculate
from catalog.pricing.list_prices import Snapshot
from catalog.pricing.memory import Memory
from catalog.pricing.resources import machine_rates
from catalog.pricing.resources.machine_rates import MachineQuotes, machine_quotes
from catalog.pricing.resources.quotes import Quote, quotes
from catalog.pricing.resources.wanted import Wanted
from tests.catalog.factories import make_price, make_update

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("machine_prices", "remembering")]
N2_CORE = "N2 Instance Core running in Americas"


def place(name: str) -> Place:
    found = read_place(name)
    assert found
    return found


def all_in(region: str, snapshot: Snapshot | None = None) -> MachineQuotes:
    return machine_quotes(machine_types(), USAGE_TYPES, place(region), snapshot or list_prices.snapshot())


def quote(name: str, term: str = "ondemand") -> Quote:
    return machine_quotes([name], [term], place("us-central1"), list_prices.snapshot())[name, term]


def month(name: str, term: str = "ondemand") -> Decimal:
    rate = quote(name, term).rate
    assert rate
    return rate.month


def test_each_machine_type_has_a_quote_for_each_way_to_buy_it() -> None:
    found = all_in("us-central1")

    assert found.keys() == {
        (name, term) for name in machine_types() for term in ("ondemand", "spot", "1y", "3y")
    }


@pytest.mark.parametrize(
    "name", ["n2-standard-8", "n1-standard-4", "a2-highgpu-1g", "g2-standard-4", "f1-micro"]
)
@pytest.mark.parametrize(("term", "usage_type"), [("ondemand", "OnDemand"), ("spot", "Preemptible")])
def test_a_month_costs_what_calculate_says(name: str, term: str, usage_type: str) -> None:
    item = ResourceRequest(resource=name, region="us-central1", usage_type=usage_type)

    answer = calculate([item], months=1, snapshot=list_prices.snapshot())

    assert answer["items"][0]["cost"] == f"{month(name, term).normalize():f}"


def test_a_machine_of_which_a_part_has_no_price_has_no_rate_but_a_reason() -> None:
    assert quote("f1-micro", "1y") == Quote(None, "not listed")
    assert quote("a3-ultragpu-8g").rate is None


def test_what_a_commitment_does_not_cover_is_said_beside_the_rate() -> None:
    found = quote("m2-ultramem-208", "1y")

    assert found.rate
    assert found.note == "on demand: core upgrade premium and ram upgrade premium"


def test_a_machine_that_other_regions_sell_is_not_sold_here() -> None:
    found = all_in("us-east1")

    assert found["c3-standard-4", "ondemand"] == Quote(None, "not sold here")


def test_the_prices_of_a_region_are_worked_out_once(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    snapshot = list_prices.snapshot()
    first = all_in("us-central1", snapshot)

    with django_assert_num_queries(0):
        again = all_in("us-central1", snapshot)

    assert again is first


def test_machines_that_are_priced_one_after_the_other_cost_what_all_cost_at_once() -> None:
    snapshot = list_prices.snapshot()
    here = place("us-east1")
    machine_quotes(machine_types(), ["ondemand"], here, snapshot)
    machine_quotes(["c3-standard-4", "n2-standard-8"], USAGE_TYPES, here, snapshot)
    one_by_one = dict(machine_quotes(machine_types(), [*USAGE_TYPES], here, snapshot))

    machine_rates.forget()

    assert one_by_one == all_in("us-east1", snapshot)


def test_only_what_is_asked_for_is_priced() -> None:
    found = machine_quotes(["n2-standard-8"], ["ondemand"], place("us-central1"), list_prices.snapshot())

    assert found.keys() == {("n2-standard-8", "ondemand")}


def test_machines_together_cost_what_each_costs_alone() -> None:
    """Parts that one SKU prices are looked for once, whatever their quantity."""
    snapshot = list_prices.snapshot()
    for here in (place("us-central1"), place("us-east1")):
        wanted = [
            Wanted(request, bill, here, term)
            for request, bill in map(
                _billed, ("n2-standard-8", "n2-highmem-2", "m2-ultramem-208", "c3-standard-4")
            )
            for term in USAGE_TYPES
        ]

        assert quotes(wanted, snapshot) == [quotes([each], snapshot)[0] for each in wanted]


def _billed(name: str) -> tuple[ResourceRequest, Bill]:
    request = ResourceRequest(resource=name)
    return request, read_bill(request)


def test_a_new_sync_is_shown_at_once() -> None:
    before = month("n2-standard-8")
    at = timezone.now()
    make_price(Sku.objects.get(display_name=N2_CORE), [(0, "1", 0)], effective_time=at, created_at=at)

    make_update(started_at=at, completed_at=timezone.now())

    assert month("n2-standard-8") > before


def test_who_asks_about_an_older_sync_does_not_get_a_newer_one() -> None:
    old = list_prices.snapshot()
    at = timezone.now()
    make_price(Sku.objects.get(display_name=N2_CORE), [(0, "1", 0)], effective_time=at, created_at=at)
    make_update(started_at=at, completed_at=timezone.now())
    quote("n2-standard-8")

    found = all_in("us-central1", old)["n2-standard-8", "ondemand"]

    assert found.rate
    assert found.rate.month < month("n2-standard-8")


def test_a_price_that_takes_effect_between_two_syncs_is_shown_from_then_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = timezone.now()
    core = Sku.objects.get(display_name=N2_CORE)
    make_price(core, [(0, "1", 0)], effective_time=now + timedelta(hours=1))
    before = month("n2-standard-8")

    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(hours=2))

    assert month("n2-standard-8") > before


def test_no_more_regions_are_kept_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine_rates, "_kept", Memory(2))
    snapshot = list_prices.snapshot()
    first = all_in("us-central1", snapshot)
    second = all_in("us-east1", snapshot)
    assert all_in("us-central1", snapshot) is first

    all_in("us-west1", snapshot)

    assert all_in("us-central1", snapshot) is first
    assert all_in("us-east1", snapshot) is not second
