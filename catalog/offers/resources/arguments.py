"""Refuses the arguments of a request that do not apply to its resource."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

from catalog.errors import InvalidArgumentError
from catalog.offers.resources.request import ResourceRequest

# Arguments of every resource.
OF_ALL = frozenset({"resource", "region", "quantity", "hours", "usage_type", "label"})


def refuse_others(request: ResourceRequest, name: str, takes: Sequence[str]) -> None:
    """Refuse arguments that do not apply to a resource.

    Raises:
        InvalidArgumentError: there are some; the hint names what applies.
    """
    others = [
        each.name
        for each in fields(request)
        if each.name not in OF_ALL
        and each.name not in takes
        and getattr(request, each.name) not in (None, each.default, 0)  # none of it
    ]
    if others:
        own = f"It takes {', '.join(takes)}" if takes else "It takes nothing"
        raise InvalidArgumentError(
            f"{name} has no {', '.join(others)}.",
            hint=f"{own} beside region, quantity, hours and usage_type.",
        )
