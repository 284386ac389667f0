"""The filters of SKUs: their values are those of the search, and mean the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL
from django.http import HttpRequest

from catalog.models import Sku
from catalog.pricing import list_prices
from catalog.pricing.list_prices import Snapshot
from catalog.search.values import values_of

# The ORM cannot ask for an element of a JSON array on SQLite.
_SOLD_IN = "EXISTS (SELECT 1 FROM json_each(skus.service_regions) WHERE value = %s)"


def snapshot_of(request: HttpRequest) -> Snapshot:
    """The present, as a request sees it: it is read once."""
    kept = vars(request)
    if "catalog_snapshot" not in kept:
        kept["catalog_snapshot"] = list_prices.snapshot()
    found: Snapshot = kept["catalog_snapshot"]
    return found


class ValueFilter(admin.SimpleListFilter):
    """A filter that the search has too: `argument` is its name there, `known` the field with its values."""

    argument: ClassVar[str]
    known: ClassVar[str]

    def lookups(self, request: HttpRequest, _model_admin: Any) -> Sequence[tuple[str, str]]:
        values: Sequence[tuple[str, str]] = getattr(values_of(snapshot_of(request)), self.known)
        return values

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Sku]) -> QuerySet[Sku]:
        return queryset.filter(**{self.argument: self.value()}) if self.value() else queryset


class ServiceFilter(ValueFilter):
    title = "service"
    parameter_name = argument = "service"
    known = "services"


class RegionFilter(ValueFilter):
    title = "region"
    parameter_name = argument = "region"
    known = "regions"

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Sku]) -> QuerySet[Sku]:
        if not self.value():
            return queryset
        is_sold_there = RawSQL(_SOLD_IN, (self.value(),), BooleanField())  # noqa: S611  # a constant
        return queryset.filter(is_sold_there)


class ResourceGroupFilter(ValueFilter):
    title = "resource group"
    parameter_name = argument = "resource_group"
    known = "resource_groups"


class UsageTypeFilter(ValueFilter):
    title = "usage type"
    parameter_name = argument = "usage_type"
    known = "usage_types"


class WithdrawnFilter(admin.SimpleListFilter):
    """Hides what Google does not list any more, unless told otherwise."""

    title = "withdrawn"
    parameter_name = "withdrawn"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Only withdrawn"), ("all", "With withdrawn")]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Sku]) -> QuerySet[Sku]:
        if self.value() == "all":
            return queryset
        return queryset.filter(retired_at__isnull=self.value() != "yes")
