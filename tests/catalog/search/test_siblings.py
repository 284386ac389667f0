"""The same thing in other places, and bought in other ways."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from catalog.models import Service, Sku
from catalog.pricing import list_prices
from catalog.search.siblings import Siblings, siblings
from tests.catalog.factories import make_price, make_service, make_sku, make_update

pytestmark = pytest.mark.django_db


def add(service: Service, name: str, region: str, usage_type: str = "OnDemand") -> Sku:
    sku = make_sku(
        service=service,
        display_name=name,
        usage_type=usage_type,
        service_regions=[region],
        geo_taxonomy_regions=[region],
    )
    make_price(sku)
    return sku


def ids(found: Siblings) -> dict[str, dict[str, list[str]]]:
    return {
        region: {term: [each.sku.pk for each in listings] for term, listings in terms.items()}
        for region, terms in found.by_region.items()
    }


def test_several_skus_are_asked_about_at_once_and_each_gets_its_own(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    make_update()
    service = make_service(display_name="Compute Engine")
    n2 = add(service, "N2 Instance Core running in Frankfurt", "europe-west3")
    n2_iowa = add(service, "N2 Instance Core running in Iowa", "us-central1")
    spot = add(service, "Spot Preemptible N2 Instance Core running in Iowa", "us-central1", "Preemptible")
    e2 = add(service, "E2 Instance Core running in Frankfurt", "europe-west3")
    snapshot = list_prices.snapshot()

    with django_assert_num_queries(1):
        found = siblings([n2.pk, e2.pk], snapshot)

    assert ids(found[e2.pk]) == {"europe-west3": {"ondemand": [e2.pk]}}
    assert ids(found[n2.pk])["europe-west3"] == {"ondemand": [n2.pk]}
    assert ids(found[n2.pk])["us-central1"] == {"ondemand": [n2_iowa.pk], "spot": [spot.pk]}


@pytest.mark.usefixtures("remembering")
def test_those_that_are_bought_in_other_ways_are_read_only_if_they_are_wanted() -> None:
    make_update()
    service = make_service(display_name="Compute Engine")
    own = add(service, "N2 Instance Core running in Iowa", "us-central1")
    spot = add(service, "Spot Preemptible N2 Instance Core running in Iowa", "us-central1", "Preemptible")
    near = add(service, "N2 Instance Core running in Frankfurt", "europe-west3")
    snapshot = list_prices.snapshot()
    places = {"us-central1": {"ondemand": [own.pk]}, "europe-west3": {"ondemand": [near.pk]}}

    for _ in ("read", "remembered"):
        assert ids(siblings([own.pk], snapshot, terms=())[own.pk]) == places
        assert ids(siblings([own.pk], snapshot, terms=("1y",))[own.pk]) == places
        assert ids(siblings([own.pk], snapshot, terms=("spot",))[own.pk])["us-central1"] == {
            "ondemand": [own.pk],
            "spot": [spot.pk],
        }


def test_an_unknown_sku_has_no_siblings() -> None:
    make_update()

    assert siblings(["FFFF-FFFF-FFFF"], list_prices.snapshot())["FFFF-FFFF-FFFF"] == Siblings(None, {})
