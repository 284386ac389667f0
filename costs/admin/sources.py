"""Sources in the admin."""

from __future__ import annotations

import logging
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin import helpers
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.formats import date_format

from costs.admin.check_source import Checked, check
from costs.admin.one_line import OneLineTexts
from costs.models import CostLoad, CostSource
from costs.pasted import refusal
from costs.providers.estimates import CALL_USD
from costs.wording import counted, printable

logger = logging.getLogger(__name__)
# The button of the form that looks and saves nothing.
CHECK = "_check"
# So many loads show when a source last changed what answers rest on.
MAX_LOADS = 12
MAX_MONTHS = 6


class SourceForm(forms.ModelForm):
    """The form of a source, which sends no secret back."""

    class Meta:
        model = CostSource
        fields = "__all__"  # noqa: DJ007 the admin says which

    def full_clean(self) -> None:
        super().full_clean()
        # The form shows what was sent again.
        self.data = {name: "" if self._may_be_secret(name) else self.data[name] for name in self.data}

    def _may_be_secret(self, name: str) -> bool:
        """What of the form is not sent back: of credentials, all that name none."""
        if name == "credentials":
            return self.has_error(name)
        return bool(refusal(f"{self.data[name]}"))


@admin.register(CostSource)
class CostSourceAdmin(OneLineTexts):
    form = SourceForm
    change_form_template = "admin/costs/source.html"
    list_display = ["name", "kind", "location", "is_enabled", "state", "read_at", "last_error"]
    list_editable = ["is_enabled"]
    list_filter = ["is_enabled", "kind"]
    search_fields = ["name", "location"]
    fields = [
        "name",
        "kind",
        "location",
        "credentials",
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

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if request.method == "POST" and CHECK in request.POST:
            return self._checked(request, object_id, form_url)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: CostSource | None = None,
    ) -> HttpResponse:
        context["loads"] = obj.loads.filter(status__in=CostLoad.PUBLISHED)[:MAX_LOADS] if obj else []
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _checked(self, request: HttpRequest, object_id: str | None, form_url: str) -> HttpResponse:
        """The form as it was sent, with what its source offers; nothing is saved."""
        source = self.get_object(request, unquote(object_id)) if object_id else None
        is_allowed = (
            self.has_change_permission(request, source) if source else self.has_add_permission(request)
        )
        if (object_id and source is None) or not is_allowed:
            raise PermissionDenied
        fieldsets: Any = self.get_fieldsets(request, source)
        form = self.get_form(request, source, change=bool(source), fields=flatten_fieldsets(fieldsets))(
            request.POST, instance=source
        )
        checked = self._check(request, form) if form.is_valid() else None
        shown = helpers.AdminForm(
            form, list(fieldsets), {}, self.get_readonly_fields(request, source), model_admin=self
        )
        context = {
            **self.admin_site.each_context(request),
            "title": f"{'Change' if source else 'Add'} {self.opts.verbose_name}",
            "subtitle": f"{source}" if source else None,
            "adminform": shown,
            "object_id": object_id,
            "original": source,
            "is_popup": False,
            "to_field": None,
            "media": self.media + shown.media,
            "inline_admin_formsets": [],
            "errors": helpers.AdminErrorList(form, []),
            "preserved_filters": self.get_preserved_filters(request),
            "checked": checked,
        }
        return self.render_change_form(
            request, context, add=not source, change=bool(source), obj=source, form_url=form_url
        )

    def _check(self, request: HttpRequest, form: forms.ModelForm) -> Checked:
        checked = check(form.instance)
        logger.info(
            "source_check user=%s kind=%s ok=%s", request.user.pk, form.instance.kind, not checked.error
        )
        return checked

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
