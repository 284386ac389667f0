"""Which offers are sold in a place, or for traffic between two."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from catalog.offers.attributes import NO_LIMIT, Span
from catalog.offers.resources.bill import Size
from catalog.offers.routes import place_called
from catalog.places import Place
from catalog.pricing.resources.offers import Offer
from catalog.pricing.resources.reach import is_global, regions_of, sold_in

NOW = datetime(2026, 11, 28, tzinfo=UTC)
GLOBAL = ("global",)


def offer(
    name: str, regions: tuple[str, ...], place: str | None = None, destination: str | None = None
) -> Offer:
    return Offer(name, name, regions, (), place, None, destination)


def place(name: str) -> Place:
    found = place_called(name)
    assert found is not None
    return found


def found(offers: list[Offer], where: str, to: str | None = None) -> list[str]:
    return [each.sku_id for each in sold_in(offers, place(where), NOW, place(to) if to else None)]


def test_a_region_of_its_own_comes_before_what_is_sold_everywhere() -> None:
    offers = [offer("everywhere", GLOBAL), offer("Sao Paulo", ("southamerica-east1",), "southamerica-east1")]

    assert found(offers, "southamerica-east1") == ["Sao Paulo"]
    assert found(offers, "europe-west3") == ["everywhere"]


def test_an_offer_that_is_listed_as_global_is_sold_only_in_the_place_of_its_name() -> None:
    offers = [offer("Asia", GLOBAL, "asia"), offer("Europe", GLOBAL, "europe")]

    assert found(offers, "asia") == ["Asia"]
    assert found(offers, "europe") == ["Europe"]
    assert found(offers, "us") == []
    assert not is_global(offers[0])


@pytest.mark.parametrize(
    ("source", "destination", "sku_id"),
    [
        ("us-central1", "europe-west3", "Americas to Frankfurt"),
        ("europe-west3", "us-central1", "Frankfurt to Americas"),
        ("europe-west3", "us-east4", "Frankfurt to Virginia"),
        ("europe-west3", "asia-northeast1", "Frankfurt to Japan"),
    ],
)
def test_a_route_is_that_of_both_ends(source: str, destination: str, sku_id: str) -> None:
    """Catalogs list a route under the regions of both ends, so that these do not tell its direction."""
    both = ("europe-west3", "us-central1")
    offers = [
        offer("Americas to Frankfurt", both, "americas", "europe-west3"),
        offer("Frankfurt to Americas", both, "europe-west3", "americas"),
        offer("Frankfurt to Virginia", both, "europe-west3", "us-east4"),
        offer("Frankfurt to Japan", both, "europe-west3", "Japan"),
    ]

    assert found(offers, source, destination) == [sku_id]


def test_a_continent_does_not_stand_for_a_region_with_prices_of_its_own() -> None:
    offers = [offer("Frankfurt to Americas", ("europe-west3",), "europe-west3", "americas")]

    assert found(offers, "europe-west3", "us-west4") == []


@pytest.mark.parametrize(
    ("span", "size", "covers"),
    [
        (None, None, True),
        (Span("cpu", 1, 4), Size("cpu", Decimal(2), frozenset({(1, 4)})), True),
        (Span("cpu", 5, NO_LIMIT), Size("cpu", Decimal(2), frozenset({(1, 4)})), False),
        (Span("gpu", 1, 4), Size("cpu", Decimal(2), frozenset({(1, 4)})), False),
        (Span("cpu", 1, 4), None, False),
        (None, Size("cpu", Decimal(2), frozenset({(1, 4)})), False),
    ],
)
def test_an_offer_for_sizes_of_machines_covers_them_alone(
    span: Span | None, size: Size | None, *, covers: bool
) -> None:
    assert Offer("", "", (), (), None, None, None, span).covers(size) is covers


def test_withdrawn_offers_are_sold_nowhere() -> None:
    withdrawn = Offer("", "", ("europe-west3",), (), None, datetime(2026, 1, 1, tzinfo=UTC))

    assert sold_in([withdrawn], place("europe-west3"), NOW) == []
    assert regions_of([withdrawn], NOW) == []
