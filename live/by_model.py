"""Tokens and cost added up by cloud and model, as answers about now have them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from catalog.pricing.decimals import EXACT, exact_sum, plain
from costs.query.dimensions import UNMAPPED
from live.answer import CostTotal
from live.cost import totals
from live.costed import Costed
from live.now_answer import ModelNow

# Cloud, model, name, currency and why there is no price.
Group = tuple[str, str, str, str, str]


def by_model(costed: Iterable[Costed], factor: int = 1) -> list[ModelNow]:
    """The tokens of each model with a price, and those without, the most expensive first.

    Args:
        costed: tokens with their prices.
        factor: what counts and costs are multiplied by, such as 4 for an hour of a quarter of one.
    """
    groups: defaultdict[Group, list[Costed]] = defaultdict(list)
    for each in costed:
        groups[_group(each)].append(each)
    rows = [_row(group, found, factor) for group, found in groups.items()]
    return sorted(rows, key=_largest_first)


def scaled(costed: Sequence[Costed], factor: int) -> list[CostTotal]:
    """The cost by currency, multiplied by a factor."""
    return [{**total, "cost": _times(total["cost"], factor)} for total in totals(costed)]


def _group(each: Costed) -> Group:
    count = each.count
    model, name = (count.model.id, "") if count.model else (UNMAPPED, count.series.name)
    return count.cloud, model, name, each.price.currency if each.price else "", each.why


def _row(group: Group, costed: Sequence[Costed], factor: int) -> ModelNow:
    cloud, model, name, currency, why = group
    prices = [each.price for each in costed if each.price]
    cost = exact_sum(each.cost for each in costed if each.cost is not None)
    return {
        "cloud": cloud,
        "model": model,
        "name": name or None,
        "tokens": f"{factor * sum(each.count.value for each in costed)}",
        "cost": _times(plain(cost), factor) if currency else None,
        "currency": currency or None,
        "is_upper_bound": any(price.is_upper_bound for price in prices),
        "prices": sorted({f"{price.source}" for price in prices}),
        "why": why or None,
    }


def _times(cost: str, factor: int) -> str:
    return plain(EXACT.multiply(Decimal(cost), Decimal(factor)))


def _largest_first(row: ModelNow) -> tuple[bool, Decimal, int, str, str]:
    """Tokens without a price come first: what they cost is not known."""
    cost = row["cost"]
    return cost is not None, -Decimal(cost or 0), -int(row["tokens"]), row["cloud"], f"{row['model']}"
