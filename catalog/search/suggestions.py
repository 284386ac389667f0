"""What to answer to a service or value that the catalog does not have: the nearest that it has."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import NoReturn

from catalog.errors import InvalidArgumentError
from catalog.models import Service, Sku

FEW_VALUES = 10
CANDIDATES = 5
LIKENESS = 0.5


def refuse_unknown_service(name: str) -> NoReturn:
    services = list(Service.objects.values("service_id", "display_name"))
    known = {service["display_name"] for service in services}
    asked = name.lower()
    holding = sorted(
        (found for found in known if asked in found.lower()), key=lambda found: (len(found), found)
    )
    candidates = list(dict.fromkeys([*holding, *_near(asked, known)]))[:CANDIDATES]
    raise InvalidArgumentError(
        f'No service is called "{name}".',
        hint="Send a service's id or its whole name; kind services lists them.",
        candidates=[
            service for found in candidates for service in services if service["display_name"] == found
        ],
    )


def refuse_unknown_value(argument: str, value: str) -> NoReturn:
    values = Sku.objects.offered().order_by(argument).values_list(argument, flat=True).distinct()
    known = [value for value in values if value]
    raise InvalidArgumentError(
        f'No SKU has {argument} "{value}".',
        hint=f"Send one of the candidates, or search without {argument} and see which there are.",
        candidates=known if len(known) <= FEW_VALUES else _near(value, known),
    )


def _near(text: str, names: Iterable[str]) -> list[str]:
    by_lower = {name.lower(): name for name in names}
    near = difflib.get_close_matches(text.lower(), by_lower, n=CANDIDATES, cutoff=LIKENESS)
    return [by_lower[name] for name in near]
