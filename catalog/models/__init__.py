"""The tables of the catalog, described column by column in docs/data-model.md."""

from __future__ import annotations

from catalog.models.columns import CurrentTimestamp, LongNameIndex
from catalog.models.estimates import KeptEstimate
from catalog.models.machines import MachineOffers, MachineOffersState
from catalog.models.prices import NANOS, PricingInfo, PricingInfoQuerySet, PricingTier
from catalog.models.skus import (
    SAMPLE,
    Service,
    Sku,
    SkuAttributes,
    SkuModel,
    SkuQuerySet,
    VocabularyState,
)
from catalog.models.updates import AccuracyCheck, PricingUpdate, PricingUpdateQuerySet, SkuChange, StagedRows

__all__ = [
    "NANOS",
    "SAMPLE",
    "AccuracyCheck",
    "CurrentTimestamp",
    "KeptEstimate",
    "LongNameIndex",
    "MachineOffers",
    "MachineOffersState",
    "PricingInfo",
    "PricingInfoQuerySet",
    "PricingTier",
    "PricingUpdate",
    "PricingUpdateQuerySet",
    "Service",
    "Sku",
    "SkuAttributes",
    "SkuChange",
    "SkuModel",
    "SkuQuerySet",
    "StagedRows",
    "VocabularyState",
]
