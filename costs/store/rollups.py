"""Rollups: the charges of a load added up ahead by day or month, in files that are read in their place.

A sum of exact decimals is the same whatever is added up first, so an answer does not tell what it was read
from. A rollup that is missing, or is not of its load's rows and money, is not read: charges are.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from hashlib import sha256

# The time of a rollup's row is the first moment of its day or month.
TIME = "ChargePeriodStart"
# How many charges a row is made of.
CHARGES = "x_Charges"
# What is added up.
SUMS = ("BilledCost", "EffectiveCost", "ListCost", "x_Tokens", "x_Requests")
# Charges that lack one of these have rows of their own.
LACKED = ("ListCost", "x_Tokens", "x_Requests")
# The columns by which questions group and filter, in parts whose values multiply each other.
WHAT = (
    "ServiceName",
    "x_ModelId",
    "x_BillingModel",
    "x_ModelDeveloper",
    "x_TokenDirection",
    "x_TokenCacheAction",
    "x_Modality",
    "x_ServiceTier",
    "x_Scope",
    "x_Context",
    "x_Meter",
)
WHERE = ("SubAccountId", "RegionId")
WHO = ("x_ConsumerId",)
# Those with few values, which every rollup has.
ALWAYS = (
    "x_Cloud",
    "x_Source",
    "x_IsEstimate",
    "BillingCurrency",
    "BillingPeriodStart",
    "ChargeCategory",
    "CommitmentDiscountStatus",
    "x_UsageKind",
)
# Of these, a rollup without their values has whether there is one: every answer says what is of no customer.
MARKED = ("x_ConsumerId", "x_ModelId", "x_BillingModel")


@dataclass(frozen=True, slots=True)
class Rollup:
    """What charges are added up by.

    Args:
        unit: day or month.
        columns: the columns whose values it has, beside ALWAYS.
    """

    name: str
    unit: str
    columns: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        return (*ALWAYS, *self.columns)

    def select(self, charges: str) -> str:
        """The statement that makes it, from a table with the columns of unified_costs."""
        marked = [f"case when {name} is not null then '' end as {name}" for name in self.marks]
        keys = [*self.keys, *marked, f"date_trunc('{self.unit}', {TIME}) as {TIME}"]
        lacks = [f"charges.{name} is null as lacks_{name}" for name in LACKED]
        by = ", ".join(f"{number}" for number, _ in enumerate([*keys, *lacks], 1))
        sums = [f"sum(charges.{name}) as {name}" for name in SUMS]
        listed = ", ".join([*keys, *lacks, *sums, f"count(*) as {CHARGES}"])
        # Names of ours.
        return f"select {listed} from {charges} as charges group by {by} order by {TIME}, {by}"  # noqa: S608

    @property
    def marks(self) -> tuple[str, ...]:
        return tuple(name for name in MARKED if name not in self.keys)


# A day by one part, a month by two: more would have nearly as many rows as there are charges.
ROLLUPS = (
    Rollup("by_day", "day"),
    Rollup("by_day_what", "day", WHAT),
    Rollup("by_day_where", "day", WHERE),
    Rollup("by_day_who", "day", WHO),
    Rollup("by_month_what_where", "month", (*WHAT, *WHERE)),
    Rollup("by_month_what_who", "month", (*WHAT, *WHO)),
    Rollup("by_month_who_where", "month", (*WHO, *WHERE)),
)


@cache
def version(rollup: Rollup) -> str:
    """What files of it are called by: one that is made otherwise has others."""
    return sha256(rollup.select("charges").encode()).hexdigest()[:8]
