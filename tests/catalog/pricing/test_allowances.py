from __future__ import annotations

from decimal import Decimal

import pytest

from catalog.offers.resources.request import ResourceRequest
from catalog.pricing.answers import AllowanceRow
from catalog.pricing.calculate import Item, calculate
from catalog.pricing.resources import offers
from tests.catalog.factories import make_service
from tests.catalog.pricing.known_skus import (
    CLASS_A,
    DAILY_EGRESS,
    DISCOUNT,
    EGRESS,
    GLOBAL,
    add_class_a,
    add_daily_egress,
    add_discount,
    add_egress,
    add_n2,
    add_sku,
)

pytestmark = pytest.mark.django_db

SECRETS = "0000-0000-0001"
E2_CORE, E2_RAM = "0000-0000-0002", "0000-0000-0003"


@pytest.fixture(autouse=True)
def _forgotten_offers() -> None:
    offers.forget()


def add_e2() -> None:
    service = make_service(display_name="Compute Engine")
    regions = ["us-central1"]
    add_sku(E2_CORE, "E2 Instance Core running in Americas", "h", [(0, "0", 21_811_590)], regions=regions,
            service=service)  # fmt: skip
    add_sku(E2_RAM, "E2 Instance Ram running in Americas", "GiBy.h", [(0, "0", 2_923_530)], regions=regions,
            service=service, resource_group="RAM")  # fmt: skip


def add_secrets(**price: object) -> None:
    add_sku(
        SECRETS,
        "Secret access operations",
        "count",
        [(0, "0", 3000)],
        regions=GLOBAL,
        service=make_service(display_name="Secret Manager"),
        resource_family="ApplicationServices",
        resource_group="Secret",
        price=price,
    )


def figures(rows: list[AllowanceRow]) -> list[tuple[str | None, str, str, str, bool]]:
    return [(row["sku_id"], row["given"], row["left"], row["unit"], row["applied"]) for row in rows]


def test_a_free_tier_is_given_once_over_all_items_and_shown() -> None:
    add_egress()
    add_class_a()

    answer = calculate([
        Item(EGRESS, Decimal(30)),
        Item(CLASS_A, Decimal(6000)),
        Item(EGRESS, Decimal("51.2"), "GiB"),
    ])  # fmt: skip

    assert figures(answer["allowances"]) == [
        (EGRESS, "100", "18.8", "GiBy", True),
        (CLASS_A, "5000", "0", "count", True),
    ]
    assert {row["source"] for row in answer["allowances"]} == {"price list"}
    assert answer["total"]["amount"] == "0.005"


def test_a_daily_allowance_is_shown_for_a_month() -> None:
    add_daily_egress()

    [row] = calculate([Item(DAILY_EGRESS, Decimal(10))], months=3)["allowances"]

    assert Decimal(row["given"]).quantize(Decimal("1e-9")) == Decimal("30.416666667")
    assert Decimal(row["left"]).quantize(Decimal("1e-9")) == Decimal("20.416666667")


def test_neither_a_discount_nor_one_price_is_an_allowance() -> None:
    add_discount()
    add_n2(make_service(display_name="Compute Engine"))

    answer = calculate([
        Item(DISCOUNT, Decimal(730)),
        ResourceRequest(resource="n2-standard-2", region="europe-west3"),
    ])  # fmt: skip

    assert answer["allowances"] == []


def test_the_free_machine_that_google_documents_is_told_and_not_subtracted() -> None:
    add_e2()

    answer = calculate([
        ResourceRequest(resource="e2-micro", region="us-central1", hours=Decimal(300), quantity=Decimal(2)),
        ResourceRequest(resource="e2-small", region="us-central1"),
    ])  # fmt: skip

    [row] = answer["allowances"]
    assert figures([row]) == [(None, "730", "130", "h", False)]
    assert row["source"].startswith("https://cloud.google.com/free/")
    costs = [line["cost"] for line in answer["items"]]
    # 2 machines with a quarter of a core and 1 GiB, for 300 hours.
    assert costs[0] == "5.0258565"


def test_no_free_machine_is_told_where_there_is_none() -> None:
    add_sku(E2_CORE, "E2 Instance Core running in Frankfurt", "h", [(0, "0", 28_103_000)],
            regions=["europe-west3"], service=make_service(display_name="Compute Engine"))  # fmt: skip

    answer = calculate([ResourceRequest(resource="e2-micro", region="europe-west3")])

    assert answer["allowances"] == []


def test_free_usage_of_a_sku_that_google_documents_is_told_and_not_subtracted() -> None:
    add_secrets()

    answer = calculate([Item(SECRETS, Decimal(25000))])

    assert figures(answer["allowances"]) == [(None, "10000", "0", "count", False)]
    assert answer["total"]["amount"] == "0.075"


def test_a_credit_is_told_in_money() -> None:
    add_sku(
        SECRETS,
        "Zonal Kubernetes Clusters",
        "h",
        [(0, "0", 100_000_000)],
        regions=GLOBAL,
        service=make_service(display_name="Kubernetes Engine"),
    )

    answer = calculate([Item(SECRETS, Decimal(730))], months=12)

    assert figures(answer["allowances"]) == [(None, "74.4", "1.4", "USD", False)]
    assert answer["total"]["amount"] == "876"


@pytest.mark.parametrize(("region", "left"), [("us-east1", ["0"]), ("us-east4", [])])
def test_free_storage_is_told_of_a_bucket_where_google_gives_it(region: str, left: list[str]) -> None:
    add_sku(
        SECRETS,
        "Standard Storage US Regional",
        "GiBy.mo",
        [(0, "0", 20_000_000)],
        regions=["us-east1", "us-east4"],
        service=make_service(display_name="Cloud Storage"),
        resource_family="Storage",
        resource_group="RegionalStorage",
    )

    answer = calculate([ResourceRequest(resource="bucket", region=region, size_gib=Decimal(20))])

    assert [row["left"] for row in answer["allowances"]] == left
    assert answer["total"]["amount"] == "0.4"
