"""What a SKU of a model counts, as answers say it."""

from __future__ import annotations

from catalog.models import Sku
from catalog.offers.named_sku import NamedSku
from catalog.offers.read_model import read_model
from catalog.offers.store import unit_in
from catalog.pricing.answers import ModelAnswer


def model_of(sku: NamedSku) -> ModelAnswer | None:
    """What a SKU counts, of which model; None if it is of none."""
    found = read_model(sku)
    if not found or not found.meter.kind:
        return None
    meter = found.meter
    answer = ModelAnswer(
        model_id=found.model_id,
        developer=found.developer,
        billing_model=meter.billing_model,
        kind=meter.kind.value if meter.kind else "",
        direction=meter.direction,
        cache=meter.cache,
        modality=meter.modality,
        tier=meter.tier,
        scope=meter.scope,
        context=meter.context,
    )
    if meter.variant:
        answer["variant"] = meter.variant
    return answer


def named(sku: Sku) -> NamedSku:
    """The texts by which a stored SKU is read; its service is read with it."""
    return NamedSku(
        sku.service.display_name,
        sku.display_name,
        sku.resource_family or "",
        sku.resource_group or "",
        sku.usage_type or "",
        sku.provider,
        unit_in(sku.category_json),
    )
