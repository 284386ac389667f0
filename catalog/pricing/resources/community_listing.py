"""A price of the community's list in the form of a SKU, so that it is priced as all else; no table has it."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from catalog.models import PricingInfo, Service, Sku
from catalog.pricing.list_prices import Listing, ListPrice
from catalog.pricing.model_rate import ModelRate
from catalog.pricing.model_rates import COUNT
from catalog.pricing.price_rows import PriceTier
from catalog.providers.community import prices as community


def community_listing(rate: ModelRate) -> Listing:
    """The listing of a rate, in single tokens; its SKU is called as the list calls the model."""
    counted, source = rate.counted, community.source()
    service = Service(
        service_id=community.PREFIX,
        display_name=f"{source.name}, a community's list",
        provider=counted.provider,
    )
    axes = (counted.tier, counted.context, counted.direction, counted.cache, counted.variant)
    sku = Sku(
        sku_id=rate.sku_ids[0],
        service=service,
        display_name=f"{counted.model_id}, {' '.join(filter(None, axes))}",
        service_regions=[rate.region] if rate.region else [],
        provider=counted.provider,
        service_provider_name=source.name,
    )
    info = PricingInfo(
        sku=sku,
        effective_time=rate.effective_time,
        summary=source.words,
        usage_unit=COUNT,
        usage_unit_description=COUNT,
        base_unit=COUNT,
        base_unit_description=COUNT,
        created_at=datetime.now(UTC),
    )
    price = ListPrice(info, (PriceTier(Decimal(0), rate.price, "", 0),))
    return Listing(sku, price, (price,))
