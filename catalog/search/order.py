"""Orders what was found by price: matches of a question, or one thing over all regions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from catalog.places import Place
from catalog.pricing.list_prices import Snapshot
from catalog.search.results import PriceRows, price_of

Row = dict[str, Any]


def by_price(rows: Sequence[Row], listed: PriceRows, snapshot: Snapshot) -> list[Row]:
    """The SKUs, the cheapest first, those on demand before those with conditions.

    A spot price or one for three years is no cheaper price of the same thing. Prices of different units
    cannot be compared: the unit of the best match comes first. SKUs without a price come last.
    """
    prices = [price_of(listed.get(row["sku_id"], ()), snapshot) for row in rows]
    units = list(dict.fromkeys(unit for _, unit in prices if unit))
    order = sorted(range(len(rows)), key=lambda i: (rows[i]["term_cost"] > 0, *_key(*prices[i], units)))
    return [rows[i] for i in order]


def _key(price: Decimal | None, unit: str | None, units: list[str]) -> tuple[int, Decimal]:
    if price is None or unit is None:
        return len(units), Decimal(0)
    return units.index(unit), price


def by_region(rows: Iterable[Row], place: Place | None) -> list[Row]:
    """A row for each region in which the SKUs are sold, within `place` if one is named."""
    asked = {*place.codes, *place.within} if place else None
    return [
        row | {"regions": [region]}
        for row in rows
        for region in row["regions"]
        if asked is None or region in asked
    ]
