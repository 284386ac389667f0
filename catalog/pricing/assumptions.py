"""Sentences to pass on with the figures of an estimate."""

from __future__ import annotations

from collections.abc import Sequence

from catalog.pricing.priced import Priced
from catalog.providers.records import GCP, NAMES


def assumptions(priced: Sequence[Priced], months: int, *, is_capped: bool) -> list[str]:
    """What the figures assume.

    Args:
        priced: the entries.
        months: the number of months.
        is_capped: whether the prices of a time in the future were asked for.
    """
    lines = [line for each in priced for line in each.entry.lines]
    tiered = [line.list_price.price.aggregation for line in lines if len(line.list_price.tiers) > 1]
    has_discount = any(line.list_price.is_discount for line in lines)
    resources = [each.entry.composed for each in priced if each.entry.composed]
    has_skus = len(resources) < len(priced)
    has_sustained = any(component.part.sustained_use for each in resources for component in each.components)
    providers = _providers(priced)
    sellers = [f"{name}'s" for provider, name in NAMES.items() if provider in providers]
    unpriced = sum(each.is_partial for each in priced)
    sentences = {
        f"{unpriced} of {len(priced)} items lack a price or a part of it: the total is without these.": bool(
            unpriced
        ),
        f"Prices are {' and '.join(sellers)} list prices, before taxes and any discounts you have.": True,
        "Google's automatic discounts (sustained use) and monthly free credits of an account are not applied"
        f"{' to SKUs' if resources else ''}"
        f"{', except those among the items' if has_discount else ''}.": has_skus and GCP in providers,
        "Sustained-use discounts count the hours of each resource by itself.": has_sustained,
        "Quantities are for one month.": True,
        f"Tiers show one month; an item's cost is {months} times their sum.": months > 1,
        "Free and volume tiers are pooled over items of the same SKU; other usage in the project or"
        " account is not counted towards them.": any(tiers.is_shared for tiers in tiered),
        "A daily allowance is spread over the 730/24 days of a month.": any(
            tiers.is_daily for tiers in tiered
        ),
        "as_of is in the future; current prices were used.": is_capped,
    }
    return [sentence for sentence, applies in sentences.items() if applies]


def _providers(priced: Sequence[Priced]) -> set[str]:
    """Whose prices they are, or would be of a model that has none yet; Google's if nothing says more."""
    entries = [each.entry for each in priced]
    of_skus = {line.sku.provider for each in entries for line in each.lines}
    models = [each.composed.wanted.bill.model for each in entries if each.composed and not each.lines]
    return of_skus | {cloud for model in models if model for cloud in model.clouds} or {GCP}
