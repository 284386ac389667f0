"""The ledger of free allowances: those that the costs count, and those beside the price list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import cache

from catalog.errors import UnitMismatchError
from catalog.offers.allowances import Allowance, allowances, allowances_of
from catalog.offers.products import product_of
from catalog.pricing.answers import AllowanceRow
from catalog.pricing.decimals import EXACT, ROUNDED, exact_sum, plain
from catalog.pricing.entries import Entry
from catalog.pricing.priced import Priced
from catalog.pricing.resources.free_usage import named
from catalog.pricing.resources.parts import ON_DEMAND
from catalog.pricing.resources.wanted import Wanted
from catalog.pricing.usage import Line

# The source of an allowance that is a tier of a list price.
PRICE_LIST = "price list"
_USD = "USD"


def ledger(priced: Sequence[Priced], shown: Iterable[Priced]) -> list[AllowanceRow]:
    """The free allowances of a month, and what an estimate leaves of them.

    Args:
        priced: all entries of the estimate.
        shown: those of them whose allowances are wanted.

    Returns:
        First the free tiers that all usage of a SKU shares: the costs count them. Then what Google documents
        elsewhere, which no cost counts.
    """
    wanted = list(shown)
    return [*_of_tiers(priced, wanted), *_documented(priced, wanted)]


def _of_tiers(priced: Sequence[Priced], shown: Sequence[Priced]) -> Iterator[AllowanceRow]:
    free = {
        line.sku.pk: line
        for each in shown
        for line in each.entry.lines
        if line.list_price.price.free_allowance
    }
    used: dict[str, list[Decimal]] = {sku_id: [] for sku_id in free}
    for each in priced if free else ():
        for line in each.entry.lines:
            if line.sku.pk in used:
                used[line.sku.pk].append(line.base_quantity)
    for sku_id, line in free.items():
        unit, given = line.list_price.usage_unit, line.list_price.price.free_allowance
        usage = ROUNDED.divide(exact_sum(used[sku_id]), unit.factor)
        yield _row(
            line.sku.display_name,
            (given, ROUNDED.subtract(given, usage), unit.code),
            PRICE_LIST,
            sku_id=sku_id,
        )


def _documented(priced: Sequence[Priced], shown: Sequence[Priced]) -> Iterator[AllowanceRow]:
    used: dict[Allowance, list[Decimal]] = {}
    for each in priced:
        for allowance, amount in _usage(each):
            used.setdefault(allowance, []).append(amount)
    wanted = {allowance for each in shown for allowance, _ in _usage(each)}
    for allowance, amounts in used.items():
        if allowance in wanted:
            left = ROUNDED.subtract(allowance.given, exact_sum(amounts))
            yield _row(allowance.name, (allowance.given, left, allowance.unit), allowance.source)


def _row(
    name: str, amounts: tuple[Decimal, Decimal, str], source: str, sku_id: str | None = None
) -> AllowanceRow:
    given, left, unit = amounts
    return {
        "sku_id": sku_id,
        "name": name,
        "given": plain(given),
        "left": plain(max(left, Decimal(0))),
        "unit": unit,
        "source": source,
        "applied": sku_id is not None,
    }


def _usage(priced: Priced) -> Iterator[tuple[Allowance, Decimal]]:
    """The allowances that an entry is for, each with its usage in a month, in the unit of the allowance."""
    entry = priced.entry
    if entry.composed is not None and entry.composed.components:
        yield from _usage_of_resource(entry, entry.composed.wanted)
    slices = priced.costs.slices if priced.costs else ()
    for line, parts in zip(entry.lines, slices, strict=False):
        if not _has_allowances(line.sku.service.display_name):
            continue
        region = entry.region if entry.composed else line.region
        regions = [region] if region else line.sku.service_regions
        for allowance in allowances_of(named(line.sku)):
            # An allowance that its list price has is not another one.
            if not allowance.holds_in(regions) or line.list_price.price.free_allowance:
                continue
            cost = exact_sum(part.cost for part in parts)
            amount = cost if allowance.unit == _USD else _converted(line, allowance.unit)
            if amount is not None:
                yield allowance, amount


def _usage_of_resource(entry: Entry, wanted: Wanted) -> Iterator[tuple[Allowance, Decimal]]:
    if wanted.term != ON_DEMAND or not entry.region:
        return
    for allowance in allowances():
        if allowance.resource == entry.resource and allowance.holds_in([entry.region]):
            yield allowance, EXACT.multiply(wanted.request.quantity, wanted.request.hours)


def _converted(line: Line, unit: str) -> Decimal | None:
    """The usage of a line in another unit; None if it has no such unit."""
    try:
        size = line.list_price.usage_unit.base_quantity(Decimal(1), unit)
    except UnitMismatchError:
        return None
    return ROUNDED.divide(line.base_quantity, size)


@cache
def _has_allowances(service: str) -> bool:
    return any(allowance.product == product_of(service) for allowance in allowances())
