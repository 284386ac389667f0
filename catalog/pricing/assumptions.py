"""Sentences to pass on with the figures of an estimate."""

from __future__ import annotations

from collections.abc import Sequence

from catalog.pricing.model_rate import RateSource
from catalog.pricing.priced import Priced
from catalog.pricing.whose import sentence
from catalog.providers.records import GCP


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
    providers, of_community = _providers(priced), _of_community(priced)
    unpriced = sum(each.is_partial for each in priced)
    sentences = {
        f"{unpriced} of {len(priced)} items lack a price or a part of it: the total is without these.": bool(
            unpriced
        ),
        sentence(providers, of_community): True,
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


def _of_community(priced: Sequence[Priced]) -> set[str]:
    """The clouds whose models a community's list prices."""
    return {
        component.listing.sku.provider
        for each in priced
        if each.entry.composed
        for component in each.entry.composed.components
        if component.source is RateSource.COMMUNITY
    }


def _providers(priced: Sequence[Priced]) -> set[str]:
    """Whose lists the prices are of; Google's if there are none yet, but of models nobody knows."""
    entries = [each.entry for each in priced]
    of_skus = {line.sku.provider for each in entries for line in each.lines if line.list_price.info.pk}
    are_models = any(each.composed and each.composed.wanted.bill.model for each in entries)
    return of_skus or (set() if are_models else {GCP})
