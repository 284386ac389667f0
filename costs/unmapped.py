"""What is not known of loaded costs, with its money: models without a name, AI charges without a customer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlglot import exp

from costs.focus.sql import fill
from costs.store.base import TABLE, CostStore

# What a model name of the admin has to name: of Azure, the meter's subcategory.
_PRODUCT = "coalesce(nullif(x_SkuMeterSubcategory, ''), ServiceName)"
_IS_UNMAPPED = "x_BillingModel is not null and x_ModelId is null"
_IS_UNATTRIBUTED = "x_UsageKind is not null and x_ConsumerId is null"
_IS_OF_NO_CLOUD = "x_Cloud = 'other'"


@dataclass(frozen=True, slots=True)
class UnmappedModel:
    """A billing name that no table of models knows.

    Args:
        cloud: aws, gcp or azure.
        product: the service that bills it, or Azure's meter subcategory.
        billing_model: the name, as the bill spells it.
        meters: how many meters have it.
        meter: one of them.
        currency: of the money.
        billed: the sum of BilledCost.
    """

    cloud: str
    product: str
    billing_model: str
    meters: int
    meter: str
    currency: str
    billed: Decimal


def unmapped_models(store: CostStore) -> Sequence[UnmappedModel]:
    """All of them, the most money first."""
    select = (
        exp.select("x_Cloud", fill(_PRODUCT), "x_BillingModel", "count(distinct x_Meter)", "min(x_Meter)")
        .select("BillingCurrency", "sum(BilledCost)")
        .from_(TABLE)
        .where(_IS_UNMAPPED)
        .group_by("1", "2", "3", "6")
        .order_by("7 desc", "1", "2", "3", "6")
    )
    return [UnmappedModel(*row) for row in store.run(select).rows]


def unattributed(store: CostStore) -> Mapping[str, Decimal]:
    """The sum of BilledCost of AI charges without a customer, by currency."""
    return _billed(store, _IS_UNATTRIBUTED)


def of_no_cloud(store: CostStore) -> Mapping[str, Decimal]:
    """The sum of BilledCost of charges of no known cloud, whose meters are not read, by currency."""
    return _billed(store, _IS_OF_NO_CLOUD)


def _billed(store: CostStore, condition: str) -> Mapping[str, Decimal]:
    select = exp.select("BillingCurrency", "sum(BilledCost)").from_(TABLE).where(condition)
    return dict(store.run(select.group_by("BillingCurrency").order_by("1")).rows)
