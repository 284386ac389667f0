"""The provider of models of this installation, by settings, and what it takes for tokens."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import cast

from django.conf import settings
from django.utils.module_loading import import_string

from assistant.model.provider import ModelError, Price, Provider

# By the setting ASK_PROVIDER. Each is one module, and may need an extra.
PROVIDERS = {"anthropic": "assistant.model.anthropic_api.Anthropic"}
_PARTS = 4


def is_configured() -> bool:
    """Whether questions can be sent to a model."""
    return bool(settings.ANTHROPIC_API_KEY and settings.ASK_MODEL and settings.ASK_MODEL_PRICE)


def provider() -> Provider:
    """The provider.

    Raises:
        ModelError: none is set up, or its client is not installed.
    """
    price()
    return _opened(
        settings.ASK_PROVIDER, settings.ANTHROPIC_API_KEY, settings.ASK_MODEL, settings.ANTHROPIC_BASE_URL
    )


@cache
def _opened(name: str, *_settings: str) -> Provider:
    try:
        return cast("Provider", import_string(PROVIDERS[name])())
    except ImportError as error:
        raise ModelError(
            "The client of Anthropic is not installed.",
            hint='Ask the operator to run: pip install "cloud-pricing[ask]"',
        ) from error


def price() -> Price:
    """What the model takes. Without a price nothing is asked: what it costs would be unknown, and unbounded.

    Raises:
        ModelError: the key, the model or its price is not set, or there is no such provider.
    """
    if settings.ASK_PROVIDER not in PROVIDERS:
        raise ModelError(
            f"ASK_PROVIDER cannot be {settings.ASK_PROVIDER!r}.", hint=f"Set it to {', '.join(PROVIDERS)}."
        )
    lacking = [
        name for name in ("ANTHROPIC_API_KEY", "ASK_MODEL", "ASK_MODEL_PRICE") if not getattr(settings, name)
    ]
    if lacking:
        raise ModelError(
            f"No model is set up: {' and '.join(lacking)} {'is' if len(lacking) == 1 else 'are'} not set.",
            hint="Ask without a model, or ask the operator to set up one (docs/ask-model.md).",
        )
    given: list[Decimal] = settings.ASK_MODEL_PRICE
    if len(given) != _PARTS or any(each < 0 for each in given):
        raise ModelError(
            "ASK_MODEL_PRICE does not have four amounts.",
            hint="Set USD per million tokens of input, output, cache reads and cache writes: 3,15,0.30,3.75",
        )
    return Price(given[0], given[1], given[2], given[3], "the setting ASK_MODEL_PRICE")
