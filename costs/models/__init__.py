"""The tables about costs: sources and loads, names, budgets, alerts. Charges are in files (costs.store)."""

from __future__ import annotations

from costs.models.alerts import Alert, AlertRun, Mute, Notification
from costs.models.budgets import Budget, BudgetChange
from costs.models.loads import ALL, CostLoad, CostLoadQuerySet, CostSource, no_reserved_name
from costs.models.names import ConsumerRule, ModelName

__all__ = [
    "ALL",
    "Alert",
    "AlertRun",
    "Budget",
    "BudgetChange",
    "ConsumerRule",
    "CostLoad",
    "CostLoadQuerySet",
    "CostSource",
    "ModelName",
    "Mute",
    "Notification",
    "no_reserved_name",
]
