"""Tokens of models on every cloud: what is priced, asked and refused."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.errors import CatalogError, InvalidArgumentError, NoPriceError, RegionMismatchError
from catalog.estimates.items import read_item
from catalog.models import SkuModel
from catalog.offers.resources.model_clouds import model_clouds
from catalog.offers.resources.tokens import DIRECTIONS
from catalog.pricing.answers import ResourceLine
from catalog.pricing.calculate import ResourceRequest, calculate
from catalog.pricing.details import details
from catalog.pricing.list_prices import snapshot
from catalog.pricing.resources.components import compose
from catalog.pricing.resources.model_regions import regions_called
from catalog.pricing.resources.wanted import read_resource
from catalog.providers.aws.source import AwsSource
from catalog.providers.sample.source import SampleSource
from catalog.search import SearchRequest, search
from catalog.sync.run import sync
from tests.harness.fake_aws_prices import FakeAwsPrices, Rate

pytestmark = pytest.mark.django_db
MILLION = Decimal(1_000_000)
EUROPE = "eu-west-1"


@pytest.fixture
def sample() -> None:
    sync(SampleSource())


def line(resource: str, **arguments: Any) -> ResourceLine:
    sent: dict[str, Any] = {"input_tokens": MILLION} | arguments
    [row] = calculate([ResourceRequest(resource=resource, **sent)])["items"]
    return cast("ResourceLine", row)


def asked(row: ResourceLine) -> dict[str, list[str]]:
    return {choice["attribute"]: choice["values"] for choice in row["ambiguous_in"] or []}


# AWS's price list of July and September 2026, Azure's retail prices of August, Google's catalog.
@pytest.mark.parametrize(
    ("resource", "arguments", "cost"),
    [
        ("claude-sonnet-4.6 on bedrock", {"scope": "global"}, "3"),
        ("Claude Sonnet 4.6", {"scope": "regional", "cloud": "aws"}, "3.3"),
        ("claude-sonnet-4-6 on aws", {"scope": "regional", "batch": True}, "1.65"),
        ("claude-sonnet-4 on aws", {"context": "long"}, "6"),
        ("qwen3-32b", {"tier": "priority", "output_tokens": MILLION}, "1.3125"),
        ("gpt-5-mini on foundry", {"scope": "global"}, "0.25"),
        ("gpt-5.4-mini", {"tier": "priority", "scope": "global"}, "1.5"),
        ("glm-5.2 on azure", {"output_tokens": MILLION}, "6.38"),
        ("glm-5.2 on azure", {"host": "fireworks", "cached_input_tokens": MILLION}, "1.69"),
        ("gemini-3.8-flash", {"scope": "global", "region": "europe-west1"}, "1.5"),
        ("gemini-3.8-flash", {}, "1.5"),
        ("gemini-3-pro", {"context": "long", "output_tokens": MILLION}, "22"),
        ("grok-4.3 on azure", {"scope": "geo", "context": "long", "output_tokens": MILLION}, "8.25"),
        ("gemini-2.5-pro on vertex-ai", {"output_tokens": MILLION}, "11.25"),
    ],
)
@pytest.mark.usefixtures("sample")
def test_tokens_cost_what_the_cloud_lists(resource: str, arguments: dict[str, Any], cost: str) -> None:
    row = line(resource, **arguments)

    assert (row["cost"], row["partial"]) == (cost, False)


@pytest.mark.usefixtures("sample")
def test_each_kind_of_tokens_is_counted_once_at_its_own_price() -> None:
    row = line(
        "claude-sonnet-4.6 on bedrock",
        scope="global",
        output_tokens=MILLION,
        cached_input_tokens=MILLION,
        cache_write_tokens=MILLION,
        cache_write_hour_tokens=MILLION,
    )

    assert {each["part"]: each["cost"] for each in row["components"]} == {
        "input tokens": "3",
        "output tokens": "15",
        "cached input tokens": "0.3",
        "cache writes": "3.75",
        "cache writes for 1 hour": "6",
    }


@pytest.mark.parametrize(
    ("resource", "arguments", "questions"),
    [
        ("grok-4.3", {}, {"cloud": ["aws", "azure", "gcp"]}),
        ("claude-sonnet-4.6 on bedrock", {}, {"scope": ["global", "regional"]}),
        ("grok-4.3", {"region": "eastus", "scope": "geo"}, {}),
        # Azure and Fireworks host it at the same price.
        ("gpt-oss-120b on azure", {"scope": "geo"}, {}),
    ],
)
@pytest.mark.usefixtures("sample")
def test_only_what_prices_differ_by_is_asked(
    resource: str, arguments: dict[str, Any], questions: dict[str, list[str]]
) -> None:
    row = line(resource, **arguments)

    assert asked(row) == questions
    assert (row["cost"] is None) == bool(questions)


@pytest.mark.usefixtures("sample")
def test_a_part_without_a_price_makes_the_total_partial_and_is_named() -> None:
    answer = calculate(
        [
            ResourceRequest(
                resource="gpt-5-mini", scope="global", input_tokens=MILLION, cache_write_tokens=MILLION
            )
        ]
    )

    assert answer["total"]["partial"]
    assert cast("ResourceLine", answer["items"][0])["missing"] == ["cache writes"]


@pytest.mark.parametrize(
    ("resource", "arguments", "error", "words"),
    [
        ("gpt-5-mini on vertex-ai", {}, InvalidArgumentError, "gpt-5-mini on gcp"),
        ("grok-4.3 on azure", {"cloud": "aws"}, InvalidArgumentError, "The name says azure"),
        ("grok-4.3", {"scope": "planet"}, InvalidArgumentError, "planet"),
        ("qwen3-32b", {"region": "eu-west-1"}, RegionMismatchError, "us-east-1"),
        ("grok-4.3 on aws", {"context": "long"}, NoPriceError, "no standard long price"),
        ("gemini-3.8-flash", {"region": "europe-west1"}, NoPriceError, "only that of scope global"),
        ("gemini-3.8-flash", {"scope": "regional"}, NoPriceError, "scope asked for is regional"),
        ("glm-5.2 on azure", {"host": "azure"}, NoPriceError, "lists no standard price"),
        ("gemini-9.9-ultra", {}, NoPriceError, "no list has a model of this name"),
        ("gpt-5", {"tier": "priority", "batch": True}, InvalidArgumentError, "tier of its own"),
    ],
)
@pytest.mark.usefixtures("sample")
def test_what_is_not_sold_is_refused_with_the_reason(
    resource: str, arguments: dict[str, Any], error: type[CatalogError], words: str
) -> None:
    with pytest.raises(error, match=words):
        line(resource, **arguments)


def test_skus_that_disagree_give_no_price_but_their_ids(tmp_path: Path) -> None:
    rates = (
        Rate("USE1-Qwen3-32B-input-tokens", "0.00015"),
        Rate("USE1-qwen.qwen3-32b-mantle-input-tokens-standard", "0.00016"),
        Rate("USE1-Qwen3-32B-output-tokens", "0.0006"),
    )
    FakeAwsPrices({"AmazonBedrock": rates}).save(tmp_path)
    sync(AwsSource.in_folder(tmp_path))

    row = line("qwen3-32b", output_tokens=MILLION)

    assert (row["missing"], row["cost"]) == (["input tokens"], "0.6")
    assert all(any(rate.sku in note for note in row["notes"]) for rate in rates[:2])


def test_a_price_that_differs_by_region_asks_for_it(tmp_path: Path) -> None:
    rates = (
        Rate("USE1-Qwen3-32B-input-tokens", "0.00015"),
        Rate("EUW1-Qwen3-32B-input-tokens", "0.0003", region=EUROPE),
    )
    FakeAwsPrices({"AmazonBedrock": rates}).save(tmp_path)
    sync(AwsSource.in_folder(tmp_path))

    assert asked(line("qwen3-32b")) == {"region": sorted((EUROPE, "us-east-1"))}
    assert line("qwen3-32b", region=EUROPE)["cost"] == "0.3"


# What is asked of every model; a region of each cloud, and none.
REGIONS = (None, "us-east-1", "eastus", "us-central1", "europe-west1")
TIERS = ("standard", "batch", "flex", "priority")


def asked_for(tokens: str, **arguments: Any) -> ResourceRequest:
    return ResourceRequest(**arguments | {tokens: MILLION})


@pytest.mark.usefixtures("sample", "remembering")
def test_every_price_of_every_model_region_tier_and_direction_is_of_just_what_was_asked() -> None:
    skus = {each.sku_id: each for each in SkuModel.objects.select_related("sku")}
    asked = [
        asked_for(tokens, resource=model_id, region=region, tier=tier, scope=scope)
        for model_id in sorted({each.model_id for each in skus.values() if each.model_id})
        for region in REGIONS
        if region is None or {*regions_called(region)} & {*model_clouds()[model_id]}
        for tier in TIERS
        for scope in (None, "regional", "geo", "global")
        for tokens in DIRECTIONS
    ]
    rows = priced(asked)
    assert len(rows) > 500
    for request, row in rows:
        assert Decimal(row["cost"] or 0) > 0
        [part] = row["components"]
        if "source" in part:
            assert row["notes"][0].startswith("Not ")
            continue
        read = skus[part["sku_id"]]
        counted = next(what for name, (_, what) in DIRECTIONS.items() if getattr(request, name))
        assert (read.model_id, read.tier, read.modality) == (request.resource, request.tier, "text")
        assert (read.direction, read.cache) == counted[:2]
        assert read.variant.endswith("1h") == (counted.lifetime == "1h")
        assert request.scope in (None, read.scope)
        is_anywhere = read.sku.service_regions == ["global"]
        assert request.region is None or is_anywhere or request.region in read.sku.service_regions
        # The price of calls to anywhere is never that of a region, unless it was asked for.
        assert not (request.region and is_anywhere and read.scope in ("geo", "global") and not request.scope)


def priced(asked: list[ResourceRequest]) -> list[tuple[ResourceRequest, ResourceLine]]:
    """Those that have a price, in their order."""
    found = compose([read_resource(each) for each in asked], snapshot())
    sold = [each.wanted.request for each in found if each.components]
    rows = [
        cast("ResourceLine", row) for start in range(0, len(sold), 100) for row in lines(sold[start:][:100])
    ]
    return list(zip(sold, rows, strict=True))


def lines(asked: list[ResourceRequest]) -> list[Any]:
    return [*calculate([*asked])["items"]]


TOKENS = st.integers(min_value=1, max_value=10**12)


@pytest.mark.usefixtures("sample")
def test_tokens_are_counted_once_however_they_are_split() -> None:
    """Whatever is read from a cache or written to one is in no other part, and the parts add up exactly."""
    prices = dict(zip(DIRECTIONS, map(Decimal, ("3", "15", "0.3", "3.75", "6")), strict=True))

    @given(st.dictionaries(st.sampled_from([*DIRECTIONS]), TOKENS, min_size=1))
    @settings(max_examples=30, deadline=None)
    def check(split: dict[str, int]) -> None:
        sent: dict[str, Any] = {name: Decimal(count) for name, count in split.items()}
        request = ResourceRequest(resource="claude-sonnet-4.6 on aws", scope="global", **sent)
        [row] = calculate([request])["items"]
        components = cast("ResourceLine", row)["components"]
        assert sum(Decimal(each["quantity"]) for each in components) == sum(split.values())
        expected = sum(prices[name] * count for name, count in split.items()) / MILLION
        assert Decimal(row["cost"] or 0) == expected

    check()


@pytest.mark.usefixtures("sample")
def test_details_show_the_prices_of_a_model_on_each_cloud() -> None:
    [grok] = details([], ["grok-4.3"], snapshot=snapshot())["resources"]
    rows = {(row["cloud"], row["scope"], row["context"]): row for row in grok["model_prices"]}

    assert rows["aws", "regional", ""]["input"] == "1.25"
    assert {row["cloud"]: row["source"] for row in grok["model_prices"]} == {
        "aws": "list",
        "azure": "list",
        "gcp": "community",
    }
    assert rows["aws", "regional", ""]["cached_input"] is None
    assert rows["azure", "geo", "long"]["output"] == "5.5"
    assert grok["example"] == {
        "items": [{"resource": "grok-4.3", "input_tokens": "1000000", "output_tokens": "1000000"}]
    }


@pytest.mark.usefixtures("sample")
@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("claude sonnet 4.6 on bedrock", ["claude-sonnet-4-6-on-aws"]),
        ("grok 4.3 on vertex ai", ["grok-4.3-on-gcp"]),
        ("gpt-5 mini price", ["gpt-5-mini"]),
        ("Grok 4.3 or gemini 2.5 pro", ["grok-4.3", "gemini-2.5-pro"]),
        ("tokens", []),
    ],
)
def test_search_names_the_models_of_a_question(query: str, names: list[str]) -> None:
    found = search(SearchRequest(query=query))["resources"]

    assert [each["resource"] for each in found] == names
    for each in found:
        calculated = calculate([read_item(each["example"]["items"][0])])["items"]
        assert calculated
