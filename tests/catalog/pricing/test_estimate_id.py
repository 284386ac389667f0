from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from catalog.offers.resources.request import ResourceRequest
from catalog.pricing.calculate import calculate
from catalog.pricing.estimate_id import estimate_id
from catalog.pricing.usage import Item
from tests.catalog.factories import NOON, make_price
from tests.catalog.pricing.known_skus import EGRESS, add_egress

MACHINE = ResourceRequest(
    resource="n1-standard-4", region="europe-west3", quantity=Decimal(3), gpu="nvidia-tesla-t4", label="web"
)
USAGE = Item(EGRESS, Decimal(1024), "GiB", region="us-central1")


def id_of(*items: Item | ResourceRequest, months: int = 1, as_of: datetime | None = None) -> str:
    return estimate_id(items, months, as_of)


@pytest.mark.parametrize(
    "same",
    [
        ResourceRequest(
            label="web",
            gpu="T4",
            quantity=Decimal("3.00"),
            region="Frankfurt",
            resource="zones/europe-west3-a/machineTypes/N1_Standard_4",
        ),
        ResourceRequest(
            label="web",
            gpu="t4",
            quantity=Decimal(3),
            resource="projects/p/zones/europe-west3-c/machineTypes/n1-standard-4",
        ),
        ResourceRequest(
            resource="n1-standard-4",
            region="europe-west3-b",
            quantity=Decimal(3),
            hours=Decimal("7.3e2"),
            usage_type="on demand",
            gpu="nvidia-tesla-t4",
            label="web",
        ),
    ],
)
def test_a_resource_has_one_id_in_all_its_spellings(same: ResourceRequest) -> None:
    assert id_of(same) == id_of(MACHINE)


def test_the_zone_in_a_path_tells_estimates_apart() -> None:
    here, there = (
        ResourceRequest(resource=f"zones/{zone}/machineTypes/n1-standard-4")
        for zone in ("europe-west3-a", "us-central1-a")
    )

    assert id_of(here) != id_of(there)


@pytest.mark.parametrize(
    "same",
    [
        Item(EGRESS.replace("-", "").lower(), Decimal("1024.0"), "gibibytes", region="Iowa"),
        Item(region="us-central1-c", unit="GiBy", quantity=Decimal("1.024e3"), sku_id=EGRESS),
    ],
)
def test_usage_of_a_sku_has_one_id_in_all_its_spellings(same: Item) -> None:
    assert id_of(same) == id_of(USAGE)


def test_the_order_of_items_does_not_change_the_id() -> None:
    assert id_of(MACHINE, USAGE) == id_of(USAGE, MACHINE)


def test_what_is_another_request_has_another_id() -> None:
    others = [
        id_of(MACHINE),
        id_of(MACHINE, MACHINE),
        id_of(MACHINE, months=2),
        id_of(MACHINE, as_of=NOON),
        id_of(MACHINE, as_of=datetime(2026, 11, 20, tzinfo=UTC)),
        id_of(ResourceRequest(resource="n1-standard-4", region="europe-west3", usage_type="spot")),
        id_of(ResourceRequest(resource="n1-standard-4", region="europe-west3", usage_type="1y")),
        id_of(ResourceRequest(resource="n1-standard-4", region="europe-west3", hours=Decimal(729))),
        id_of(ResourceRequest(resource="n1-standard-4", region="europe-west1", hours=Decimal(729))),
        id_of(ResourceRequest(resource="n1-standard-8", region="europe-west1", label="Web")),
        id_of(ResourceRequest(resource="n1-standard-8", region="europe-west1", label="web")),
        id_of(Item(EGRESS, Decimal(1), "GiB")),
        id_of(Item(EGRESS, Decimal(1), "GB")),
    ]

    assert len(set(others)) == len(others)


@pytest.mark.django_db
def test_other_prices_do_not_change_the_id() -> None:
    sku = add_egress()
    before = calculate([Item(EGRESS, Decimal(1024))])
    make_price(
        sku,
        [(0, "1", 0)],
        usage_unit="GiBy",
        base_unit="By",
        base_unit_conversion_factor=str(2**30),
        effective_time=NOON.replace(month=2),
    )

    after = calculate([Item(EGRESS, Decimal(1024))])

    assert after["total"] != before["total"]
    assert after["estimate_id"] == before["estimate_id"]
