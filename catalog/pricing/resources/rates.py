"""What a resource costs by the hour and by the month."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from catalog.offers.resources.bill import Time
from catalog.offers.resources.request import HOURS_PER_MONTH
from catalog.pricing.decimals import EXACT, PLACES, ROUNDED, exact_sum
from catalog.pricing.resources.composed import Component, Composed
from catalog.pricing.resources.discounts import sustained_use_rows
from catalog.pricing.tiers import cost_of_month


@dataclass(frozen=True, slots=True)
class Rate:
    """The cost in USD of an hour, without the discounts of a month, and of a month with them.

    `hour` is None if a part is billed by use, whatever the time, or by tiers of a month.
    """

    hour: Decimal | None
    month: Decimal


def rate_of(composed: Composed) -> Rate | None:
    """The rate of what a request of one resource takes; None if a part of it has no price."""
    month = monthly(composed)
    if month is None:
        return None
    hours = [(component, _hourly(component)) for component in composed.components]
    costs = [_cost(component, quantity) for component, quantity in hours if quantity is not None]
    return Rate(exact_sum(costs) if len(costs) == len(hours) else None, month)


def monthly(composed: Composed) -> Decimal | None:
    """A month of a resource in USD, None if a part of it has no price."""
    if not composed.components or composed.missing:
        return None
    costs = [(component, _cost(component, component.quantity)) for component in composed.components]
    _, discount = sustained_use_rows(costs, composed.wanted.request.hours)
    return EXACT.add(exact_sum(cost for _, cost in costs), discount)


def _hourly(component: Component) -> Decimal | None:
    """What an hour takes of a part; None if its price depends on the use, or on the hours before."""
    if len(component.list_price.tiers) > 1:
        return None
    quantity = component.part.quantity
    match component.part.time:
        case Time.HOUR:
            return quantity
        case Time.MONTH:
            return ROUNDED.quantize(ROUNDED.divide(quantity, HOURS_PER_MONTH), PLACES)
        case Time.USE:
            return None


def _cost(component: Component, quantity: Decimal) -> Decimal:
    unit = component.list_price.usage_unit
    return cost_of_month(unit.base_quantity(quantity, component.part.unit), component.list_price.price)
