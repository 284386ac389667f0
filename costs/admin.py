"""Sources, loads, model names and customer rules in the admin."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Count, Q, QuerySet
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from catalog.admin import ReadOnly
from costs.errors import CostError
from costs.explain import Explanation, explain
from costs.load.report import amounts
from costs.load.withdraw import withdraw
from costs.meters.model_names import Names
from costs.models import ConsumerRule, CostLoad, CostSource, ModelName
from costs.query import Question
from costs.store.configured import open_store
from costs.unmapped import UnmappedModel, unmapped_models
from costs.wording import counted, printable

MAX_UNMAPPED = 100
MAX_PARTS = 100
APPLY = "Run load_costs to apply this. It covers loaded months too."


class OneLineTexts(admin.ModelAdmin):
    """Rows whose texts are one line each."""

    formfield_overrides: ClassVar = {models.TextField: {"widget": AdminTextInputWidget}}


@admin.register(CostSource)
class CostSourceAdmin(OneLineTexts):
    list_display = ["name", "kind", "location", "is_enabled", "state", "read_at", "last_error"]
    list_editable = ["is_enabled"]
    list_filter = ["is_enabled", "kind"]
    search_fields = ["name", "location"]
    fields = ["name", "kind", "location", "is_enabled", "state", "read_at", "last_error", "created_at"]
    readonly_fields = ["state", "read_at", "last_error", "created_at"]
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

    @admin.display(empty_value="-")
    def last_error(self, source: CostSource) -> str | None:
        if source.error:
            return printable(source.error)
        last = source.loads.exclude(status=CostLoad.Status.RUNNING).first()
        if last is None or last.status != CostLoad.Status.FAILED:
            return None
        failed_at = date_format(last.started_at, "DATETIME_FORMAT")
        return f"{last.billing_period} ({failed_at}): {printable(last.error or '')}"


@admin.register(CostLoad)
class CostLoadAdmin(ReadOnly, OneLineTexts):
    list_display = [
        "id",
        "source",
        "billing_period",
        "status",
        "rows",
        "money",
        "current_from",
        "replacement",
    ]
    list_filter = ["status", "reason", "source", "billing_period"]
    list_select_related = ["source"]
    list_per_page = 50
    search_fields = ["id", "source__name", "revision", "origin"]
    fieldsets = [
        (None, {"fields": ["id", "source", "billing_period", "status", "is_demo", "error"]}),
        ("Content", {"fields": ["rows", "money", "explanation", "findings", "revision", "origin"]}),
        ("History", {"fields": ["reason", "current_from", "current_until", "replacement", "replaces"]}),
        ("Record", {"fields": ["path", "sha256", "names_version", "started_at", "heartbeat_at"]}),
    ]
    actions = ["withdraw"]
    empty_note = "There are no loads yet. Run load_costs."

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
        try:
            context["explanations"] = _explanations(load)
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

    @admin.display(description="replaced by", empty_value="-")
    def replacement(self, load: CostLoad) -> SafeString | None:
        return _link(load.replaced_by_id) if load.replaced_by_id else None

    @admin.display(empty_value="-")
    def replaces(self, load: CostLoad) -> SafeString | None:
        old = CostLoad.objects.filter(replaced_by=load).first()
        return format_html("{}: {}", _link(old.pk), amounts(old.billed_by_currency)) if old else None


class StampAdmin(OneLineTexts):
    """Rows by which charges are stamped; a message says how they are applied."""

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm[Any], change: bool) -> None:
        super().save_model(request, obj, form, change)
        messages.info(request, APPLY)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        messages.info(request, APPLY)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        super().delete_queryset(request, queryset)
        messages.info(request, APPLY)


@admin.register(ModelName)
class ModelNameAdmin(StampAdmin):
    list_display = ["billing_model", "cloud", "product", "model_id", "developer"]
    list_filter = ["cloud", "developer"]
    search_fields = ["billing_model", "model_id", "product"]
    change_list_template = "admin/costs/model_names.html"
    empty_note = "There are no names of yours yet. The bundled table names the models that are known."

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(request, {**_unmapped(), **(extra_context or {})})


@admin.register(ConsumerRule)
class ConsumerRuleAdmin(StampAdmin):
    list_display = ["position", "kind", "name", "value", "consumer"]
    list_display_links = ["position", "kind"]
    list_filter = ["kind"]
    search_fields = ["name", "value", "consumer"]
    empty_note = (
        "There are no rules yet. Until there are, a charge is for the customer that its tag customer, "
        "tenant or team names, in any case. Rules replace this default."
    )

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        last = ConsumerRule.objects.last()
        return {
            "position": last.position + 10 if last else 10,
            **super().get_changeform_initial_data(request),
        }


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


def _unmapped() -> dict[str, Any]:
    """The billing names without a model, with their money; or why they cannot be listed."""
    try:
        found = unmapped_models(open_store())
    except CostError as error:
        return {"unmapped_error": error.message}
    names = Names(ModelName.objects.values_list("cloud", "product", "billing_model", "model_id", "developer"))
    rows = [
        {
            "model": model,
            "shown": [printable(text) for text in (model.billing_model, model.cloud, model.product)],
            "meter": printable(model.meter),
            "money": amounts({model.currency: model.billed}),
            "mapped": _mapped(model, names),
        }
        for model in found[:MAX_UNMAPPED]
    ]
    return {"unmapped": rows, "unmapped_left_out": len(found) - len(rows)}


def _mapped(model: UnmappedModel, names: Names) -> str | None:
    """The model that a name is by now, until load_costs stamps it."""
    found = names.find(model.cloud, (model.product,), model.billing_model)
    return found[0] if found else None


def _link(load_id: str) -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse("admin:costs_costload_change", args=[load_id]), load_id)
