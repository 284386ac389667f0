"""Starts a sync from the admin, and shows how far it is."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from catalog.admin import runs
from catalog.errors import SyncRefusedError
from catalog.models import PricingUpdate
from catalog.sync import progress as progress_of
from catalog.sync import start


def is_allowed(request: HttpRequest) -> bool:
    user = request.user
    return user.is_active and user.is_authenticated and user.is_superuser


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """Ask whether to sync, and do so."""
    if not is_allowed(request):
        raise PermissionDenied
    if request.method == "POST":
        return _start(request)
    context = {"refusal": start.refusal(), "running": start.running(), "job": settings.SYNC_JOB}
    return _page(request, "admin/catalog/sync_now.html", "Sync now", context)


@require_safe
def progress(request: HttpRequest) -> HttpResponse:
    """How far the sync is; to htmx only the part that changes. `after` is the latest run before it."""
    if not is_allowed(request):
        raise PermissionDenied
    after = request.GET.get("after", "")
    newer = PricingUpdate.objects.filter(pk__gt=int(after) if after.isdecimal() else 0)
    run = newer.order_by("id").first() if after.isdecimal() else start.running()
    context = {"after": after, "run": run, **(_state(run) if run else {"is_open": start.is_starting()})}
    if "HX-Request" in request.headers:
        return TemplateResponse(request, "admin/catalog/sync_state.html", context)
    return _page(request, "admin/catalog/sync_progress.html", "Sync", context)


def _start(request: HttpRequest) -> HttpResponseRedirect:
    latest = start.latest_id()
    try:
        start.start()
    except SyncRefusedError as refusal:
        messages.warning(request, f"{refusal}")
        return redirect("admin:catalog_pricingupdate_changelist")
    LogEntry.objects.create(
        user_id=cast("int", request.user.pk),
        content_type=ContentType.objects.get_for_model(PricingUpdate),
        object_repr="Sync now",
        action_flag=ADDITION,
        change_message=f"Started {settings.SYNC_JOB or 'sync_catalog'}.",
    )
    return HttpResponseRedirect(reverse("admin:sync_progress", query={"after": latest}))


def _state(run: PricingUpdate) -> dict[str, Any]:
    return {
        "is_open": progress_of.state_name(run) == PricingUpdate.Status.RUNNING,
        "state": runs.state_of(run),
        "services": progress_of.services_of(run),
        "duration": progress_of.duration_of(run),
        "changes": runs.changes_address(run),
    }


def _page(request: HttpRequest, template: str, title: str, context: dict[str, Any]) -> HttpResponse:
    opts = PricingUpdate._meta
    return TemplateResponse(
        request, template, {**admin.site.each_context(request), "title": title, "opts": opts, **context}
    )
