"""Budgets in the admin, with what they were before."""

from __future__ import annotations

import re
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import User
from catalog.admin import ReadOnly
from catalog.admin.read_only import pretty
from costs.admin.json_object import JsonObjectField
from costs.admin.one_line import OneLineTexts
from costs.errors import CostError
from costs.models import Budget, BudgetChange
from costs.query import Question
from costs.query.dimensions import value_of
from costs.query.snapshot import take
from costs.reports.budget_fit import misfit
from costs.reports.budget_terms import Terms
from costs.store.configured import open_store

# Of more digits than per cent can have, a number is left as it was written.
_WHOLE = re.compile(r"\d{1,9}", re.ASCII)


class ListField(forms.JSONField):
    """A list, written with commas between its parts."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        parts = (part.strip() for part in f"{value or ''}".strip("[] ").split(","))
        return [int(part) if _WHOLE.fullmatch(part) else part for part in parts if part]

    def bound_data(self, data: Any, _initial: Any) -> Any:
        return data

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.to_python(data) != (initial or []))


_LISTS = ("thresholds", "forecast_thresholds", "owners")


class BudgetForm(forms.ModelForm):
    class Meta:
        model = Budget
        fields = "__all__"  # noqa: DJ007  # the admin lists them
        field_classes = dict.fromkeys(_LISTS, ListField)
        widgets = dict.fromkeys(_LISTS, forms.TextInput(attrs={"class": "vTextField"}))

    def clean_filters(self) -> Any:
        """Refuse filters that no question could have, or that a field or the period says already."""
        filters = self.cleaned_data["filters"]
        try:
            read = _question(filters).read_filters()
        except CostError as error:
            raise ValidationError(f"{error.message} {error.hint}".strip()) from error
        for wanted in read:
            name = wanted.dimension.name
            if wanted.is_of_time or name == "currency":
                raise ValidationError(f"{name} is no filter of a budget: its period and currency are fields.")
        return {name: [*map(value_of, values)] for name, values in filters.items()}


def _question(filters: Any) -> Question:
    are_lists = all(
        isinstance(values, list) and all(value is None or isinstance(value, str) for value in values)
        for values in filters.values()
    )
    if not are_lists:
        raise ValidationError('Write lists of values by dimension, such as {"cloud": ["aws"]}.')
    return Question(filters=filters)


def _misfit(budget: Budget) -> str:
    """Which of what it is about no loaded charge has; "" if that cannot be told."""
    try:
        return misfit(Terms.read(budget.terms), take(open_store(), None))
    except CostError:
        return ""


@admin.register(Budget)
class BudgetAdmin(OneLineTexts):
    form = BudgetForm
    list_display = ["name", "amount", "period", "measure", "filters", "is_enabled"]
    list_filter = ["is_enabled", "period"]
    search_fields = ["name", "notes"]
    empty_note = "There are no budgets yet. A budget is an amount a month or quarter, for charges you choose."
    formfield_overrides = {
        **OneLineTexts.formfield_overrides,
        models.JSONField: {
            "form_class": JsonObjectField,
            "widget": forms.Textarea(attrs={"rows": 3, "cols": 80}),
        },
    }
    fieldsets = [
        (None, {"fields": ["name", ("amount_text", "currency"), "period", "measure", "filters"]}),
        ("Alerts", {"fields": ["thresholds", "forecast_thresholds", "owners", "is_enabled"]}),
        ("Notes", {"fields": ["notes"]}),
    ]

    def get_readonly_fields(self, _request: HttpRequest, budget: Budget | None = None) -> list[str]:
        # Past terms and alerts name it.
        return ["name"] if budget else []

    @admin.display(ordering="amount_text")
    def amount(self, budget: Budget) -> str:
        return f"{budget.amount_text} {budget.currency}"

    def save_model(self, request: HttpRequest, obj: Budget, _form: Any, _change: bool) -> None:
        obj.save(by=cast("User", request.user))
        if why := _misfit(obj):
            messages.warning(request, f"{why} The budget is saved: it counts such charges once they come.")

    def delete_model(self, request: HttpRequest, obj: Budget) -> None:
        obj.delete(by=cast("User", request.user))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Budget]) -> None:
        for budget in queryset:
            budget.delete(by=cast("User", request.user))


@admin.register(BudgetChange)
class BudgetChangeAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["budget", "at", "by", "says"]
    list_filter = ["budget"]
    list_select_related = ["by"]
    fields = ["budget", "at", "by", "all_terms"]
    search_fields = ["budget"]
    empty_note = "No budget was ever made or changed."

    @admin.display(description="terms")
    def says(self, change: BudgetChange) -> str:
        terms = change.terms
        return f"{terms['amount']} {terms['currency']} a {terms['period']}" if terms else "deleted"

    @admin.display(description="terms")
    def all_terms(self, change: BudgetChange) -> str:
        return pretty(change.terms)
