"""Sources in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format

from costs.admin.one_line import OneLineTexts
from costs.models import CostLoad, CostSource
from costs.providers.estimates import CALL_USD
from costs.wording import counted, printable

MAX_MONTHS = 6


@admin.register(CostSource)
class CostSourceAdmin(OneLineTexts):
    list_display = ["name", "kind", "location", "is_enabled", "state", "read_at", "last_error"]
    list_editable = ["is_enabled"]
    list_filter = ["is_enabled", "kind"]
    search_fields = ["name", "location"]
    fields = [
        "name",
        "kind",
        "location",
        "is_enabled",
        "state",
        "read_at",
        "last_error",
        "asked",
        "created_at",
    ]
    readonly_fields = ["state", "read_at", "last_error", "asked", "created_at"]
    empty_note = "There are no sources yet. Add a folder of exports, or run load_costs --source FOLDER."

    def get_queryset(self, request: HttpRequest) -> QuerySet[CostSource]:
        is_current = Q(loads__status=CostLoad.Status.CURRENT)
        sources: QuerySet[CostSource] = super().get_queryset(request)
        return sources.annotate(months=Count("loads", filter=is_current))

    def get_fields(
        self, request: HttpRequest, source: CostSource | None = None
    ) -> list[Any] | tuple[Any, ...]:
        fields = super().get_fields(request, source)
        return fields if source else [name for name in fields if name not in self.readonly_fields]

    def get_readonly_fields(self, _request: HttpRequest, source: CostSource | None = None) -> list[str]:
        # Loads name their source, and another kind would be another source.
        return [*self.readonly_fields, "name", "kind"] if source else []

    @admin.display
    def state(self, source: CostSource) -> str:
        running = source.loads.filter(status=CostLoad.Status.RUNNING).first()
        if running:
            return f"Loading {running.billing_period}"
        months = getattr(source, "months", 0)
        return f"{counted(months, 'month')} loaded" if months else "Not loaded yet"

    @admin.display(description="calls", empty_value="-")
    def asked(self, source: CostSource) -> str | None:
        """How often it was asked for estimates, and for what, in the last months."""
        price = CALL_USD.get(source.kind)
        told = [
            f"{month}: {counted(calls, 'call')}{f', {calls * price} USD' if price else ''}"
            for month, calls in sorted(source.calls.items(), reverse=True)
        ]
        return "; ".join(told[:MAX_MONTHS]) or None

    @admin.display(empty_value="-")
    def last_error(self, source: CostSource) -> str | None:
        if source.error:
            return printable(source.error)
        last = source.loads.exclude(status=CostLoad.Status.RUNNING).first()
        if last is None or last.status != CostLoad.Status.FAILED:
            return None
        failed_at = date_format(last.started_at, "DATETIME_FORMAT")
        return f"{last.billing_period} ({failed_at}): {printable(last.error or '')}"
