from __future__ import annotations

from typing import Any

from tests.costs.reports.showing import only, shown
from tests.costs.stores import Charge, MemoryStore, tokens

SONNET = "claude-sonnet-4-6"


def used(cache: str | None, count: str, cost: str, **others: Any) -> Charge:
    return tokens(count, cost=cost, x_TokenCacheAction=cache, **{"x_ServiceTier": "standard", **others})


def test_savings_are_the_reads_at_the_uncached_price_less_what_they_cost() -> None:
    store = MemoryStore([used("Uncached", "1000000", "3"), used("Read", "4000000", "1.2")])

    row = only(shown("cache-savings", store)["rows"])

    assert row["saved"] == "10.8"
    assert row["uncached_price"] == "3"
    assert row["cached_tokens"] == "4000000"
    assert row["cached_share"] == "0.8"


def test_what_writes_cost_above_the_uncached_price_lowers_the_savings() -> None:
    store = MemoryStore(
        [used("Uncached", "1000000", "4"), used("Write", "1000000", "5"), used("Read", "10", "0")]
    )

    row = only(shown("cache-savings", store)["rows"])

    assert row["saved"] == "-0.99996"
    assert row["write_cost"] == "5"


def test_savings_are_unknown_without_uncached_input_to_compare_with() -> None:
    row = only(shown("cache-savings", MemoryStore([used("Read", "4000000", "1.2")]))["rows"])

    assert row["saved"] is None
    assert row["uncached_price"] is None
    assert row["read_cost"] == "1.2"


def test_models_clouds_tiers_and_currencies_have_prices_of_their_own() -> None:
    store = MemoryStore(
        [
            used("Uncached", "1000000", "3"),
            used("Read", "1000000", "1"),
            used("Uncached", "1000000", "30", BillingCurrency="EUR"),
            used("Read", "1000000", "10", BillingCurrency="EUR"),
            used("Uncached", "1000000", "300", x_ModelId="claude-opus-4-6"),
            used("Read", "1000000", "100", x_ModelId="claude-opus-4-6"),
        ]
    )

    rows = shown("cache-savings", store)["rows"]

    assert [(row["currency"], row["model"], row["saved"]) for row in rows] == [
        ("EUR", SONNET, "20"),
        ("USD", "claude-opus-4-6", "200"),
        ("USD", SONNET, "2"),
    ]


def test_models_without_a_cache_have_no_row() -> None:
    assert shown("cache-savings", MemoryStore([used("Uncached", "1000000", "3")]))["rows"] == []


def test_charges_whose_tokens_are_unknown_are_left_out_and_said() -> None:
    unknown = {**used("Uncached", "1", "50"), "x_Tokens": None}
    store = MemoryStore([used("Uncached", "1000000", "3"), unknown, used("Read", "1000000", "1")])

    found = shown("cache-savings", store)

    assert only(found["rows"])["saved"] == "2"
    assert "leaves out 50 USD of charges without tokens" in (found["hint"] or "")
