"""Items of an estimate, read and matched with the lines that price them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from catalog.errors import CatalogError
from catalog.offers.resources.request import ResourceRequest
from catalog.pricing.answers import NotPriced
from catalog.pricing.list_prices import Snapshot, look_up
from catalog.pricing.resources.components import compose
from catalog.pricing.resources.composed import Component, Composed
from catalog.pricing.resources.rows import not_priced
from catalog.pricing.resources.wanted import Wanted, read_resource
from catalog.pricing.usage import Item, Line, naming, normalize_item, read_items


@dataclass(frozen=True, slots=True)
class Entry:
    """An item with the lines that price it: one of a SKU, one a component of a resource.

    `item` is as it was sent. `not_priced` says why there is no line.
    """

    item: Item | ResourceRequest
    lines: Sequence[Line] = ()
    composed: Composed | None = None
    not_priced: NotPriced | None = None
    is_early: bool = False

    @property
    def region(self) -> str | None:
        """The region that it is for, None if it has none or several."""
        if self.composed is not None:
            place = self.composed.wanted.place
            return place.label if place else None
        if not self.lines:
            return self.item.region
        return self.lines[0].region

    @property
    def resource(self) -> str:
        """The resource, or the id of the SKU."""
        if self.composed is not None:
            return self.composed.wanted.bill.resource
        return self.item.sku_id if isinstance(self.item, Item) else self.item.resource


def read_entries(
    items: Mapping[int, Item | ResourceRequest],
    snapshot: Snapshot,
    name: Callable[[int], str] = "items[{}]".format,
) -> tuple[dict[int, Entry], list[CatalogError]]:
    """Match items with prices, in at most five queries.

    Args:
        items: the items by their positions.
        snapshot: the time whose prices apply.
        name: what an error calls the item of a position.

    Returns:
        The entries of the items by their positions, without those at fault, and an error for each of these,
        or one for several.
    """
    errors: list[CatalogError] = []
    skus: dict[int, Item] = {}
    resources: dict[int, Wanted] = {}
    for position, item in items.items():
        try:
            with naming(name(position), item.label):
                if isinstance(item, Item):
                    skus[position] = normalize_item(item)
                else:
                    resources[position] = read_resource(item)
        except CatalogError as error:
            errors.append(error)
    found = _of_skus(skus, snapshot, errors, name)
    composed = compose(list(resources.values()), snapshot) if resources else []
    found |= {
        position: _of_resource(wanted.request, each)
        for (position, wanted), each in zip(resources.items(), composed, strict=True)
    }
    return found, errors


def _of_skus(
    skus: Mapping[int, Item], snapshot: Snapshot, errors: list[CatalogError], name: Callable[[int], str]
) -> dict[int, Entry]:
    if not skus:
        return {}
    listings = look_up((item.sku_id for item in skus.values()), snapshot)
    lines, wrong = read_items(skus, listings, snapshot.at, name)
    errors += wrong
    return {
        position: Entry(skus[position], [line])
        if isinstance(line, Line)
        else Entry(
            skus[position],
            not_priced=line,
            is_early=listings[skus[position].sku_id].is_priced_since(snapshot.at),
        )
        for position, line in lines.items()
    }


def _of_resource(request: ResourceRequest, composed: Composed) -> Entry:
    if composed.components or composed.choices:
        return Entry(request, [_line(component) for component in composed.components], composed)
    return Entry(request, composed=composed, not_priced=not_priced(composed), is_early=composed.is_early)


def _line(component: Component) -> Line:
    """A component as usage of its SKU."""
    sku, price, unit = component.listing.sku, component.list_price, component.part.unit
    item = Item(sku.sku_id, component.quantity, unit)
    return Line(item, sku, price, price.usage_unit.base_quantity(component.quantity, unit), ())
