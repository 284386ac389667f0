"""Static addresses that machines of the same plan use: they are priced there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from catalog.estimates.terraform.values import Planned

INDEX = re.compile(r"\[(?:\d+|\"(?:[^\"\\]|\\.)*\")\]")
_TYPE = "google_compute_address"
_REFERENCE = re.compile(rf"{_TYPE}\.[\w-]+(?:{INDEX.pattern})?")


def in_use(machines: Iterable[Planned], resources: Iterable[Planned]) -> frozenset[str]:
    """The addresses in the plan of the static addresses that running machines use.

    Args:
        machines: the machines with an external address.
        resources: all resources.
    """
    used = {name for machine in machines for name in _used(machine)}
    statics = (each for each in resources if each.type == _TYPE)
    return frozenset(each.address for each in statics if not used.isdisjoint(_names(each)))


def _used(machine: Planned) -> Iterator[str]:
    """The addresses of a machine, as they are or as its configuration refers to them."""
    module = _module(machine)
    for block in machine.blocks("network_interface.access_config"):
        if isinstance(address := block.get("nat_ip"), str):
            yield address
        expression = (block.configured or {}).get("nat_ip")
        references = expression.get("references") if isinstance(expression, Mapping) else None
        named = [match[0] for each in references or () if (match := _REFERENCE.match(f"{each}"))]
        # "x[0].address" is listed with "x[0]" and "x".
        yield from (module + each for each in ([each for each in named if "[" in each] or named))


def _names(static: Planned) -> Iterator[str]:
    """What a machine calls a static address."""
    yield INDEX.sub("", static.address)
    if match := re.search(rf"{_REFERENCE.pattern}$", static.address):
        yield _module(static) + match[0]
    if isinstance(address := static.get("address"), str):
        yield address


def _module(resource: Planned) -> str:
    """The module of a resource, as its address begins, without indexes."""
    return INDEX.sub("", resource.address).rpartition(f"{resource.type}.")[0]
