"""Reads a SKU of a model as the meters of bills are read, so that a price list and a bill say the same."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from catalog.meters.meter import Meter, UsageKind
from catalog.meters.read import read_meter, sells_models
from catalog.offers.attributes import Attributes
from catalog.offers.implied import complete
from catalog.offers.language_models import facts_of_model
from catalog.offers.model_names import Names
from catalog.offers.named_sku import NamedSku
from catalog.offers.phrases import texts
from catalog.offers.products import product_of
from catalog.offers.vocabulary import Fact

# Axes by the values of attributes that search knows; what is plain has none.
_CACHE = {"Read": "cached", "Write": "write"}
_PURPOSES = frozenset({"batch", "flex", "priority", "provisioned", "fine-tuned", "latency-optimized"})


@dataclass(frozen=True, slots=True)
class ModelSku:
    """What a SKU counts, of which model. `model_id` and `developer` are None if no table names the model."""

    provider: str
    meter: Meter
    model_id: str | None
    developer: str | None


def read_model(sku: NamedSku) -> ModelSku | None:
    """What a SKU of a model counts; None of any other SKU."""
    products = tuple(filter(None, (sku.resource_group, sku.service)))
    if sku.provider == "gcp":
        # Google Cloud's groups are words such as "Gemini", and it sells much else.
        products = (sku.service,)
        if not sells_models(sku.provider, *products):
            return None
    meter = read_meter(sku.provider, sku.name, sku.unit, *products)
    if meter.kind is None:
        return None
    found = _names().find(sku.provider, products, meter.billing_model) if meter.billing_model else None
    model_id, developer = found or (None, None)
    return ModelSku(sku.provider, meter, model_id, developer)


@cache
def _names() -> Names:
    return Names()


def attributes_of(sku: NamedSku, model: ModelSku) -> Attributes:
    """The attributes of a SKU whose name is a meter, in the values of search."""
    name = model.model_id or model.meter.billing_model
    found, rest = facts_of_model(name)
    facts = frozenset((*found, *_facts(model.meter), ("product", product_of(sku.service))))
    unread = (*rest, *texts(model.meter.variant))
    axes = (value or "" for value in _axes(model.meter))
    key = "|".join((sku.service, sku.usage_type, sku.resource_group, name, *axes, model.meter.variant))
    return Attributes(complete(facts, sku.usage_type.lower(), has_unread=bool(unread)), unread, key=key)


def _axes(meter: Meter) -> tuple[str | None, ...]:
    kind = meter.kind.value if meter.kind else None
    return (kind, meter.direction, meter.cache, meter.modality, meter.tier, meter.scope, meter.context)


def _facts(meter: Meter) -> set[Fact]:
    found = {
        ("direction", (meter.direction or "").lower()),
        ("cache", _CACHE.get(meter.cache or "", "")),
        ("modality", meter.modality or ""),
        ("scope", meter.scope or ""),
        ("purpose", "long" if meter.context == "long" else ""),
        ("purpose", meter.tier if meter.tier in _PURPOSES else ""),
        ("part", "" if meter.kind is UsageKind.TOKENS or not meter.kind else meter.kind.value),
    }
    return {fact for fact in found if fact[1]}
