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
from catalog.offers.resources.arguments import refuse_others
from catalog.offers.resources.bill import Bill, Choice, ModelUse, Part, Time, Tokens, facts
from catalog.offers.resources.model_clouds import GCP, clouds_of, read_model_name
from catalog.offers.resources.model_clouds import words_of as _words
from catalog.offers.resources.request import ResourceRequest
from catalog.offers.vocabulary import Fact

# The amounts, what they are called, what their SKUs are, and what a meter says of them.
DIRECTIONS: dict[str, tuple[str, tuple[str, ...], Tokens]] = {
    "input_tokens": ("input tokens", ("direction=input",), Tokens("Input", "Uncached")),
    "output_tokens": ("output tokens", ("direction=output",), Tokens("Output", "Uncached")),
    "cached_input_tokens": (
        "cached input tokens",
        ("direction=input", "cache=cached"),
        Tokens("Input", "Read"),
    ),
    "cache_write_tokens": ("cache writes", ("direction=input", "cache=write"), Tokens("Input", "Write")),
}
TAKES = (*DIRECTIONS, "batch", "context", "cloud", "tier", "scope")
NOT_INCLUDED = ("grounding", "context cache storage", "images, audio and video")
CONTEXTS = ("short", "long")
SCOPES = ("regional", "geo", "global")
STANDARD, BATCH, LONG = "standard", "batch", "long"
SHORT = "Prompts of a short context, as no context is named; send context long for others."


def model_facts(name: str) -> tuple[Fact, ...]:
    """The facts of the model that `name` is, or none."""
    words = _words(name)
    found = language_model_at(words, 0) if words else None
    return found[1] if found and found[0] == len(words) else ()


def is_model(name: str) -> bool:
    """Whether `name` is a model, maybe on a cloud."""
    found = read_model_name(name)
    return bool(found.model_id or model_facts(found.name))


def tokens_bill(request: ResourceRequest, name: str) -> Bill:
    """What the tokens of a model are billed as.

    Args:
        request: what was asked for.
        name: a name that `is_model`.

    Raises:
        InvalidArgumentError: the model is not billed by tokens, or an argument is no value of it.
    """
    refuse_others(request, name, TAKES)
    read = read_model_name(name)
    facts_of_it = model_facts(read.name)
    brand = dict(facts_of_it).get("llm", "")
    if brand in _data()["others"]:
        raise InvalidArgumentError(f"{brand} is not billed by tokens.", hint=f"Search for {brand}.")
    tier = _value(request.tier, "tier", (STANDARD, BATCH, *_data()["words"])) or STANDARD
    if request.batch and tier not in (STANDARD, BATCH):
        raise InvalidArgumentError(f"batch is a tier of its own: {name} has no {tier} tier of batches.")
    tier = BATCH if request.batch else tier
    context = _value(request.context, "context", CONTEXTS)
    clouds = clouds_of(read, request.cloud, is_of_google=bool(facts_of_it))
    by_facts = GCP in clouds and bool(facts_of_it)
    scope = _value(request.scope, "scope", SCOPES)
    counted = tuple(
        what[2] for argument, what in DIRECTIONS.items() if getattr(request, argument) is not None
    )
    use = ModelUse(read.model_id or read.name, clouds, counted, tier, scope, context, by_facts=by_facts)
    choices = tuple(_choices(request, facts_of_it, is_listed=bool(read.model_id)))
    bill = Bill(name, not_included=NOT_INCLUDED, choices=choices, model=use)
    if bill.choices:
        return bill
    purposes = [*([BATCH] if tier == BATCH else []), *([LONG] if context == LONG else [])]
    words = tuple(_data()["words"][STANDARD if tier == BATCH else tier])
    parts = tuple(_parts(request, facts_of_it, purposes, words))
    notes = () if context or clouds != (GCP,) else (SHORT,)
    return replace(bill, parts=parts, notes=notes)


def _parts(
    request: ResourceRequest, model: tuple[Fact, ...], purposes: list[str], words: tuple[str, ...]
) -> Iterator[Part]:
    special = "".join(f"{purpose} " for purpose in purposes)
    for argument, (name, direction, _) in DIRECTIONS.items():
        amount = getattr(request, argument)
        if amount is not None:
            found = facts("product=vertex-ai", *model, *direction, *(("purpose", each) for each in purposes))
            yield Part(f"{special}{name}", (found,), amount, "count", Time.USE, words=words)


def _choices(request: ResourceRequest, model: tuple[Fact, ...], *, is_listed: bool) -> Iterator[Choice]:
    """What is open: which model of a brand, and how many tokens."""
    known = dict(model)
    if not is_listed and VERSION not in known and TIER not in known:
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
    """Names of Google Cloud's models to propose."""
    return list(_data()["names"])


@cache
def _data() -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads((DATA / "models.toml").read_text(encoding="utf-8"))["tokens"]
    return found
