from __future__ import annotations

import re

import pytest

from catalog.errors import InvalidArgumentError
from costs.query.dimensions import DIMENSIONS
from tools import prompts, registry


@pytest.mark.parametrize("name", prompts.PROMPTS)
def test_a_prompt_asks_tools_of_its_scope_and_names_its_arguments(name: str) -> None:
    prompt = prompts.PROMPTS[name]
    named = {tool for tool in registry.TOOLS if re.search(rf"\b{tool}\b", prompt.text)}

    assert named
    assert {registry.TOOLS[tool].scope for tool in named} == {prompt.scope}
    optional = {each.name for each in prompt.arguments if not each.required}
    assert set(re.findall(r"\{(\w+)\}", prompt.text)) == {each.name for each in prompt.arguments}
    assert prompt.defaults.keys() == optional


def test_arguments_fill_the_text_and_those_left_out_have_a_default() -> None:
    text = prompts.fill("compare_regions", {"resource": " n2-standard-4 ", "regions": ""})

    assert text.startswith("What does n2-standard-4 cost in each region that sells it?")


def test_braces_in_an_argument_are_its_own() -> None:
    assert prompts.fill("estimate_terraform_plan", {"plan": '{"region": {0}}'}).endswith('{"region": {0}}')


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "statement is missing"),
        ({"statement": " "}, "statement is missing"),
        ({"statement": "x", "unit": "h"}, "Unknown argument 'unit'. Arguments: statement."),
        ({"statement": "x" * 100_001}, "longer than 100000 characters"),
    ],
)
def test_arguments_that_cannot_be_used_are_refused(sent: dict[str, str], words: str) -> None:
    with pytest.raises(InvalidArgumentError, match=re.escape(words)):
        prompts.fill("check_a_price", sent)


def test_values_are_offered_that_begin_as_typed() -> None:
    regions = prompts.complete("compare_regions", "regions", "Europe-west1")
    assert {"europe-west1", "europe-west10"} <= set(regions)
    assert len(prompts.complete("compare_regions", "resource", "")) == prompts.MAX_COMPLETIONS
    assert set(prompts.complete("ai_cost_last_month", "by", "")) <= set(DIMENSIONS)
    assert prompts.complete("check_a_price", "statement", "n") == []
    assert prompts.complete("nothing", "regions", "") == []
