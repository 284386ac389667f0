"""How a price moved: dearer, cheaper, or changed in a way that no percent can say."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from catalog.models import SkuChange
from catalog.pricing.decimals import ROUNDED
from catalog.pricing.list_prices import ListPrice

Kind = SkuChange.Kind
_PERCENT_PLACES = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Move:
    """A price before and after a change, in USD per usage unit of each; None if there is none.

    `percent` is None if the two cannot be compared, or the first is nothing.
    """

    kind: SkuChange.Kind
    before: Decimal | None
    after: Decimal | None
    percent: Decimal | None = None


def move(before: ListPrice | None, after: ListPrice | None) -> Move | None:
    """Compare the first tier that is not free both before and after.

    Prices of different units, or whose tiers start elsewhere, cannot be compared.

    Args:
        before: the price row before; None, or one without tiers, if there was no price.
        after: the price row after, likewise.

    Returns:
        The move, or None if usage costs the same.
    """
    if _terms(before) == _terms(after):
        return None
    if before is None or after is None or _measure(before) != _measure(after):
        return Move(Kind.REPRICED, _first_paid(before), _first_paid(after))
    pairs = [(old.unit_price, new.unit_price) for old, new in zip(before.tiers, after.tiers, strict=True)]
    old, new = next((pair for pair in pairs if any(pair)), pairs[0])
    if old == new:
        return Move(Kind.REPRICED, old, new)
    percent = (
        ROUNDED.divide((new - old) * 100, abs(old)).quantize(_PERCENT_PLACES, context=ROUNDED)
        if old
        else None
    )
    return Move(Kind.DEARER if new > old else Kind.CHEAPER, old, new, percent)


def _measure(price: ListPrice) -> object:
    """What has to be equal for amounts to be compared."""
    unit = price.usage_unit
    return unit.code, unit.factor, [tier.start for tier in price.tiers]


def _terms(price: ListPrice | None) -> object:
    """All that usage costs depend on; None if there is no price."""
    if price is None or not price.tiers:
        return None
    return _measure(price), [tier.unit_price for tier in price.tiers], price.price.aggregation


def _first_paid(price: ListPrice | None) -> Decimal | None:
    return price.first_paid if price and price.tiers else None
