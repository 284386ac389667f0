"""What network traffic is billed as, by its two ends."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from catalog.errors import InvalidArgumentError
from catalog.offers.resources.bill import Bill
from catalog.offers.resources.read import read_bill
from catalog.offers.resources.request import ResourceRequest


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
    ],
)
def test_what_makes_no_sense_is_refused(resource: str, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidArgumentError, match=message):
        traffic(resource, **arguments)
