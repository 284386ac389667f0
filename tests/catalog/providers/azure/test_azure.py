"""Azure's retail prices become records: one SKU a meter, in all its regions, with each price it has had."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from catalog.errors import SourceError
from catalog.providers.azure.parse import read_items
from catalog.providers.azure.source import AzureSource
from catalog.providers.json_lists import parse
from catalog.providers.records import MalformedSku, SkuRecord
from tests.harness.fake_azure_prices import FakeAzurePrices, item, real_items

GPT = ("Azure OpenAI", "gpt 4.1 Inp glbl Tokens", "0.002")
GROK = ("Azure Grok Models", "4.3 Inp DZ 1M Tokens", "1.375")


def read(*items: dict[str, Any]) -> list[Any]:
    return list(read_items(parse(json.dumps(items).encode(), "items"), "foundry-models"))


def test_pages_are_followed_to_the_last_and_former_names_are_asked_for_too() -> None:
    former = item("Azure OpenAI", "gpt-4-8K-Input-regional Tokens", "0.03", serviceName="Cognitive Services")
    speech = item("Speech", "S1 Speech To Text", "1", serviceName="Cognitive Services")
    prices = FakeAzurePrices([item(*GPT), item(*GROK), former, speech], page_size=1)
    with prices.served() as url, AzureSource.connect(url) as source:
        (service,) = source.services()
        (skus,) = source.sku_lists([service.service_id])
        names = [sku.display_name for sku in skus if isinstance(sku, SkuRecord)]
    assert names == [GPT[1], GROK[1], former["meterName"]]
    assert [asked["$filter"] for asked in prices.asked if "api-version" in asked] == [
        "serviceName eq 'Foundry Models' and priceType eq 'Consumption'",
        (
            "serviceName eq 'Cognitive Services' and contains(productName, 'OpenAI')"
            " and priceType eq 'Consumption'"
        ),
    ]


def test_a_folder_of_saved_pages_reads_as_the_api(tmp_path: Path) -> None:
    prices = FakeAzurePrices([item(*GPT), item(*GROK)], page_size=1)
    prices.save(tmp_path)
    folder = AzureSource.in_folder(tmp_path)
    with prices.served() as url, AzureSource.connect(url) as source:
        assert list(folder.skus()) == list(source.skus())
    assert AzureSource.is_price_list(tmp_path)


def test_a_folder_that_lacks_a_page_is_refused(tmp_path: Path) -> None:
    FakeAzurePrices([item(*GPT), item(*GROK)], page_size=1).save(tmp_path)
    (tmp_path / "retail-prices" / "0001.json").unlink()
    with pytest.raises(SourceError, match="incomplete"):
        list(AzureSource.in_folder(tmp_path).skus())


def test_a_link_back_to_a_page_ends_the_list_as_unreadable() -> None:
    class Circle:
        name = "api"

        def read(self, address: str) -> Any:
            return {"Items": [], "NextPageLink": address}

    with pytest.raises(SourceError, match="no last page"):
        list(AzureSource(Circle(), ["/first"]).skus())


def test_a_price_is_exactly_what_the_api_writes() -> None:
    (sku,) = read(item(*GPT) | {"retailPrice": 0.00000055})
    (tier,) = sku.pricing[0].tiers
    assert (tier.units, tier.nanos) == ("0", 550)
    assert sku.pricing[0].base_unit_conversion_factor == Decimal(1000)


def test_a_meter_is_sold_in_all_regions_that_list_it_at_its_price() -> None:
    (sku,) = read(item(*GPT), item(*GPT, region="westus"))
    assert sku.service_regions == ("eastus", "westus")
    assert sku.geo_taxonomy_type == "MULTI_REGIONAL"


def test_a_meter_listed_twice_at_one_price_is_one() -> None:
    assert len(read(item(*GPT), item(*GPT))) == 1


@pytest.mark.parametrize(
    ("region", "says"), [("eastus", "both 0.002 and 0.003"), ("westus", "eastus and in westus")]
)
def test_a_meter_with_two_prices_is_an_error_that_names_both(region: str, says: str) -> None:
    (entry,) = read(item(*GPT), item(*GPT[:2], "0.003", region=region))
    assert isinstance(entry, MalformedSku)
    assert says in entry.reason


def test_a_later_price_of_a_meter_follows_the_earlier_one() -> None:
    later = item(*GPT[:2], "0.003", effectiveStartDate="2026-08-01T00:00:00Z")
    (sku,) = read(later, item(*GPT))
    assert [(f"{price.effective_time:%Y-%m}", price.tiers[0].nanos) for price in sku.pricing] == [
        ("2026-06", 2_000_000),
        ("2026-08", 3_000_000),
    ]


def test_tiers_come_in_the_order_of_their_starts_and_a_free_one_is_kept() -> None:
    (sku,) = read(item(*GPT, tierMinimumUnits=100.0), item(*GPT[:2], "0.0"))
    assert [(tier.start_usage_amount, tier.nanos) for tier in sku.pricing[0].tiers] == [
        (0, 0),
        (100, 2_000_000),
    ]


def test_a_price_of_zero_is_no_price() -> None:
    (sku,) = read(item(*GPT[:2], "0.0"))
    assert sku.pricing[0].tiers == ()


def test_reservations_are_no_prices_of_usage() -> None:
    assert read(item(*GPT, type="Reservation", reservationTerm="1 Year")) == []


@pytest.mark.parametrize(
    "field", ["retailPrice", "meterName", "unitOfMeasure", "effectiveStartDate", "armRegionName"]
)
def test_an_item_that_lacks_something_makes_its_meter_malformed_and_no_other(field: str) -> None:
    broken = {key: value for key, value in item(*GPT).items() if key != field}
    assert [type(entry) for entry in read(broken, item(*GROK))] == [SkuRecord, MalformedSku]


def test_every_real_item_is_read_and_only_the_free_meter_has_no_price() -> None:
    entries = read(*real_items())
    skus = [entry for entry in entries if isinstance(entry, SkuRecord)]
    assert len(skus) == len(entries) == 3289
    assert [sku.resource_group for sku in skus if not sku.pricing[0].tiers] == ["Azure OpenAI Free Meter"]
    assert {price.usage_unit for sku in skus for price in sku.pricing} == {
        "1K",
        "1M",
        "h",
        "s",
        "1",
        "100",
        "d",
        "mo",
    }
