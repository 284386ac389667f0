"""Errors for services and values that the catalog does not have, with the closest ones as candidates."""

from __future__ import annotations

from typing import NoReturn

from catalog.errors import InvalidArgumentError
from catalog.models import Service, Sku
from catalog.nearest import MAX_NEAREST, closest, nearest

API_DOMAIN = ".googleapis.com"


def refuse_unknown_service(name: str) -> NoReturn:
    services = list(Service.objects.values("service_id", "display_name"))
    known = sorted({service["display_name"] for service in services})
    product = name.lower().removesuffix(API_DOMAIN)
    containing = sorted((found for found in known if product in found.lower()), key=len)
    candidates = list(dict.fromkeys([*containing, *closest(product, known)]))[:MAX_NEAREST]
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
        candidates=nearest(value, known),
    )
