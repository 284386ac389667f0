from __future__ import annotations

from decimal import Decimal

import pytest

from catalog.errors import InvalidArgumentError, RegionMismatchError, UnitMismatchError, merge
from catalog.pricing.list_prices import look_up, snapshot
from catalog.pricing.usage import Item, Line, normalize_item, read_items
from tests.catalog.factories import make_price, make_sku


def read(item: Item) -> Line:
    item = normalize_item(item)
    now = snapshot(None, None)
    lines, errors = read_items({0: item}, look_up([item.sku_id], now), now.at)
    if errors:
        raise merge(errors)
    line = lines[0]
    assert isinstance(line, Line)
    return line


@pytest.mark.django_db
@pytest.mark.parametrize("region", [" Europe-West3 ", "europe-west3-b", "Frankfurt"])
def test_an_id_and_a_region_are_normalized_to_the_catalogs_spelling(region: str) -> None:
    make_price(make_sku(sku_id="22EB-AAE8-FBCD", service_regions=["europe-west3"]))

    line = read(Item("22ebaae8fbcd", Decimal(1), region=region))

    assert (line.sku.pk, line.item.region) == ("22EB-AAE8-FBCD", "europe-west3")


@pytest.mark.parametrize("region", ["eu", "Germany", "global", "elsewhere"])
def test_a_text_that_does_not_name_a_single_region_is_kept(region: str) -> None:
    item = normalize_item(Item("22EB-AAE8-FBCD", Decimal(1), region=region))

    assert item.region == region.lower()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("service_regions", "sent", "read_as"),
    [
        (["europe"], "EU", "europe"),
        (["europe"], "eu", "europe"),
        (["europe"], "Europe", "europe"),
        (["eu"], "EU", "eu"),
        (["us"], "US", "us"),
        (["us"], "USA", "us"),
        (["asia"], "asia", "asia"),
        (["nam4"], "NAM4", "nam4"),
        (["global"], "EU", "europe"),
        (["global"], "global", "global"),
        (["europe-west3"], "Germany", "europe-west3"),
        (["europe-west3", "europe-west10"], "Germany", None),
        (["mars-north1"], "Mars-North1", "mars-north1"),
        (["global"], "us-east99", "us-east99"),
    ],
)
def test_a_multi_region_or_country_is_read_as_the_code_that_the_sku_lists(
    service_regions: list[str], sent: str, read_as: str | None
) -> None:
    sku = make_sku(service_regions=service_regions, geo_taxonomy_regions=[])
    make_price(sku)

    assert read(Item(sku.sku_id, Decimal(1), region=sent)).item.region == read_as


@pytest.mark.django_db
@pytest.mark.parametrize("service_regions", [["global"], ["us-east1"], []])
@pytest.mark.parametrize("region", ["%", '"', "*", "🎉", "elsewhere"])
def test_a_region_that_is_not_a_place_is_refused_wherever_the_sku_is_sold(
    service_regions: list[str], region: str
) -> None:
    price = make_price(make_sku(service_regions=service_regions))

    with pytest.raises(InvalidArgumentError, match=r"items\[0\]: No region or place is called") as caught:
        read(Item(price.sku_id, Decimal(1), region=region))

    assert "region code" in caught.value.hint


@pytest.mark.django_db
def test_a_misspelled_region_is_refused_with_the_place_that_it_may_mean() -> None:
    price = make_price(make_sku(service_regions=["global"]))

    with pytest.raises(InvalidArgumentError) as caught:
        read(Item(price.sku_id, Decimal(1), region="frankfrut"))

    assert caught.value.candidates == [{"region": "europe-west3", "place": "Frankfurt"}]


@pytest.mark.django_db
@pytest.mark.parametrize(("sent", "named"), [("EU", "europe"), ("US", "us"), ("Germany", "Germany")])
def test_a_region_is_not_part_of_the_multi_region_that_includes_it(sent: str, named: str) -> None:
    price = make_price(make_sku(service_regions=["us-central1"], geo_taxonomy_regions=["us-central1"]))

    with pytest.raises(RegionMismatchError, match=f"is sold in us-central1, not in {named}"):
        read(Item(price.sku_id, Decimal(1), region=sent))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("service_regions", "region", "note"),
    [
        (["us"], "us-east1", "This SKU is sold in us, which includes us-east1."),
        ([], "us-east1", None),
        (["us-east1"], "us-east1", None),
        (["us", "asia"], None, None),
        (["global"], "global", None),
        (["global"], "us-east1", "This SKU is sold globally; the region does not change its price."),
    ],
)
def test_a_wider_place_of_sale_is_noted(
    service_regions: list[str], region: str | None, note: str | None
) -> None:
    sku = make_sku(service_regions=service_regions, geo_taxonomy_regions=["us-central1", "us-east1"])
    make_price(sku)

    assert read(Item(sku.sku_id, Decimal(1), "h", region)).notes == ((note,) if note else ())


@pytest.mark.django_db
def test_a_small_quantity_without_a_unit_of_a_sku_by_the_hour_is_noted() -> None:
    price = make_price(make_sku())

    assert read(Item(price.sku_id, Decimal(4))).notes == (
        "4 without a unit is 4 h. For 4 running all month, send 2920 h.",
    )
    assert read(Item(price.sku_id, Decimal(4), "h")).notes == ()


@pytest.mark.django_db
def test_an_incompatible_unit_is_refused_with_the_name_of_the_item() -> None:
    price = make_price(make_sku())

    with pytest.raises(UnitMismatchError, match=r"items\[0\] \(web\): 'GiB'") as caught:
        read(Item(price.sku_id, Decimal(1), "GiB", label="web"))

    assert caught.value.candidates[0] == "h"
