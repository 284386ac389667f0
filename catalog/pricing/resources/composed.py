"""A resource as its SKUs price it, whatever finds them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from catalog.offers.resources.bill import Choice, Part
from catalog.pricing.list_prices import Listing, ListPrice
from catalog.pricing.model_rate import RateSource
from catalog.pricing.resources.wanted import Wanted


@dataclass(frozen=True, slots=True)
class Component:
    """A part with the SKU that prices it; `quantity` is a month's usage of all the resources, in its unit.

    `source` says whose price it is.
    """

    part: Part
    listing: Listing
    list_price: ListPrice
    quantity: Decimal
    term: str
    note: str | None = None
    source: RateSource = RateSource.LIST


@dataclass(frozen=True, slots=True)
class Composed:
    """A resource as its SKUs price it.

    Without components, something has to be chosen first, or it is not sold so. `missing` are the parts
    without a price, `on_demand` those that the wanted term does not cover. If it `lacks_main`, a part without
    which it is not sold is missing; `sold_in` are the regions that sell it then. `reason` says why a SKU that
    is listed has no price at the time, which may be too early.
    """

    wanted: Wanted
    components: tuple[Component, ...] = ()
    missing: tuple[str, ...] = ()
    on_demand: tuple[str, ...] = ()
    sold_in: tuple[str, ...] = ()
    lacks_main: bool = False
    reason: str | None = None
    is_early: bool = False

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What has to be chosen before there is a price."""
        return self.wanted.bill.choices
