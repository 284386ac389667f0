from __future__ import annotations

import pytest

from catalog.offers import DATA
from catalog.offers.plain import DEFAULT_COST, cost_of, costs_of
from catalog.offers.vocabulary import Fact, parse_facts
from catalog.words import entries


@pytest.mark.parametrize(
    ("fact", "cost"),
    [
        (("term", "ondemand"), 0),
        (("term", "spot"), 300),
        (("term", "dws"), 500),
        (("made_up", "value"), DEFAULT_COST),
    ],
)
def test_a_value_costs_its_own_price_or_that_of_its_attribute(fact: Fact, cost: int) -> None:
    assert cost_of(fact) == cost


def test_each_purpose_and_kind_of_traffic_costs_of_its_own_and_of_other_values_the_dearest() -> None:
    facts = [
        ("purpose", "custom"),
        ("purpose", "extended"),
        ("network", "vpn"),
        ("network", "internet"),
        ("part", "core"),
        ("part", "egress"),
    ]

    assert costs_of(facts) == {
        "purpose=custom": 250,
        "purpose=extended": 150,
        "network=vpn": 250,
        "network=internet": 50,
        "part": 80,
    }


def test_costs_are_of_attributes_that_skus_have() -> None:
    attributes = {key.partition("=")[0] for _, key, _ in entries(DATA / "costs.txt")}
    vocabulary = {
        fact[0]
        for _, key, _ in entries(DATA / "vocabulary.txt")
        for alternatives in parse_facts(key.removeprefix("ask ").removeprefix("name "))
        for fact in alternatives
    }
    otherwise_read = {
        "product",
        "span",
        "shape",
        "size",
        "version",
        "llm",
        "llm_version",
        "llm_tier",
        "scope",
    }

    assert attributes <= vocabulary | otherwise_read
