"""Refuses the arguments of a request that do not apply to its resource."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

from catalog.errors import InvalidArgumentError
from catalog.offers.resources.request import ResourceRequest

# Arguments of every resource.
OF_ALL = frozenset({"resource", "region", "quantity", "hours", "usage_type", "label"})
# The others, with what they are if they are left out.
DEFAULTS = {each.name: each.default for each in fields(ResourceRequest) if each.name not in OF_ALL}


def refuse_others(request: ResourceRequest, name: str, takes: Sequence[str]) -> None:
    """Refuse arguments that do not apply to a resource.

    Raises:
        InvalidArgumentError: there are some; the hint names what applies.
    """
    others = [
        name
        for name, default in DEFAULTS.items()
        if name not in takes and getattr(request, name) not in (None, default, 0)  # none of it
    ]
    if others:
        own = f"It takes {', '.join(takes)}" if takes else "It takes nothing"
        raise InvalidArgumentError(
            f"{name} has no {', '.join(others)}.",
            hint=f"{own} beside region, quantity, hours and usage_type.",
        )
