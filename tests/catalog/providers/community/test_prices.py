"""The bundled list that a community keeps, and the program that cuts it."""

from __future__ import annotations

import importlib.util
from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from catalog.meters.vocabulary import hosts
from catalog.offers.model_names import Names
from catalog.providers.community.prices import CommunityPrice, prices, source
from catalog.providers.records import PROVIDERS

SCRIPT = Path(__file__).parents[4] / "script" / "community_prices.py"
DAY = date(2026, 11, 29)


@pytest.fixture(scope="module")
def program() -> Any:
    spec = importlib.util.spec_from_file_location("community_prices", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_each_price_is_of_one_thing_in_the_words_of_meters_and_more_than_nothing() -> None:
    names = Names()
    keys = Counter(price[:11] for price in prices())

    assert len(keys) == len(prices()) > 1000
    for price in prices():
        assert price.usd > 0
        assert price.provider in PROVIDERS
        assert names.developer(price.model_id) == price.developer
        assert price.scope in ("", "regional", "geo", "global")
        assert price.tier in ("standard", "batch", "flex", "priority")
        assert price.context in ("", "short", "long")
        assert price.modality in ("text", "audio", "image", "video")
        assert (price.direction, price.cache) in {
            ("Input", "Uncached"),
            ("Input", "Read"),
            ("Input", "Write"),
            ("Output", "Uncached"),
        }
        assert set(price.variant.split()) <= {"1h", *hosts()}


def test_the_source_says_which_list_it_is_and_when_it_was_read() -> None:
    found = source()

    assert found.url.startswith("https://github.com/BerriAI/litellm/")
    assert found.licence.startswith("MIT")
    assert date.fromisoformat(found.read_on) <= DAY


def cut(
    program: Any, entries: dict[str, dict[str, Any]]
) -> tuple[list[CommunityPrice], dict[str, list[str]]]:
    left_out: defaultdict[str, list[str]] = defaultdict(list)
    return program.cut(entries, DAY, left_out), left_out


def entry(provider: str = "azure", **costs: str) -> dict[str, Any]:
    return {"litellm_provider": provider, **{name: Decimal(cost) for name, cost in costs.items()}}


def test_a_field_of_the_list_is_read_into_what_it_counts(program: Any) -> None:
    costs = {
        "input_cost_per_token": "2.5e-06",
        "input_cost_per_token_above_272k_tokens_priority": "0.00001",
        "cache_read_input_token_cost_flex": "1.3e-07",
        "cache_creation_input_token_cost": "3e-06",
        "cache_creation_input_token_cost_above_1hr": "5e-06",
        "output_cost_per_audio_token_batches": "0.00002",
        "output_cost_per_second": "1",
        "output_cost_per_token": "0",
    }
    found, _ = cut(program, {"azure/us/gpt-5.4": entry(**costs)})

    assert {tuple(price)[3:12] for price in found} == {
        ("us", "geo", "standard", "short", "text", "", "Input", "Uncached", Decimal("2.5")),
        ("us", "geo", "priority", "long", "text", "", "Input", "Uncached", Decimal(10)),
        ("us", "geo", "flex", "short", "text", "", "Input", "Read", Decimal("0.13")),
        ("us", "geo", "standard", "short", "text", "", "Input", "Write", Decimal(3)),
        ("us", "geo", "standard", "short", "text", "1h", "Input", "Write", Decimal(5)),
        ("us", "geo", "batch", "short", "audio", "", "Output", "Uncached", Decimal(20)),
    }


@pytest.mark.parametrize(
    ("provider", "name", "where"),
    [
        ("bedrock_converse", "global.anthropic.claude-sonnet-4-6", ("aws", "", "global", "")),
        ("bedrock_converse", "us.anthropic.claude-sonnet-4-6", ("aws", "us", "geo", "")),
        ("bedrock", "bedrock/us-gov-west-1/amazon.nova-pro-v1:0", ("aws", "us-gov-west-1", "regional", "")),
        ("vertex_ai-anthropic_models", "vertex_ai/claude-sonnet-4-6@default", ("gcp", "", "", "")),
        ("azure_ai", "azure_ai/FW-GLM-5.2", ("azure", "", "", "fireworks")),
        ("azure", "azure/eu/gpt-5-2025-08-07", ("azure", "eu", "geo", "")),
    ],
)
def test_a_name_says_where_a_model_is_sold_and_by_whom(
    program: Any, provider: str, name: str, where: tuple[str, ...]
) -> None:
    [price], _ = cut(program, {name: entry(provider, input_cost_per_token="1e-06")})

    assert (price.provider, price.region, price.scope, price.variant) == where


def test_what_contradicts_itself_or_is_unknown_or_gone_is_left_out_with_the_reason(program: Any) -> None:
    found, left_out = cut(
        program,
        {
            "azure/gpt-5": entry(input_cost_per_token="1e-06"),
            "azure_ai/gpt-5": entry("azure_ai", input_cost_per_token="2e-06"),
            "azure/gpt-5-mini": entry(input_cost_per_token="1e-06"),
            "azure_ai/gpt-5-mini": entry("azure_ai", input_cost_per_token="1e-06"),
            "azure/gpt-99": entry(input_cost_per_token="1e-06"),
            "azure/o1": entry(input_cost_per_token="1e-06") | {"deprecation_date": "2026-07-15"},
            "azure/hd/1024-x-1024/dall-e-3": entry(input_cost_per_token="1e-06"),
            "gpt-5": entry("openai", input_cost_per_token="1e-06"),
        },
    )

    assert [price.model_id for price in found] == ["gpt-5-mini"]
    assert {reason: len(names) for reason, names in left_out.items()} == {
        "several prices for one thing": 1,
        "not in the table of names": 1,
        "withdrawn": 1,
        "sold by size, step or commitment": 1,
    }
