"""The tokens of a model at every other model and cloud."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from catalog.providers.sample.source import SampleSource
from catalog.sync.run import sync
from costs.errors import InvalidQuestionError
from costs.management.report_table import comparison
from costs.query.snapshot import take
from costs.reports.compare_models import CompareAnswer, ModelRow, compare_models
from tests.costs.stores import Charge, MemoryStore, charge, tokens

pytestmark = pytest.mark.django_db
SONNET = {"model": ["claude-sonnet-4-6"]}
# Models of the sample; the community's list has many more, and an answer at most fifty rows.
OF_SAMPLE = (
    "claude-sonnet-4-6",
    "claude-sonnet-4",
    "gpt-5-mini",
    "gpt-5.4-mini",
    "gemini-2.5-pro",
    "qwen3-32b",
)


@pytest.fixture(autouse=True)
def _sample() -> None:
    sync(SampleSource())


def used(count: str, cost: str, direction: str = "Input", cache: str = "Uncached", **others: Any) -> Charge:
    axes = {
        "x_TokenDirection": direction,
        "x_TokenCacheAction": cache,
        "x_Modality": "text",
        "x_ServiceTier": "standard",
    }
    return tokens(count, cost=cost, **axes | others)


def compared(*charges: Charge, **arguments: Any) -> CompareAnswer:
    sent = {"filters": SONNET, "candidates": OF_SAMPLE} | arguments
    return compare_models(take(MemoryStore([*charges]), None), **sent)


def row(answer: CompareAnswer, model: str, cloud: str, scope: str | None) -> ModelRow:
    [found] = [
        each
        for each in answer["rows"]
        if (each["model"], each["cloud"], each["scope"]) == (model, cloud, scope)
    ]
    return found


# A million each: input, output and read from a cache. Prices of the sample, to the digit.
MIX = (used("1000000", "2.7"), used("1000000", "13.5", "Output"), used("1000000", "0.27", cache="Read"))


def test_the_same_tokens_cost_what_each_cloud_lists() -> None:
    answer = compared(*MIX)

    assert row(answer, "claude-sonnet-4-6", "aws", "global")["list_cost"] == "18.3"
    assert row(answer, "gpt-5-mini", "azure", "global")["list_cost"] == "2.275"
    assert row(answer, "gemini-2.5-pro", "gcp", None)["list_cost"] == "11.375"
    costs = [Decimal(each["list_cost"] or 0) for each in answer["rows"] if not each["partial"]]
    assert costs == sorted(costs)


def test_what_was_paid_is_the_price_of_the_callers_own_bill() -> None:
    own = row(compared(*MIX), "claude-sonnet-4-6", "aws", "global")

    assert own["own_cost"] == {"USD": "16.47"}
    assert row(compared(*MIX), "gpt-5-mini", "azure", "global")["own_cost"] == {}


def test_a_model_without_a_price_for_a_part_says_which_and_comes_after_whole_ones() -> None:
    answer = compared(*MIX)
    found = row(answer, "qwen3-32b", "aws", "regional")

    assert (found["partial"], found["missing"]) == (True, ["Input Read"])
    assert {each["cache"] for each in found["prices"]} == {"Uncached"}
    partial = [each["partial"] for each in answer["rows"]]
    assert partial == sorted(partial)


def test_cached_tokens_are_counted_once_at_the_price_of_reads() -> None:
    answer = compared(used("4000000", "1.2", cache="Read"))

    assert row(answer, "claude-sonnet-4-6", "aws", "global")["list_cost"] == "1.2"


@pytest.mark.parametrize(
    ("axes", "model", "cloud", "scope", "cost"),
    [
        ({"x_ServiceTier": "batch"}, "claude-sonnet-4-6", "aws", "regional", "1.65"),
        ({"x_ServiceTier": "priority"}, "gpt-5.4-mini", "azure", "global", "1.5"),
        ({"x_Context": "long"}, "claude-sonnet-4", "aws", "global", "6"),
    ],
)
def test_tokens_of_a_tier_or_a_long_context_have_its_price_alone(
    axes: dict[str, str], model: str, cloud: str, scope: str, cost: str
) -> None:
    answer = compared(used("1000000", "1", **axes))

    assert row(answer, model, cloud, scope)["list_cost"] == cost
    others = compared(used("1000000", "1", **axes), candidates=["nova-2-lite on aws"])
    assert others["rows"] == []


def test_charges_that_are_no_text_tokens_are_told_with_their_cost() -> None:
    model = {"x_ModelId": "claude-sonnet-4-6", "x_BillingModel": "Claude"}
    answer = compared(*MIX, charge(cost="7", **model), used("5", "3", x_Modality="audio"))

    assert answer["left_out"][0].startswith("10 USD of these charges is not compared")
    assert sum(Decimal(each["tokens"]) for each in answer["used"]) == 3_000_000


def test_candidates_narrow_the_models() -> None:
    answer = compared(*MIX, candidates=["gpt-5 mini on foundry", "grok-4.3"])

    assert {(each["model"], each["cloud"]) for each in answer["rows"]} == {
        ("gpt-5-mini", "azure"),
        ("grok-4.3", "aws"),
        ("grok-4.3", "azure"),
        ("grok-4.3", "gcp"),
    }
    sources = {each["cloud"]: each["source"] for each in answer["rows"]}
    assert sources["aws"] == "AWS, bundled sample"
    assert sources["gcp"].startswith("community: LiteLLM ")


def test_without_tokens_it_says_that_there_is_nothing_to_compare() -> None:
    answer = compared(charge(cost="7"))

    assert (answer["rows"], answer["used"]) == ([], [])
    assert "nothing to compare" in (answer["hint"] or "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"candidates": ["gpt-99"]}, "no model 'gpt-99'|no model .gpt-99"),
        ({"candidates": ["gpt-5-mini on bedrock"]}, "no gpt-5-mini on aws"),
    ],
)
def test_what_cannot_be_compared_is_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidQuestionError, match=message):
        compared(*MIX, **arguments)


def test_rows_of_a_communitys_list_are_marked_in_the_answer_and_in_the_text() -> None:
    answer = compared(*MIX, candidates=["claude-opus-5"])
    sources = {each["source"].partition(":")[0] for each in answer["rows"]}

    assert sources == {"community"}
    assert "bundled sample" not in (answer["hint"] or "")
    assert f"{len(answer['rows'])} of {len(answer['rows'])} rows are of a community's list" in (
        answer["hint"] or ""
    )
    assert comparison(answer).count("community's ") >= len(answer["rows"])


def test_tokens_of_an_unknown_context_are_told_to_be_priced_as_short_ones() -> None:
    hint = compared(used("1000", "1"), used("500", "1", x_Context="short"))["hint"] or ""

    assert "1000 tokens are of an unknown context" in hint
    assert "unknown context" not in (compared(used("500", "1", x_Context="short"))["hint"] or "")
