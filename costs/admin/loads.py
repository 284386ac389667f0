"""Loads in the admin, with what their sums are made of."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from catalog.admin import ReadOnly
from costs.admin.one_line import OneLineTexts
from costs.errors import CostError
from costs.explain import Explanation, explain
from costs.load.report import amounts
from costs.load.withdraw import withdraw
from costs.models import CostLoad
from costs.query import Question
from costs.store.configured import open_store
from costs.store.estimates import counting
from costs.wording import printable

MAX_PARTS = 100


@admin.register(CostLoad)
class CostLoadAdmin(ReadOnly, OneLineTexts):
    list_display = [
        "id",
        "source",
        "billing_period",
        "account",
        "counts",
        "rows",
        "money",
        "current_from",
        "replacement",
    ]
    list_filter = ["status", "is_estimate", "reason", "source", "billing_period"]
    list_select_related = ["source"]
    list_per_page = 50
    search_fields = ["id", "source__name", "revision", "origin"]
    fieldsets = [
        (None, {"fields": ["id", "source", "billing_period", "account", "counts", "is_demo", "error"]}),
        ("Content", {"fields": ["rows", "money", "explanation", "findings", "revision", "origin"]}),
        ("History", {"fields": ["reason", "current_from", "current_until", "replacement", "replaces"]}),
        ("Record", {"fields": ["path", "sha256", "names_version", "started_at", "heartbeat_at"]}),
    ]
    actions = ["withdraw"]
    empty_note = "There are no loads yet. Run load_costs."

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """The list, which tells of each estimate whether it counts."""
        changes: ChangeList = super().get_changelist_instance(request)
        _mark(list(changes.result_list))
        return changes

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> CostLoad | None:
        load: CostLoad | None = super().get_object(request, object_id, from_field)
        _mark([load] if load else [])
        return load

    def has_withdraw_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("costs.change_costload")

    @admin.action(description="Withdraw: take out of all sums", permissions=["withdraw"])
    def withdraw(self, request: HttpRequest, loads: QuerySet[CostLoad]) -> None:
        withdrawn = withdraw(loads.filter(status=CostLoad.Status.CURRENT))
        for load in withdrawn:
            messages.success(request, f"Withdrawn: {load}, {amounts(load.billed_by_currency)}.")
        again = "Disable their sources, or the next load_costs loads what these still offer."
        messages.warning(request, again if withdrawn else "None of these loads is current.")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.explain_view)
        return [path("<path:load_id>/explain/", view, name="costs_costload_explain"), *super().get_urls()]

    def explain_view(self, request: HttpRequest, load_id: str) -> HttpResponse:
        """The charges behind the sums of a load."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        load = self.get_object(request, load_id)
        if load is None:
            raise Http404(f"There is no load {load_id}.")
        context: dict[str, Any] = {"load": load, "opts": self.opts, "title": f"Charges of {load}"}
        by = getattr(load, "gave_way_to", None)
        try:
            context["explanations"] = [] if by else _explanations(load)
            context["error"] = f"None of them counts: {by} has a bill of the same account." if by else ""
        except CostError as error:
            context["error"] = f"{error.message} {error.hint}".strip()
        return TemplateResponse(
            request, "admin/costs/explain.html", {**self.admin_site.each_context(request), **context}
        )

    @admin.display(description="billed")
    def money(self, load: CostLoad) -> str:
        return amounts(load.billed_by_currency) if load.current_from else "-"

    @admin.display(description="checks", empty_value="-")
    def findings(self, load: CostLoad) -> SafeString | None:
        lines = ((printable(check),) for check in load.checks)
        return format_html_join(SafeString("<br>"), "{}", lines) if load.checks else None

    @admin.display(description="charges", empty_value="-")
    def explanation(self, load: CostLoad) -> SafeString | None:
        if not load.current_from:
            return None
        url = reverse("admin:costs_costload_explain", args=[load.pk])
        return format_html('<a href="{}">Explain the sum</a>', url)

    @admin.display(description="status", ordering="status")
    def counts(self, load: CostLoad) -> str | SafeString:
        """Its status, and whether it is an estimate that a bill has replaced."""
        estimate = "estimate, " if load.is_estimate else ""
        by = getattr(load, "gave_way_to", None)
        if by is None:
            return f"{estimate}{load.status}"
        return format_html("{}does not count: replaced by {} {}", estimate, by.source_id, _link(by.pk))

    @admin.display(description="replaced by", empty_value="-")
    def replacement(self, load: CostLoad) -> SafeString | None:
        return _link(load.replaced_by_id) if load.replaced_by_id else None

    @admin.display(empty_value="-")
    def replaces(self, load: CostLoad) -> SafeString | None:
        old = CostLoad.objects.filter(replaced_by=load).first()
        return format_html("{}: {}", _link(old.pk), amounts(old.billed_by_currency)) if old else None


def _mark(loads: Sequence[CostLoad]) -> None:
    """Give each estimate that does not count the load that it gave way to."""
    if not any(load.is_estimate and load.status == CostLoad.Status.CURRENT for load in loads):
        return
    replaced = counting(list(CostLoad.objects.current().defer("usage_days"))).replaced.values()
    by = {each.estimate.pk: each.by for each in chain.from_iterable(replaced)}
    for load in loads:
        load.gave_way_to = by.get(load.pk)  # type: ignore[attr-defined]


def _explanations(load: CostLoad) -> list[Explanation]:
    """The explanation of a load's sum in each currency, as of when it was current."""
    as_of = None if load.status == CostLoad.Status.CURRENT else load.current_from
    questions = [
        Question(["billed_cost"], filters={"load": [load.pk], "currency": [currency]}, as_of=as_of)
        for currency in load.billed
    ]
    found = [explain(question, open_store(), MAX_PARTS) for question in questions]
    for part in (part for explanation in found for part in explanation["rows"]):
        part["service"] = part["service"] and printable(part["service"])
        part["meter"] = part["meter"] and printable(part["meter"])
        part["unit"] = part["unit"] and printable(part["unit"])
    return found


def _link(load_id: str) -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse("admin:costs_costload_change", args=[load_id]), load_id)
