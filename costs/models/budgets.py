"""Budgets, and what they were before they were changed (docs/budgets.md)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models

from catalog.models import CurrentTimestamp

NAME = RegexValidator(
    r"^[A-Za-z0-9][A-Za-z0-9._-]{0,59}\Z",
    "Use up to 60 letters, digits, dots, hyphens and underscores, with a letter or digit first.",
)


def default_thresholds() -> list[int]:
    return [50, 80, 100]


def default_forecast_thresholds() -> list[int]:
    return [100]


class Budget(models.Model):
    """What may be spent in a month or quarter on charges that filters choose."""

    class Period(models.TextChoices):
        MONTH = "month"
        QUARTER = "quarter"

    class Measure(models.TextChoices):
        BILLED = "billed_cost", "Billed cost"
        EFFECTIVE = "effective_cost", "Effective cost"

    name = models.TextField(
        primary_key=True, validators=[NAME], help_text="Short: answers and alerts name it."
    )
    # An exact decimal as text, in the currency beside it.
    amount_text = models.TextField("amount", help_text="What may be spent in each period, such as 5000.")
    currency = models.TextField(default="USD", help_text="Of the bills, such as USD. No other is added up.")
    period = models.TextField(choices=Period.choices, default=Period.MONTH)
    measure = models.TextField(choices=Measure.choices, default=Measure.BILLED)
    # As the filters of a question: {"cloud": ["aws"], "not_customer": [null]}.
    filters = models.JSONField(
        default=dict, blank=True, help_text='Which charges, such as {"cloud": ["aws"]}.'
    )
    thresholds = models.JSONField(
        default=default_thresholds, blank=True, help_text="Per cent of the amount, at which spending alerts."
    )
    forecast_thresholds = models.JSONField(
        default=default_forecast_thresholds,
        blank=True,
        help_text="Per cent of the amount, at which the forecast of the period alerts.",
    )
    owners = models.JSONField(default=list, blank=True, help_text="E-mail addresses that its alerts go to.")
    notes = models.TextField(default="", blank=True)
    is_enabled = models.BooleanField(default=True, help_text="Whether it alerts.")
    created_at = models.DateTimeField(db_default=CurrentTimestamp())

    class Meta:
        db_table = "cost_budgets"
        ordering = ["name"]
        verbose_name = "budget"

    def __str__(self) -> str:
        return self.name

    @property
    def amount(self) -> Decimal:
        return Decimal(self.amount_text)

    @property
    def terms(self) -> dict[str, Any]:
        """What a change keeps of it."""
        return {
            "amount": self.amount_text,
            "currency": self.currency,
            "period": self.period,
            "measure": self.measure,
            "filters": self.filters,
            "thresholds": self.thresholds,
            "forecast_thresholds": self.forecast_thresholds,
        }


class BudgetChange(models.Model):
    """The terms of a budget from a moment on; rows are only added. A deleted budget keeps them."""

    # No foreign key: they outlive the budget.
    budget = models.TextField(help_text="The name of the budget.")
    at = models.DateTimeField(db_default=CurrentTimestamp())
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # Budget.terms; null if the budget was deleted.
    terms = models.JSONField(null=True)

    class Meta:
        db_table = "cost_budget_changes"
        ordering = ["-at", "-id"]
        verbose_name = "change of a budget"
        indexes = [models.Index(fields=["budget", "at"], name="idx_cost_budget_changes")]

    def __str__(self) -> str:
        return f"{self.budget} on {self.at:%Y-%m-%d}"
