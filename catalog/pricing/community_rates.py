"""What a list that a community keeps says that tokens cost, for models that no provider lists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from functools import cache

from catalog.meters.meter import UsageKind
from catalog.pricing.decimals import EXACT
from catalog.pricing.list_prices import Snapshot
from catalog.pricing.model_rate import UNSAID, Counted, ModelRate, RateSource
from catalog.providers.community import prices as community

_MILLION = Decimal(1_000_000)


def community_rates(
    snapshot: Snapshot, kind: UsageKind, listed: Collection[tuple[str, str]]
) -> Mapping[str, Sequence[ModelRate]]:
    """What the community's list has of models by their ids, but for those that a provider lists.

    Args:
        snapshot: the time; before the list was read, nothing is known.
        kind: what is counted.
        listed: the (provider, model id) that price lists have.
    """
    is_known = snapshot.latest is not None and snapshot.at >= community.source().since
    if kind is not UsageKind.TOKENS or not is_known:
        return {}
    return {
        model_id: rates
        for model_id, every in _community().items()
        if (rates := [each for each in every if (each.counted.provider, model_id) not in listed])
    }


def _id_of(price: community.CommunityPrice) -> str:
    """What stands for the id of a SKU: the name in the list, and what is counted."""
    axes = (price.tier, price.context, price.modality, price.direction, price.cache, price.variant)
    return f"{community.PREFIX}{price.name} {' '.join(filter(None, axes))}"


@cache
def _community() -> Mapping[str, Sequence[ModelRate]]:
    found: defaultdict[str, list[ModelRate]] = defaultdict(list)
    for each in community.prices():
        axes = (
            each.direction,
            each.cache,
            each.modality,
            each.tier,
            each.scope or None,
            each.context or None,
        )
        counted = Counted(each.provider, each.model_id, UsageKind.TOKENS.value, *axes, each.variant)
        rate = ModelRate(
            counted=counted,
            developer=each.developer,
            region=each.region or UNSAID,
            price=EXACT.divide(each.usd, _MILLION),
            sku_ids=(_id_of(each),),
            pricing_info_ids=(),
            effective_time=community.source().since,
            source=RateSource.COMMUNITY,
        )
        found[each.model_id].append(rate)
    return found
