"""The tables of the catalog, described column by column in docs/data-model.md."""

from __future__ import annotations

from catalog.models.columns import CurrentTimestamp, LongNameIndex
from catalog.models.derived import Derived, DerivedState
from catalog.models.estimates import KeptEstimate
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
from catalog.models.updates import (
    CATALOG,
    AccuracyCheck,
    PricingUpdate,
    PricingUpdateQuerySet,
    SkuChange,
    StagedRows,
)

__all__ = [
    "CATALOG",
    "NANOS",
    "SAMPLE",
    "AccuracyCheck",
    "CurrentTimestamp",
    "Derived",
    "DerivedState",
    "KeptEstimate",
    "LongNameIndex",
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
