"""Priced entries as lines of an answer."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from catalog.pricing.answers import CostItem, ResourceLine, utc_text
from catalog.pricing.decimals import ROUNDED, plain
from catalog.pricing.list_prices import Snapshot
from catalog.pricing.priced import Priced, month
from catalog.pricing.resources.alternatives import alternatives
from catalog.pricing.resources.rows import Costs, cost_slice, resource_line
from catalog.pricing.resources.wanted import Wanted
from catalog.pricing.sku_details import pricing
from catalog.pricing.usage import Line


def lines_of(
    priced: Sequence[Priced], snapshot: Snapshot, *, detailed: bool, compare: bool
) -> list[CostItem | ResourceLine]:
    """The lines of those entries that have a price.

    Args:
        priced: the entries.
        snapshot: the time whose prices apply.
        detailed: whether each line has its list prices in full.
        compare: whether each resource has all the ways to buy it.
    """
    lines: list[CostItem | ResourceLine] = []
    compared: list[tuple[tuple[Wanted, Decimal], ResourceLine]] = []
    for each in priced:
        composed, costs = each.entry.composed, each.costs
        if costs is None:
            continue
        if composed is None:
            lines.append(_item(each.entry.lines[0], costs, detailed=detailed))
            continue
        line = resource_line(composed, costs, detailed=detailed)
        lines.append(line)
        if compare and not composed.choices:
            compared.append(((composed.wanted, month(composed, costs)), line))
    if compared:
        found = alternatives([each for each, _ in compared], snapshot)
        for (_, line), ways in zip(compared, found, strict=True):
            line["alternatives"] = ways
    return lines


def _item(line: Line, costs: Costs, *, detailed: bool) -> CostItem:
    item, sku, info, unit = line.item, line.sku, line.list_price.info, line.list_price.usage_unit
    row: CostItem = {
        "label": item.label,
        "sku_id": sku.sku_id,
        "display_name": sku.display_name,
        "region": line.region,
        "quantity": plain(item.quantity),
        "unit": item.unit or unit.code,
        "usage_quantity": plain(ROUNDED.divide(line.base_quantity, unit.factor)),
        "usage_unit": unit.code,
        "cost": plain(costs.costs[0]),
        "effective_time": utc_text(info.effective_time) if info.effective_time else None,
        "tiers": [cost_slice(part) for part in costs.slices[0]],
        "notes": list(line.notes),
    }
    if detailed:
        row["pricing"] = pricing(line.list_price)
    return row
