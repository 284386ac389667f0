"""Budgets, and what they were before they were changed (docs/budgets.md)."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, validate_email
from django.db import models, transaction

from accounts.models import User
from catalog.models import CurrentTimestamp
from catalog.pricing.decimals import plain
from catalog.pricing.written_numbers import split_number

NAME = RegexValidator(
    r"^[A-Za-z0-9][A-Za-z0-9._-]{0,59}\Z",
    "Use up to 60 letters, digits, dots, hyphens and underscores, with a letter or digit first.",
)


CURRENCY = RegexValidator(r"^[A-Z]{3}\Z", "Write the currency as bills do, such as USD.")
# 1e15 in 18 places is what a sum of costs can be compared with.
_AMOUNT = re.compile(r"\d{1,15}(\.\d{1,18})?", re.ASCII)
MAX_THRESHOLD = 1000
MAX_THRESHOLDS = 20
MAX_OWNERS = 50


def check_amount(text: str) -> None:
    """Refuse what is no amount above 0, or may be two."""
    if not _AMOUNT.fullmatch(text) or not Decimal(text):
        raise ValidationError("Write an amount above 0 in digits, such as 5000 or 49.90.")
    number = split_number(text)
    if number.is_ambiguous:
        whole = text.replace(".", "")
        raise ValidationError(f"{text} may be {plain(number.value)} or {whole}: write {text}0 or {whole}.")


def check_thresholds(values: Any) -> None:
    """Refuse what is no list of per cent."""
    are_whole = isinstance(values, list) and all(type(value) is int for value in values)
    if not are_whole or not all(1 <= value <= MAX_THRESHOLD for value in values):
        raise ValidationError(f"Write whole per cent from 1 to {MAX_THRESHOLD:,}, such as 50, 80, 100.")
    if len(values) > MAX_THRESHOLDS or len(set(values)) < len(values):
        raise ValidationError(f"Write up to {MAX_THRESHOLDS} thresholds, each once.")


def check_owners(values: Any) -> None:
    """Refuse what is no list of e-mail addresses."""
    if not isinstance(values, list) or len(values) > MAX_OWNERS:
        raise ValidationError(f"Write up to {MAX_OWNERS} e-mail addresses.")
    for value in values:
        try:
            # The list of a form has numbers as such.
            validate_email(f"{value}")
        except ValidationError as error:
            raise ValidationError(f"{value} is no e-mail address.") from error


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
    amount_text = models.TextField(
        "amount", validators=[check_amount], help_text="What may be spent in each period, such as 5000."
    )
    currency = models.TextField(
        default="USD", validators=[CURRENCY], help_text="Of the bills, such as USD. No other is added up."
    )
    period = models.TextField(choices=Period.choices, default=Period.MONTH)
    measure = models.TextField(choices=Measure.choices, default=Measure.BILLED)
    # As the filters of a question: {"cloud": ["aws"], "not_customer": [null]}.
    filters = models.JSONField(
        default=dict, blank=True, help_text='Which charges, such as {"cloud": ["aws"]}.'
    )
    thresholds = models.JSONField(
        default=default_thresholds,
        blank=True,
        validators=[check_thresholds],
        help_text="Per cent of the amount, at which spending alerts.",
    )
    forecast_thresholds = models.JSONField(
        default=default_forecast_thresholds,
        blank=True,
        validators=[check_thresholds],
        help_text="Per cent of the amount, at which the forecast of the period alerts.",
    )
    owners = models.JSONField(
        default=list,
        blank=True,
        validators=[check_owners],
        help_text="E-mail addresses that get its alerts.",
    )
    notes = models.TextField(default="", blank=True)
    is_enabled = models.BooleanField(default=True, help_text="Whether it alerts.")
    created_at = models.DateTimeField(db_default=CurrentTimestamp())

    class Meta:
        db_table = "cost_budgets"
        ordering = ["name"]
        verbose_name = "budget"

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, by: User | None = None, **kwargs: Any) -> None:
        """Save it, and its terms if they have changed; `by` is who changes it."""
        with transaction.atomic():
            super().save(*args, **kwargs)
            last = BudgetChange.objects.filter(budget=self.name).first()
            if last is None or last.terms != self.terms:
                BudgetChange.objects.create(budget=self.name, by=by, terms=self.terms)

    def delete(self, *args: Any, by: User | None = None, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete it; its past terms are kept. `by` is who deletes it."""
        with transaction.atomic():
            BudgetChange.objects.create(budget=self.name, by=by, terms=None)
            return super().delete(*args, **kwargs)

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
        verbose_name_plural = "changes of budgets"
        indexes = [models.Index(fields=["budget", "at"], name="idx_cost_budget_changes")]

    def __str__(self) -> str:
        return f"{self.budget} on {self.at:%Y-%m-%d}"
