"""Tokens of language models, under the names of the models: gemini-2.5-pro."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

from catalog.errors import InvalidArgumentError
from catalog.offers import DATA
from catalog.offers.language_models import TIER, VERSION, language_model_at
from catalog.offers.phrases import texts
from catalog.offers.resources.arguments import refuse_others
from catalog.offers.resources.bill import Bill, Choice, Part, Time, facts
from catalog.offers.resources.request import ResourceRequest
from catalog.offers.vocabulary import Fact

# The amounts, what they are called, and what their SKUs are.
DIRECTIONS: dict[str, tuple[str, tuple[str, ...]]] = {
    "input_tokens": ("input tokens", ("direction=input",)),
    "output_tokens": ("output tokens", ("direction=output",)),
    "cached_input_tokens": ("cached input tokens", ("direction=input", "cache=cached")),
    "cache_write_tokens": ("cache writes", ("direction=input", "cache=write")),
}
TAKES = (*DIRECTIONS, "batch", "context", "cloud", "tier")
NOT_INCLUDED = ("grounding", "context cache storage", "images, audio and video")
CONTEXTS = ("short", "long")
CLOUDS = ("gcp", "google", "google-cloud", "vertex-ai")
STANDARD, BATCH = "standard", "batch"
SHORT = "Prompts of a short context, as no context is named; send context long for others."
# What may follow the name of a model.
_DIRECTION_WORDS = frozenset({"input", "output", "token", "text", "cached"})


def model_facts(name: str) -> tuple[Fact, ...]:
    """The facts of the model that `name` is, or none."""
    words = [word for word in texts(name) if word not in _DIRECTION_WORDS]
    found = language_model_at(words, 0) if words else None
    return found[1] if found and found[0] == len(words) else ()


def tokens_bill(request: ResourceRequest, name: str) -> Bill:
    """What the tokens of a model are billed as.

    Args:
        request: what was asked for.
        name: a name that has `model_facts`.

    Raises:
        InvalidArgumentError: the model is not billed by tokens, or an argument is no value of it.
    """
    refuse_others(request, name, TAKES)
    model = model_facts(name)
    brand = dict(model)["llm"]
    if brand in _data()["others"]:
        raise InvalidArgumentError(f"{brand} is not billed by tokens.", hint=f"Search for {brand}.")
    tier = _value(request.tier, "tier", (STANDARD, BATCH, *_data()["words"])) or STANDARD
    is_batch = request.batch or tier == BATCH
    context = _value(request.context, "context", CONTEXTS)
    _value(request.cloud, "cloud", CLOUDS)
    bill = Bill(name, not_included=NOT_INCLUDED, choices=tuple(_choices(request, model)))
    if bill.choices:
        return bill
    purposes = [*([BATCH] if is_batch else []), *(["long"] if context == "long" else [])]
    words = tuple(_data()["words"][STANDARD if tier == BATCH else tier])
    parts = tuple(_parts(request, model, purposes, words))
    return replace(bill, parts=parts, notes=() if context else (SHORT,))


def _parts(
    request: ResourceRequest, model: tuple[Fact, ...], purposes: list[str], words: tuple[str, ...]
) -> Iterator[Part]:
    special = "".join(f"{purpose} " for purpose in purposes)
    for argument, (name, direction) in DIRECTIONS.items():
        amount = getattr(request, argument)
        if amount is not None:
            found = facts("product=vertex-ai", *model, *direction, *(("purpose", each) for each in purposes))
            yield Part(f"{special}{name}", (found,), amount, "count", Time.USE, words=words)


def _choices(request: ResourceRequest, model: tuple[Fact, ...]) -> Iterator[Choice]:
    """What is open: which model of a brand, and how many tokens."""
    known = dict(model)
    if VERSION not in known and TIER not in known:
        names = tuple(each for each in _data()["names"] if each.startswith(known["llm"]))
        yield Choice("resource", names, "Which model?")
    if all(getattr(request, argument) is None for argument in DIRECTIONS):
        yield Choice("input_tokens", (), "How many input_tokens and output_tokens in a month?")


def _value(said: str | None, argument: str, values: tuple[str, ...]) -> str | None:
    """The value of an argument, or None if it is not said."""
    if said is None:
        return None
    value = "-".join(said.strip().lower().split())
    if value not in values:
        raise InvalidArgumentError(
            f"{argument} {said!r} is none of {', '.join(dict.fromkeys(values))}.", candidates=list(values)
        )
    return value


def model_names() -> list[str]:
    """Names of models to propose."""
    return list(_data()["names"])


@cache
def _data() -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads((DATA / "models.toml").read_text(encoding="utf-8"))["tokens"]
    return found
