"""Answers say whose prices they have: swept over models of each source, alone and together."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest

from catalog.estimates.estimate import Options, estimate
from catalog.estimates.files import read_file
from catalog.management.estimate_text import text
from catalog.pricing.list_prices import snapshot
from catalog.providers.records import NAMES
from catalog.providers.sample.source import SampleSource
from catalog.sync.run import sync
from tools.registry import call

pytestmark = pytest.mark.django_db
# Models by (cloud, whether a community's list prices it).
MODELS = {
    ("aws", False): {"resource": "claude-sonnet-4.6 on aws", "scope": "global"},
    ("azure", False): {"resource": "gpt-5-mini on azure", "scope": "global"},
    ("gcp", False): {"resource": "gemini-2.5-pro"},
    ("aws", True): {"resource": "claude-opus-5 on aws", "scope": "global"},
    ("azure", True): {"resource": "gpt-4o on azure", "scope": "geo"},
    ("gcp", True): {"resource": "grok-4.3 on gcp"},
}


@pytest.fixture(autouse=True)
def _sample() -> None:
    sync(SampleSource())


def asked(tool: str, **arguments: Any) -> dict[str, Any]:
    found: Any = call(tool, arguments)
    return dict(found.content)


def test_the_sentences_follow_from_the_sources_of_the_prices() -> None:
    for keys in (*combinations(MODELS, 1), *combinations(MODELS, 2)):
        items = [MODELS[key] | {"input_tokens": "1000000"} for key in keys]
        told = asked("calculate", items=items)["assumptions"]
        [said] = [each for each in told if each.startswith("Prices are ")]
        own = said.partition(" list prices")[0] if " list prices" in said else ""
        theirs = said.partition("), not ")[2]

        for cloud, name in NAMES.items():
            assert (f"{name}'s" in own) == ((cloud, False) in keys), keys
            assert (f"{name}'s" in theirs) == ((cloud, True) in keys), keys
        is_listed = any(not of_community for _, of_community in keys)
        assert any("bundled sample" in each for each in told) == is_listed


def test_what_is_open_is_nobodys_price_yet() -> None:
    told = asked("calculate", items=[{"resource": "claude-opus-5 on aws", "input_tokens": "1"}])[
        "assumptions"
    ]

    assert "Prices are list prices, before taxes and any discounts you have." in told


def test_a_hint_calls_no_communitys_price_one_of_the_sample() -> None:
    assert "bundled sample" not in f"{asked('details', resources=['claude-opus-5'])['hint']}"
    assert "bundled sample" in f"{asked('details', resources=['grok-4.3'])['hint']}"


def test_an_estimate_in_text_names_the_lines_that_a_community_prices() -> None:
    content = "resource,scope,input_tokens\ngpt-4o on azure,geo,1000000\ngemini-2.5-pro,,1000000\n"
    printed = text(estimate(read_file(content.encode()), snapshot(), Options()))

    assert "Not the provider's word, but a community's list:\n  gpt-4o-on-azure: 2.75 USD\n" in printed
    assert "gemini-2.5-pro: " not in printed
