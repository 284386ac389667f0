"""What the tokens of language models are billed as."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from catalog.errors import InvalidArgumentError, NotFoundError
from catalog.offers.resources.bill import Bill, Part
from catalog.offers.resources.read import read_bill
from catalog.offers.resources.request import ResourceRequest

MILLION = Decimal(1_000_000)


def model(resource: str, **arguments: Any) -> Bill:
    return read_bill(ResourceRequest(resource=resource, **arguments))


def first(resource: str, **arguments: Any) -> Part:
    return model(resource, **{"input_tokens": MILLION} | arguments).parts[0]


def test_each_kind_of_tokens_is_a_part_in_single_tokens() -> None:
    bill = model(
        "gemini-2.5-pro", input_tokens=MILLION, output_tokens=Decimal(5), cached_input_tokens=Decimal(7)
    )

    assert [(part.name, f"{part.quantity:f} {part.unit}") for part in bill.parts] == [
        ("input tokens", "1000000 count"),
        ("output tokens", "5 count"),
        ("cached input tokens", "7 count"),
    ]
    assert ("cache", "cached") in bill.parts[2].facts[0]


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("gemini-2.5-pro", {("llm", "gemini"), ("llm_version", "2-5"), ("llm_tier", "pro")}),
        ("Gemini 2.5 Flash Lite", {("llm", "gemini"), ("llm_version", "2-5"), ("llm_tier", "flash-lite")}),
        ("gemini-2.5-pro input", {("llm", "gemini"), ("llm_version", "2-5"), ("llm_tier", "pro")}),
        ("claude-sonnet-4", {("llm", "claude"), ("llm_version", "4"), ("llm_tier", "sonnet")}),
        ("gpt-oss-120b", {("llm", "gpt-oss"), ("llm_version", "120b")}),
    ],
)
def test_a_model_is_read_from_its_name(name: str, facts: set[tuple[str, str]]) -> None:
    assert facts <= first(name).facts[0]


@pytest.mark.parametrize(
    ("arguments", "purposes", "name"),
    [
        ({}, set(), "input tokens"),
        ({"batch": True}, {"batch"}, "batch input tokens"),
        ({"tier": "batch"}, {"batch"}, "batch input tokens"),
        ({"context": "long"}, {"long"}, "long input tokens"),
        ({"context": "short"}, set(), "input tokens"),
    ],
)
def test_batches_and_long_contexts_have_skus_of_their_own(
    arguments: dict[str, Any], purposes: set[str], name: str
) -> None:
    part = first("gemini-2.5-pro", **arguments)

    assert {value for attribute, value in part.facts[0] if attribute == "purpose"} == purposes
    assert part.name == name


def test_another_tier_is_never_priced_as_the_standard_one() -> None:
    standard, flex = (set(first("gemini-2.5-pro", tier=tier).words) for tier in (None, "flex"))

    assert standard.isdisjoint(flex)


def test_a_context_that_is_not_named_is_said() -> None:
    assert model("gemini-2.5-pro", input_tokens=MILLION).notes
    assert not model("gemini-2.5-pro", input_tokens=MILLION, context="short").notes


@pytest.mark.parametrize(
    ("resource", "arguments", "attribute"),
    [("gemini", {"input_tokens": MILLION}, "resource"), ("gemini-2.5-pro", {}, "input_tokens")],
)
def test_what_is_open_is_asked(resource: str, arguments: dict[str, Any], attribute: str) -> None:
    [choice] = model(resource, **arguments).choices

    assert choice.attribute == attribute


@pytest.mark.parametrize(
    ("resource", "arguments", "message"),
    [
        ("imagen-4", {}, "not billed by tokens"),
        ("gemini-2.5-pro", {"cloud": "aws"}, "aws"),
        ("gemini-2.5-pro", {"context": "wide"}, "wide"),
        ("gemini-2.5-pro", {"size_gib": MILLION}, "size_gib"),
    ],
)
def test_what_makes_no_sense_is_refused(resource: str, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidArgumentError, match=message):
        first(resource, **arguments)


def test_a_misspelled_model_has_the_nearest_ones() -> None:
    with pytest.raises(NotFoundError) as caught:
        first("gemini-2.5-proo")

    assert caught.value.candidates[0] == {"resource": "gemini-2.5-pro"}
