"""What network traffic is billed as, by its two ends."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from catalog.errors import InvalidArgumentError
from catalog.offers.resources.bill import Bill
from catalog.offers.resources.read import read_bill
from catalog.offers.resources.request import ResourceRequest
from catalog.offers.resources.traffic import PARTS_OF_THE_WORLD


def traffic(resource: str = "egress", **arguments: Any) -> Bill:
    return read_bill(ResourceRequest(resource=resource, **{"size_gib": Decimal(10)} | arguments))


@pytest.mark.parametrize(
    ("source", "destination", "kind", "end"),
    [
        ("europe-west3", "us-central1", "inter-region", "us-central1"),
        ("Frankfurt", "Sydney", "inter-region", "australia-southeast1"),
        ("europe-west3", "Germany", "internet", "Germany"),
        ("europe-west3", "Brazil", "internet", "brazil"),
        ("europe-west3", "Asia", "internet", "asia"),
        ("europe-west3", "Korea", "internet", "korea"),
        ("europe-west3", "South Korea", "internet", "south korea"),
        ("europe-west3", "Corée du Sud", "internet", "coree du sud"),
        ("europe-west3", "UK", "internet", "uk"),
        ("europe-west3", "England", "internet", "england"),
        ("europe-west3", "Holland", "internet", "holland"),
        ("europe-west3", "KSA", "internet", "ksa"),
        ("europe-west3", "California", "internet", "california"),
        ("europe-west3", "Seoul", "inter-region", "asia-northeast3"),
        ("europe-west3", "Londres", "inter-region", "europe-west2"),
        ("europe-west3", "Bombay", "inter-region", "asia-south1"),
        ("europe-west3", "Western Europe", "internet", "western europe"),
        ("europe-west3", "China", "internet", "china"),
        ("europe-west3", "inter-zone", "inter-zone", None),
        ("europe-west3-a", "europe-west3-b", "inter-zone", None),
        ("europe-west3-a", "europe-west3-a", "intra-zone", None),
        ("europe-west3", "same zone", "intra-zone", None),
    ],
)
def test_the_ends_say_the_kind_of_traffic(source: str, destination: str, kind: str, end: str | None) -> None:
    bill = traffic(source=source, destination=destination)
    [part] = bill.parts

    assert bill.place == "europe-west3"
    assert ("network", kind) in part.facts[0]
    assert (part.destination and part.destination.label) == end
    assert part.quantity == Decimal(10)
    assert part.unit == "GiBy"


def test_a_region_is_a_place_of_the_internet_if_the_name_says_so() -> None:
    [part] = traffic("internet-egress", source="europe-west3", destination="Brazil").parts

    assert ("network", "internet") in part.facts[0]


def test_the_region_is_the_source_if_none_is_named() -> None:
    assert traffic(region="europe-west3", destination="Asia").place == "europe-west3"


def test_the_standard_tier_needs_no_destination() -> None:
    [part] = traffic(source="europe-west3", tier="standard").parts

    assert {("class", "standard"), ("network", "internet")} <= part.facts[0]
    assert part.destination is None


@pytest.mark.parametrize(
    ("resource", "arguments", "attributes"),
    [
        ("egress", {"source": "europe-west3"}, ["destination"]),
        ("egress", {"source": "europe-west3", "destination": "the internet"}, ["destination"]),
        ("egress", {"source": "europe-west3", "destination": "europe-west3"}, ["destination"]),
        ("inter-region-egress", {"source": "europe-west3"}, ["destination"]),
        ("egress", {"destination": "Asia"}, ["source"]),
        ("egress", {"source": "us", "destination": "Asia"}, ["source"]),
        ("egress", {"source": "Germany", "destination": "Asia"}, ["source"]),
        ("egress", {"source": "Latin America", "destination": "Asia"}, ["source"]),
        ("internet-egress", {"source": "europe-west3", "destination": "Europe"}, ["destination"]),
        ("egress", {"source": "europe-west3", "destination": "Asia", "size_gib": None}, ["size_gib"]),
    ],
)
def test_what_is_open_is_asked(resource: str, arguments: dict[str, Any], attributes: list[str]) -> None:
    bill = traffic(resource, **arguments)

    assert [choice.attribute for choice in bill.choices] == attributes
    assert not bill.parts


@pytest.mark.parametrize(
    ("resource", "arguments", "message"),
    [
        ("egress", {"source": "Mars", "destination": "Asia"}, "Mars"),
        ("egress", {"source": "europe-west3", "destination": "Asia", "tier": "gold"}, "gold"),
        ("egress", {"source": "europe-west3", "destination": "Asia", "processed_gib": Decimal(1)}, "once"),
        ("inter-region-egress", {"source": "europe-west3", "destination": "Asia"}, "one region"),
        ("egress", {"source": "europe-west3", "destination": "Asia", "ha": True}, "ha"),
        ("egress", {"source": "China", "destination": "Asia"}, "No region"),
        ("egress", {"source": "europe-west3", "destination": "us-central9"}, "us-central9"),
        (
            "egress",
            {"source": "europe-west3", "region": "us-central1", "destination": "Asia"},
            "not from both",
        ),
        ("inter-zone-egress", {"source": "europe-west3", "destination": "us-central1"}, "one region"),
        ("inter-zone-egress", {"source": "europe-west3", "destination": "Korea"}, "one region"),
        ("inter-zone-egress", {"source": "europe-west3-a", "destination": "europe-west3-a"}, "one zone"),
        ("inter-zone-egress", {"source": "europe-west3", "destination": "internet"}, "internet"),
        ("internet-egress", {"source": "europe-west3", "destination": "same zone"}, "same zone"),
        ("egress", {"source": "europe-west3", "destination": "Seoul", "tier": "standard"}, "standard tier"),
        (
            "egress",
            {"source": "europe-west3", "destination": "same zone", "tier": "standard"},
            "standard tier",
        ),
        ("inter-region-egress", {"source": "europe-west3", "tier": "standard"}, "standard tier"),
    ],
)
def test_what_makes_no_sense_is_refused(resource: str, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidArgumentError, match=message):
        traffic(resource, **arguments)


def test_traffic_between_regions_is_no_traffic_between_zones() -> None:
    with pytest.raises(InvalidArgumentError) as refused:
        traffic("inter-zone-egress", source="europe-west3", destination="us-central1")

    assert "inter-region-egress" in (refused.value.hint or "")


@pytest.mark.parametrize(
    ("destination", "some"),
    [
        ("us", {"Americas", "us-central1"}),
        ("USA", {"Americas", "us-west4"}),
        ("Europe", {"Western Europe", "Eastern Europe", "europe-west3"}),
        ("Latin America", {"South America", "Central America", "southamerica-east1"}),
        ("eur4", {"Western Europe", "europe-west4"}),
    ],
)
def test_a_name_of_several_regions_may_be_the_internet_there_or_one_of_them(
    destination: str, some: set[str]
) -> None:
    [choice] = traffic(source="europe-west3", destination=destination).choices

    assert some <= {*choice.values}
    assert "Asia" not in choice.values
    for value in choice.values:
        assert not traffic(source="us-central2", destination=value).choices or value == "us-central2"


@pytest.mark.parametrize("country", ["Austria", "UAE", "Ireland"])
def test_a_country_without_a_region_is_in_an_area_and_not_where_a_name_is_similar(country: str) -> None:
    with pytest.raises(InvalidArgumentError) as refused:
        traffic(source="europe-west3", destination=country)

    assert refused.value.candidates == [*PARTS_OF_THE_WORLD]


def test_a_misspelled_region_is_answered_with_the_regions_that_are_close() -> None:
    with pytest.raises(InvalidArgumentError) as refused:
        traffic(source="europe-west3", destination="us-centrl1")

    assert refused.value.candidates[0] == "us-central1"
