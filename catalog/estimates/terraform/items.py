"""Items of planned resources, by the rules of their types."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from catalog.errors import InvalidArgumentError
from catalog.estimates.items import read_item
from catalog.estimates.terraform.types import Argument, ItemRule, Type
from catalog.estimates.terraform.values import Absent, Planned
from catalog.offers.resources.read import resource_name
from catalog.offers.resources.request import ResourceRequest
from catalog.offers.resources.series import machine_types
from catalog.pricing.quantities import parse_quantity

_ZONE = re.compile(r"[a-z]+-[a-z]+\d+-[a-z]")
_ZONES_OF_A_REGION = 3
_BESIDE_ITS_OWN = "more_node_locations"


@dataclass(frozen=True, slots=True)
class Gap:
    """What a plan leaves open about a resource, in a sentence."""

    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """How a resource is priced, in a sentence."""

    text: str


def items_of(resource: Planned, rules: Type, place: str | None) -> Iterator[ResourceRequest | Gap | Note]:
    """The items of a resource, what the plan leaves open about it, and how its state is priced.

    Args:
        resource: the resource.
        rules: how its type is priced.
        place: where the provider is configured to make resources that name no place.
    """
    if rules.says:
        yield Gap(f"{resource.address}: a plan does not say {rules.says}; add items for these.")
    for state in rules.states:
        if _holds(_Block(resource, resource), state.condition):
            kind = Gap if state.is_open else Note
            yield kind(f"{resource.address}: {state.says}.")
    for rule in rules.items:
        if rule.each and not resource.blocks(rule.each) and _is_open(resource, rule.each):
            yield Gap(f"{resource.address}: {rule.each} is known only after apply; it is not priced.")
        for block in resource.blocks(rule.each) if rule.each else [resource]:
            if _applies(rule, _Block(resource, block)):
                yield from _item(_Block(resource, block), rule, place)


def _is_open(resource: Planned, path: str) -> bool:
    return resource.get(path) is Absent.UNKNOWN and resource.is_configured(path)


@dataclass(frozen=True, slots=True)
class _Block:
    """A block of a resource, or the resource itself."""

    resource: Planned
    block: Planned

    def of(self, path: str) -> tuple[Planned, str]:
        """Where a path begins, and the path from there."""
        return (self.resource, path[1:]) if path.startswith("/") else (self.block, path)


def _holds(block: _Block, condition: str) -> bool:
    """Whether a place has a value, or the one of "place=value"; of several places the first with a value."""
    places, _, wanted = condition.partition("=")
    start, paths = block.of(places)
    found = (start.get(path) for path in paths.split("|"))
    value = next((each for each in found if not isinstance(each, Absent)), None)
    return value == wanted if wanted else value is not None and value is not False


def _applies(rule: ItemRule, block: _Block) -> bool:
    is_meant = rule.condition is None or _holds(block, rule.condition)
    return is_meant and not any(_holds(block, condition) for condition in rule.unless)


def _item(block: _Block, rule: ItemRule, place: str | None) -> Iterator[ResourceRequest | Gap]:
    address = block.resource.address + (f" {rule.each}" if rule.each else "")
    arguments: dict[str, str] = {}
    lacks: list[Lack] = []
    try:
        for name, argument in rule.arguments.items():
            found = _value(block, argument)
            if isinstance(found, Lack):
                lacks.append(replace(found, needed=found.needed or name == "region"))
            elif name == "region" and (found or place):
                arguments[name] = _last_of_path(found or f"{place}")
            elif found:
                arguments[name] = found
        is_whole = not any(lack.needed for lack in lacks)
        for lack in lacks:
            left_out = "it is priced without that" if is_whole else "it is not priced"
            yield Gap(f"{address}: {lack.path} is {lack.why}; {left_out}.")
        if is_whole:
            yield _request(arguments, block.resource.address)
    except InvalidArgumentError as error:
        yield Gap(f"{address}: {error.message} It is not priced.")


@dataclass(frozen=True, slots=True)
class Lack:
    """An argument without a value: where it should be, and whether there is no item without it."""

    path: str
    why: str
    needed: bool


def _request(arguments: Mapping[str, str], address: str) -> ResourceRequest:
    request = read_item({**arguments, "label": address})
    assert isinstance(request, ResourceRequest)  # noqa: S101  # it has a resource
    machine = machine_types().get(resource_name(request.resource))
    if machine is not None and machine.local_ssd != 0:
        # Its disks come with it, whether the configuration lists them or not.
        request = replace(request, local_ssds=None)
    if machine is not None and machine.gpus:
        request = replace(request, gpu=None, gpu_count=None)
    return request


def _value(block: _Block, argument: Argument) -> str | Lack:
    """The value of an argument, "" if it has none that matters."""
    if argument.count is not None:
        return f"{len(block.block.blocks(argument.count)) or ''}"
    found = _found(block, argument)
    if found is not None:
        return found
    if argument.zone and argument.region:
        return argument.zone if _is_in_a_zone(block, argument) else argument.region
    if argument.needed and not argument.default:
        return Lack(argument.paths[0].lstrip("/"), "not said", needed=True)
    return argument.default or ""


def _found(block: _Block, argument: Argument) -> str | Lack | None:
    """The first value at the places of an argument, or the first that is unknown; None if all are unset."""
    lack = None
    for path in argument.paths:
        start, rest = block.of(path)
        found = start.get(rest)
        if not isinstance(found, Absent):
            if text := argument.meaning(_text(found)):
                return _times_zones(block, argument, text)
        elif found is Absent.UNKNOWN and _matters(start, rest, argument):
            lack = lack or Lack(rest, Absent.UNKNOWN.value, argument.needed)
    return lack


def _matters(start: Planned, path: str, argument: Argument) -> bool:
    """Whether something unknown is more than a default of the provider's that the table knows or ignores."""
    return start.is_configured(path) or (argument.needed and not argument.default)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value}"


def _times_zones(block: _Block, argument: Argument, text: str) -> str:
    """A number of nodes, for all zones that have as many."""
    if argument.zones is None:
        return text
    start, _ = block.of(argument.place or "")
    listed = (
        start.get("node_locations")
        if argument.zones == _BESIDE_ITS_OWN
        else block.block.get("node_locations")
    )
    named = len(listed) if isinstance(listed, list) else 0
    is_in_a_zone = _is_in_a_zone(block, argument)
    if argument.zones == _BESIDE_ITS_OWN and is_in_a_zone:
        zones = 1 + named
    else:
        zones = named or (1 if is_in_a_zone else _ZONES_OF_A_REGION)
    return f"{parse_quantity(text) * zones}"


def _is_in_a_zone(block: _Block, argument: Argument) -> bool:
    start, path = block.of(argument.place or "")
    found = start.get(path)
    return isinstance(found, str) and bool(_ZONE.fullmatch(_last_of_path(found)))


def _last_of_path(text: str) -> str:
    """The name at the end of "projects/p/zones/us-central1-b", or of such a URL."""
    return text.rpartition("/")[2]
