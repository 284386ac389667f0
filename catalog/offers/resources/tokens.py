"""Tokens of language models, under the names of the models: gemini-2.5-pro."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from typing import Any

from catalog.errors import InvalidArgumentError
from catalog.meters.vocabulary import hosts
from catalog.offers import DATA
from catalog.offers.language_models import language_model_at
from catalog.offers.phrases import texts
from catalog.offers.resources.arguments import refuse_others
from catalog.offers.resources.bill import UNSPECIFIED, Bill, Choice, ModelUse, Part, Time, Tokens
from catalog.offers.resources.model_aliases import ids_meant_by, words_of_name
from catalog.offers.resources.model_clouds import (
    AWS,
    AZURE,
    GCP,
    clouds_of,
    read_model_name,
)
from catalog.offers.resources.request import HOURS_PER_MONTH, ResourceRequest

# The amounts, what they are called, and what a meter says of them.
DIRECTIONS: dict[str, tuple[str, Tokens]] = {
    "input_tokens": ("input tokens", Tokens("Input", "Uncached")),
    "output_tokens": ("output tokens", Tokens("Output", "Uncached")),
    "cached_input_tokens": ("cached input tokens", Tokens("Input", "Read")),
    "cache_write_tokens": ("cache writes", Tokens("Input", "Write")),
    "cache_write_hour_tokens": ("cache writes for 1 hour", Tokens("Input", "Write", "1h")),
}
TAKES = (*DIRECTIONS, "batch", "context", "cloud", "tier", "scope", "host")
NOT_INCLUDED = ("grounding", "context cache storage", "images, audio and video")
CONTEXTS = ("short", "long")
SCOPES = ("regional", "geo", "global", UNSPECIFIED)
CLOUDS = (AWS, AZURE, GCP)
STANDARD, BATCH, LONG = "standard", "batch", "long"
TIERS = (STANDARD, BATCH, "flex", "priority")


def is_model(name: str) -> bool:
    """Whether `name` is a model, maybe on a cloud, or leaves open which one, or has the form of a model's."""
    found = read_model_name(name)
    return bool(found.model_id or ids_meant_by(found.name) or _has_form(found.name))


def _has_form(name: str) -> bool:
    """Whether it is a name like those of models, such as one of a model that is not in the table yet."""
    words = texts(name)
    found = language_model_at(words, 0) if words else None
    return bool(found and found[0] == len(words))


def tokens_bill(request: ResourceRequest, name: str) -> Bill:
    """What the tokens of a model are billed as.

    Args:
        request: what was asked for.
        name: a name that `is_model`.

    Raises:
        InvalidArgumentError: the model is not billed by tokens, or an argument is no value of it.
    """
    refuse_others(request, name, TAKES)
    if request.hours != HOURS_PER_MONTH:
        raise InvalidArgumentError(
            f"{name} has no hours: tokens are counted, whatever the time.", hint="Send the tokens of a month."
        )
    read = read_model_name(name)
    brand = words_of_name(read.name)[0]
    if brand in _data()["others"]:
        raise InvalidArgumentError(f"{brand} is not billed by tokens.", hint=f"Search for {brand}.")
    host = _host(request.host)
    use = ModelUse(
        read.model_id,
        read.name,
        _hosting(host, clouds_of(read, request.cloud), name),
        tuple(what for argument, (_, what) in DIRECTIONS.items() if getattr(request, argument) is not None),
        tier=_tier(request, name),
        scope=_value(request.scope, "scope", SCOPES),
        context=_value(request.context, "context", CONTEXTS),
        host="" if host in CLOUDS else host,
    )
    choices = tuple(_choices(request, use))
    parts = () if choices else tuple(_parts(request, use))
    return Bill(name, parts, not_included=NOT_INCLUDED, choices=choices, model=use)


def _tier(request: ResourceRequest, name: str) -> str:
    tier = _value(request.tier, "tier", TIERS) or STANDARD
    if request.batch and tier not in (STANDARD, BATCH):
        raise InvalidArgumentError(f"batch is a tier of its own: {name} has no {tier} tier of batches.")
    return BATCH if request.batch else tier


def _host(said: str | None) -> str | None:
    """Who is to host the model: another, or a cloud for its own."""
    return _value(said, "host", (*sorted(hosts()), *CLOUDS))


def _hosting(host: str | None, clouds: tuple[str, ...], name: str) -> tuple[str, ...]:
    """The clouds of a model that its host leaves; a cloud hosts nothing on another one."""
    if host not in CLOUDS:
        return clouds
    if host not in clouds:
        raise InvalidArgumentError(
            f"{host} hosts no {name} on {' or '.join(clouds)}.",
            hint="Send no host, or the cloud as cloud.",
            candidates=list(clouds),
        )
    return (host,)


def _parts(request: ResourceRequest, use: ModelUse) -> Iterator[Part]:
    words = [use.tier if use.tier != STANDARD else "", LONG if use.context == LONG else ""]
    special = "".join(f"{word} " for word in words if word)
    for argument, (name, _) in DIRECTIONS.items():
        amount = getattr(request, argument)
        if amount is not None:
            yield Part(f"{special}{name}", (), amount, "count", Time.USE)


def _choices(request: ResourceRequest, use: ModelUse) -> Iterator[Choice]:
    """What is open: which model is meant, and how many tokens."""
    if use.model_id is None and (names := ids_meant_by(use.name)):
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
