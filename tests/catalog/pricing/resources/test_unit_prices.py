"""The prices of one unit of the parts of resources."""

from __future__ import annotations

from decimal import Decimal

import pytest

from catalog.offers.resources.kind_table import kinds
from catalog.pricing import list_prices
from catalog.pricing.resources.unit_prices import (
    UnitPart,
    UnitPrice,
    parts_of_kind,
    unit_prices,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kind_prices")]


def priced(parts: list[UnitPart]) -> dict[tuple[str, ...], Decimal | None]:
    found = unit_prices(parts, list_prices.snapshot())
    return {
        (*part.settings.values(), part.part.name): price.amount if price else None
        for part, price in zip(parts, found, strict=True)
    }


def of_kind(name: str, region: str) -> dict[tuple[str, ...], Decimal | None]:
    return priced([*parts_of_kind(kinds()[name], region)])


def test_a_disk_has_a_price_of_each_part_for_one_unit() -> None:
    assert of_kind("hyperdisk-balanced", "us-west1") == {
        ("capacity",): Decimal("0.08"),
        ("IOPS",): Decimal("0.005"),
        ("throughput",): Decimal("0.04"),
    }


def test_what_a_disk_includes_is_said_and_not_subtracted_from_the_unit() -> None:
    included = {
        part.part.name: part.included for part in parts_of_kind(kinds()["hyperdisk-balanced"], "us-west1")
    }

    assert included == {"capacity": 0, "IOPS": 3000, "throughput": 140}


def test_each_setting_has_a_price_of_its_own_and_none_where_it_is_not_listed() -> None:
    assert of_kind("pd-ssd", "europe-west3") == {
        ("false", "capacity"): None,
        ("true", "capacity"): Decimal("0.408"),
    }


def test_the_first_tier_that_is_not_free_counts() -> None:
    parts = [*parts_of_kind(kinds()["bucket"], "us-central1")]

    [storage] = [
        price
        for part, price in zip(parts, unit_prices(parts, list_prices.snapshot()), strict=True)
        if part.settings["storage_class"] == "standard" and part.part.name == "storage"
    ]

    assert isinstance(storage, UnitPrice)
    assert (storage.amount, storage.tiered) == (Decimal("0.02"), True)


def test_operations_are_priced_by_the_thousand_in_a_multi_region_too() -> None:
    found = of_kind("bucket", "us")

    assert found["nearline", "storage"] == Decimal("0.01")
    assert found["nearline", "class A operations"] == Decimal("0.01")
    assert ("standard", "retrieval") not in found
