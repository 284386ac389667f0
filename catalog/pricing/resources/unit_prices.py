"""What one unit of each part of a resource costs: a GiB of a disk for a month, a million tokens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import product
from typing import Any

from catalog.offers.resources.bill import Bill, Part
from catalog.offers.resources.kind_table import LOCATION, Kind
from catalog.offers.resources.kinds import kind_bill
from catalog.offers.resources.request import ResourceRequest
from catalog.places import Place, read_place
from catalog.pricing.decimals import EXACT, ROUNDED
from catalog.pricing.list_prices import Snapshot
from catalog.pricing.resources.components import compose
from catalog.pricing.resources.composed import Component
from catalog.pricing.resources.parts import ON_DEMAND
from catalog.pricing.resources.wanted import Wanted

# So many of what is counted in ones make a price that people can read.
PER_OPERATIONS = Decimal(1000)


@dataclass(frozen=True, slots=True)
class UnitPart:
    """One part of a resource, to be priced alone.

    Args:
        resource: the name of the resource.
        settings: the values that are chosen of its settings, by argument.
        part: the part, with the quantity to price.
        place: where.
        included: how much of the part costs nothing, of each resource.
        term: how it is bought.
    """

    resource: str
    settings: Mapping[str, str]
    part: Part
    place: Place | None
    included: Decimal = Decimal(0)
    term: str = ON_DEMAND

    def wanted(self) -> Wanted:
        request = ResourceRequest(resource=self.resource)
        return Wanted(request, Bill(self.resource, (self.part,)), self.place, self.term)


@dataclass(frozen=True, slots=True)
class UnitPrice:
    """The price in USD in the first tier that is not free, and the SKU that has it."""

    amount: Decimal
    sku_id: str
    tiered: bool


def parts_of_kind(kind: Kind, region: str) -> Iterator[UnitPart]:
    """One unit of each part of a resource in a region, for each choice of its settings."""
    settings = {name: each.values for name, each in kind.settings.items() if name != LOCATION}
    included = {row.name: row.included for row in kind.rows}
    # An amount that the kind takes; each part is priced with one unit, whatever its amount.
    amounts = {
        row.amount: row.included + kind.multiples.get(row.amount, 1)
        for row in kind.rows
        if isinstance(row.amount, str)
    }
    for values in product(*settings.values()):
        chosen = dict(zip(settings, values, strict=True))
        bill = kind_bill(_request(kind.name, region, {**amounts, **chosen}), kind)
        place = read_place(bill.place or region)
        for part in bill.parts:
            one = replace(part, quantity=PER_OPERATIONS if part.unit == "count" else Decimal(1))
            yield UnitPart(kind.name, chosen, one, place, included[part.name])


def unit_prices(parts: Sequence[UnitPart], snapshot: Snapshot) -> list[UnitPrice | None]:
    """The prices of parts alone; None for those that the catalog has no price of. Takes two queries."""
    wanted = [each.wanted() for each in parts]
    found = [each.components for each in compose(wanted, snapshot)] if wanted else []
    return [
        _price(components[0]) if components and components[0].term == each.term else None
        for each, components in zip(parts, found, strict=True)
    ]


def _request(name: str, region: str, arguments: Mapping[str, Any]) -> ResourceRequest:
    return replace(ResourceRequest(resource=name, region=region), **arguments)


def _price(component: Component) -> UnitPrice:
    price, part = component.list_price, component.part
    base = price.usage_unit.base_quantity(part.quantity, part.unit)
    amount = ROUNDED.divide(EXACT.multiply(price.first_paid, base), price.usage_unit.factor)
    return UnitPrice(amount, component.listing.sku.pk, tiered=len(price.tiers) > 1)
