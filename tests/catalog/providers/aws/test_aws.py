"""AWS's price list becomes records: units as they are written, nothing free that is only unpriced."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from urllib3 import Retry
from werkzeug import Response

from catalog.errors import SourceError
from catalog.providers import json_lists
from catalog.providers.aws.parse import read_offer
from catalog.providers.aws.source import AwsSource
from catalog.providers.records import MalformedSku, SkuRecord
from tests.harness.fake_aws_prices import ROOT, FakeAwsPrices, Rate, offer

MARKETPLACE = "AmazonBedrockFoundationModels"
SONNET = {"servicename": "Claude Sonnet 4.6 (Amazon Bedrock Edition)"}
LITE = Rate("USE1-NovaLite-input-tokens", "0.0000600000")
GROK = Rate("USE1-xai.grok-4.3-mantle-input-tokens-standard", "1.2500000000", "1M tokens")
SONNET_INPUT = Rate(
    "USE1-MP:USE1_InputTokenCount-Units",
    "3.3000000000",
    "Units",
    description="AWS Marketplace software usage|us-east-1|Million Input Tokens Regional CRIS",
    attributes=SONNET,
)


@pytest.fixture(autouse=True)
def _quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = Retry(total=2, status_forcelist=[429, 503], backoff_factor=0, raise_on_status=False)
    monkeypatch.setattr(json_lists.HttpList.__init__, "__defaults__", (quick,))


@pytest.fixture
def prices() -> FakeAwsPrices:
    ireland = Rate("EU-NovaLite-input-tokens", "0.0000690000", region="eu-west-1")
    return FakeAwsPrices({"AmazonBedrock": [LITE, GROK, ireland], MARKETPLACE: [SONNET_INPUT]})


@pytest.fixture
def source(prices: FakeAwsPrices) -> Iterator[AwsSource]:
    with prices.served() as url, AwsSource.connect(url) as source:
        yield source


def read(*rates: Rate, code: str = "AmazonBedrock") -> list[Any]:
    return list(read_offer(offer(code, rates), code))


def price_of(sku: SkuRecord) -> tuple[str, str, Decimal]:
    (price,) = sku.pricing
    (tier,) = price.tiers
    return price.usage_unit, f"{tier.units}.{tier.nanos:09}", price.base_unit_conversion_factor


def test_services_regions_and_files_are_followed_from_the_index(
    source: AwsSource, prices: FakeAwsPrices
) -> None:
    services = list(source.services())
    assert [(each.service_id, each.provider) for each in services] == [
        ("AmazonBedrock", "aws"),
        (MARKETPLACE, "aws"),
    ]
    lists = [list(skus) for skus in source.sku_lists([each.service_id for each in services])]
    assert [sku.display_name for sku in lists[0] if isinstance(sku, SkuRecord)] == [
        "EU-NovaLite-input-tokens",
        LITE.usage_type,
        GROK.usage_type,
    ]
    assert {sku.service_regions for sku in lists[0] if isinstance(sku, SkuRecord)} == {
        ("eu-west-1",),
        ("us-east-1",),
    }
    assert len(lists[1]) == 1
    assert not [path for path in prices.asked if "EC2" in path]


def test_a_folder_of_saved_answers_reads_as_the_list_itself(
    source: AwsSource, prices: FakeAwsPrices, tmp_path: Path
) -> None:
    prices.save(tmp_path)
    folder = AwsSource.in_folder(tmp_path)
    assert AwsSource.is_price_list(tmp_path)
    assert (folder.name, folder.provider) == ("folder", "aws")
    ids = [each.service_id for each in folder.services()]
    assert [list(skus) for skus in folder.sku_lists(ids)] == [list(skus) for skus in source.sku_lists(ids)]


def test_a_unit_is_read_from_the_list_and_never_assumed() -> None:
    thousand, million, marketplace = read(LITE, GROK, SONNET_INPUT)
    assert price_of(thousand) == ("1K tokens", "0.000060000", Decimal(1000))
    assert price_of(million) == ("1M tokens", "1.250000000", Decimal(1_000_000))
    assert price_of(marketplace) == ("million tokens", "3.300000000", Decimal(1_000_000))


def test_a_unit_of_unknown_words_stays_as_it_is_and_converts_to_nothing() -> None:
    (sku,) = read(Rate("USE1-MP:USE1_InputTokenCount-Units", "3.3", "Units", attributes=SONNET))
    assert sku.pricing[0].usage_unit == "Units"
    assert sku.pricing[0].base_unit == ""


def test_a_price_finer_than_a_nano_is_given_for_more_units_and_stays_exact() -> None:
    (sku,) = read(Rate("USE1-NovaMicro-cache-read-input-token-count", "0.0000000875"))
    assert price_of(sku) == ("10000 tokens", "0.000000875", Decimal(10_000))


def test_a_rate_of_zero_is_no_price() -> None:
    (sku,) = read(Rate("USE1-vendor.thing-mantle-input-tokens-standard", "0.0000000000"))
    assert sku.pricing[0].tiers == ()


def test_one_thing_listed_twice_at_one_price_is_one_sku() -> None:
    again = Rate(LITE.usage_type, LITE.usd, attributes={"inferenceType": "Input tokens"})
    assert again.sku != LITE.sku
    assert [sku.sku_id for sku in read(LITE, again)] == [LITE.sku]


def test_one_thing_listed_at_two_prices_is_an_error_that_names_both() -> None:
    again = Rate(LITE.usage_type, "0.0000700000", attributes={"inferenceType": "Input tokens"})
    kept, conflict = read(LITE, again)
    assert kept.sku_id == LITE.sku
    assert isinstance(conflict, MalformedSku)
    assert LITE.sku in conflict.reason
    assert again.sku in conflict.reason


@pytest.mark.parametrize("usd", ["", "N/A", "NaN", "-1", "0.00000000000001"])
def test_a_price_that_is_none_makes_its_sku_malformed_and_no_other(usd: str) -> None:
    entries = read(Rate("USE1-NovaPro-input-tokens", usd), LITE)
    assert [type(entry) for entry in entries] == [MalformedSku, SkuRecord]


@pytest.mark.parametrize(
    "change",
    [{"formatVersion": "v2.0"}, {"offerCode": "AmazonEC2"}, {"products": []}, {"terms": None}],
    ids=["format", "another service", "no products", "no terms"],
)
def test_a_file_of_another_form_fails_its_service(change: dict[str, Any]) -> None:
    with pytest.raises(SourceError):
        list(read_offer({**offer("AmazonBedrock", [LITE]), **change}, "AmazonBedrock"))


def test_a_busy_server_is_asked_again(source: AwsSource, prices: FakeAwsPrices) -> None:
    prices.failures[f"{ROOT}/index.json"].extend([Response("", 503), Response("", 429)])
    assert len(list(source.services())) == 2


def test_a_refusal_names_the_address_and_the_status(source: AwsSource, prices: FakeAwsPrices) -> None:
    list(source.services())
    prices.files.pop(f"{ROOT}/AmazonBedrock/current/region_index.json")
    with pytest.raises(SourceError, match=r"region_index\.json answered HTTP 403"):
        list(source.skus("AmazonBedrock"))


@pytest.mark.parametrize("url", ["https://elsewhere.example/index.json", "//elsewhere.example/index.json"])
def test_a_list_that_leads_to_another_host_is_not_followed(
    source: AwsSource, prices: FakeAwsPrices, url: str
) -> None:
    prices.files[f"{ROOT}/index.json"]["offers"]["AmazonBedrock"]["currentRegionIndexUrl"] = url
    with pytest.raises(SourceError, match="another host"):
        list(source.skus("AmazonBedrock"))


def test_a_saved_list_that_leads_out_of_its_folder_is_not_followed(
    prices: FakeAwsPrices, tmp_path: Path
) -> None:
    out = "/../../secret.json"
    prices.files[f"{ROOT}/index.json"]["offers"]["AmazonBedrock"]["currentRegionIndexUrl"] = out
    prices.save(tmp_path / "list")
    with pytest.raises(SourceError, match="leads out"):
        list(AwsSource.in_folder(tmp_path / "list").skus("AmazonBedrock"))
