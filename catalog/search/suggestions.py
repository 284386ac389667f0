"""Errors for services and values that the catalog does not have, with the closest ones as candidates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from rapidfuzz import fuzz, process

from catalog.errors import InvalidArgumentError
from catalog.models import Service, Sku

# So many values are all listed; of more only the closest are.
MAX_VALUES = 10
MAX_CANDIDATES = 5
MIN_SIMILARITY = 50  # percent
API_DOMAIN = ".googleapis.com"


def refuse_unknown_service(name: str) -> NoReturn:
    services = list(Service.objects.values("service_id", "display_name"))
    known = sorted({service["display_name"] for service in services})
    product = name.lower().removesuffix(API_DOMAIN)
    containing = sorted((found for found in known if product in found.lower()), key=len)
    candidates = list(dict.fromkeys([*containing, *_closest(product, known)]))[:MAX_CANDIDATES]
    hint = 'Send a service ID or the full name of a service; kind "services" lists them.'
    if name.lower().endswith(API_DOMAIN):
        hint = f"The catalog does not know services by the address of their API. {hint}"
    raise InvalidArgumentError(
        f'No service is called "{name}".',
        hint=hint,
        candidates=[
            service for found in candidates for service in services if service["display_name"] == found
        ],
    )


def refuse_unknown_value(argument: str, value: str) -> NoReturn:
    values = Sku.objects.offered().order_by(argument).values_list(argument, flat=True).distinct()
    known = [value for value in values if value]
    raise InvalidArgumentError(
        f'No SKU has {argument} "{value}".',
        hint=f"Send one of the candidates, or search without {argument} to see the values in use.",
        candidates=known if len(known) <= MAX_VALUES else _closest(value, known),
    )


def _closest(text: str, names: Sequence[str]) -> list[str]:
    matches = process.extract(
        text,
        names,
        scorer=fuzz.ratio,
        processor=str.lower,
        limit=MAX_CANDIDATES,
        score_cutoff=MIN_SIMILARITY,
    )
    return [name for name, _, _ in matches]
