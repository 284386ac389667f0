"""What the tokens of language models are billed as."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from catalog.errors import InvalidArgumentError, NotFoundError
from catalog.offers.resources.bill import Bill, ModelUse, Part
from catalog.offers.resources.read import read_bill
from catalog.offers.resources.request import ResourceRequest

MILLION = Decimal(1_000_000)


def model(resource: str, **arguments: Any) -> Bill:
    return read_bill(ResourceRequest(resource=resource, **arguments))


def first(resource: str, **arguments: Any) -> Part:
    return model(resource, **{"input_tokens": MILLION} | arguments).parts[0]


def use(resource: str, **arguments: Any) -> ModelUse:
    found = model(resource, **{"input_tokens": MILLION} | arguments).model
    assert found
    return found


def test_each_kind_of_tokens_is_a_part_in_single_tokens() -> None:
    sent = {
        "output_tokens": Decimal(5),
        "cached_input_tokens": Decimal(7),
        "cache_write_tokens": Decimal(8),
        "cache_write_hour_tokens": Decimal(9),
    }
    bill = model("gemini-2.5-pro", input_tokens=MILLION, **sent)

    assert [(part.name, f"{part.quantity:f} {part.unit}") for part in bill.parts] == [
        ("input tokens", "1000000 count"),
        ("output tokens", "5 count"),
        ("cached input tokens", "7 count"),
        ("cache writes", "8 count"),
        ("cache writes for 1 hour", "9 count"),
    ]
    assert use("gemini-2.5-pro", **sent).counted == (
        ("Input", "Uncached", ""),
        ("Output", "Uncached", ""),
        ("Input", "Read", ""),
        ("Input", "Write", ""),
        ("Input", "Write", "1h"),
    )


@pytest.mark.parametrize(
    ("name", "model_id"),
    [
        ("gemini-2.5-pro", "gemini-2.5-pro"),
        ("Gemini 2.5 Flash Lite", "gemini-2.5-flash-lite"),
        ("gemini-2.5-pro input", "gemini-2.5-pro"),
        ("gemini 3.0 pro", "gemini-3-pro"),
        ("claude-sonnet-4", "claude-sonnet-4"),
        ("gpt-oss-120b", "gpt-oss-120b"),
        ("gemini-9.9-ultra", None),
    ],
)
def test_a_model_is_read_from_its_name(name: str, model_id: str | None) -> None:
    assert use(name).model_id == model_id


@pytest.mark.parametrize(
    ("arguments", "tier", "context", "name"),
    [
        ({}, "standard", None, "input tokens"),
        ({"batch": True}, "batch", None, "batch input tokens"),
        ({"tier": "batch"}, "batch", None, "batch input tokens"),
        ({"tier": "flex"}, "flex", None, "flex input tokens"),
        ({"context": "long"}, "standard", "long", "long input tokens"),
        ({"context": "short"}, "standard", "short", "input tokens"),
    ],
)
def test_batches_and_long_contexts_have_prices_of_their_own(
    arguments: dict[str, Any], tier: str, context: str | None, name: str
) -> None:
    found = use("gemini-2.5-pro", **arguments)

    assert (found.tier, found.context) == (tier, context)
    assert first("gemini-2.5-pro", **arguments).name == name


@pytest.mark.parametrize(("host", "read"), [("Fireworks", "fireworks"), ("azure", ""), (None, None)])
def test_a_host_is_another_or_the_cloud_itself(host: str | None, read: str | None) -> None:
    assert use("glm-5.2 on azure", host=host).host == read


@pytest.mark.parametrize(
    ("resource", "arguments", "attribute"),
    [
        ("gemini", {"input_tokens": MILLION}, "resource"),
        ("claude sonnet", {"input_tokens": MILLION}, "resource"),
        ("gemini-2.5-pro", {}, "input_tokens"),
    ],
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
        ("gemini-2.5-pro", {"host": "nobody"}, "nobody"),
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
