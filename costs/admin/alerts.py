"""Alerts, what is muted, what was sent, and the evaluations, in the admin."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from catalog.admin import ReadOnly
from catalog.admin.read_only import pretty
from costs.admin.json_object import JsonObjectField
from costs.admin.one_line import OneLineTexts
from costs.alerts.acknowledge import acknowledge
from costs.models import Alert, AlertRun, Mute, Notification
from costs.wording import printable


class IsFiring(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, *_: Any) -> list[tuple[str, str]]:
        return [("firing", "Firing"), ("resolved", "Resolved")]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Alert]) -> QuerySet[Alert]:
        if self.value() == "firing":
            return queryset.filter(resolved_at=None)
        return queryset.exclude(resolved_at=None) if self.value() == "resolved" else queryset


@admin.register(Alert)
class AlertAdmin(OneLineTexts):
    """Only the reason of an alert can be written; to write it is to acknowledge the alert."""

    list_display = ["says", "kind", "severity", "started_at", "state", "untold", "is_demo"]
    list_filter = [IsFiring, "kind", "severity", "untold", "is_demo"]
    search_fields = ["cause", "summary"]
    empty_note = "There are no alerts. Run evaluate_rules to look for some."
    fields = [
        "says",
        "kind",
        "severity",
        "cause",
        "started_at",
        "seen_at",
        "state",
        "untold",
        "is_demo",
        "figures",
        "acknowledged_at",
        "acknowledged_by",
        "reason",
    ]

    def has_add_permission(self, *_: Any) -> bool:
        return False

    def has_delete_permission(self, *_: Any) -> bool:
        return False

    def get_readonly_fields(self, _request: HttpRequest, alert: Alert | None = None) -> list[str]:
        is_open = alert is not None and alert.resolved_at is None and alert.acknowledged_at is None
        return [f"{name}" for name in self.fields if name != "reason" or not is_open]

    def save_model(self, request: HttpRequest, obj: Alert, _form: Any, _change: bool) -> None:
        if not obj.reason.strip():
            messages.warning(request, "Write a reason to acknowledge the alert.")
        elif not acknowledge(obj, cast("User", request.user), obj.reason):
            messages.warning(request, "The alert was resolved or acknowledged meanwhile.")

    @admin.display(description="alert", ordering="summary")
    def says(self, alert: Alert) -> str:
        return printable(alert.summary)

    @admin.display
    def state(self, alert: Alert) -> str:
        if alert.resolved_at:
            return f"Resolved on {alert.resolved_at:%Y-%m-%d %H:%M}. {printable(alert.resolution)}"
        return "Acknowledged" if alert.acknowledged_at else "Firing"

    @admin.display
    def figures(self, alert: Alert) -> str:
        return pretty(alert.details)


class MuteForm(forms.ModelForm):
    class Meta:
        model = Mute
        fields = "__all__"  # noqa: DJ007  # the admin lists them
        field_classes = {"match": JsonObjectField}

    def clean_match(self) -> Any:
        """Refuse what no alert is about."""
        match = self.cleaned_data["match"]
        if not all(value is None or isinstance(value, str) for value in match.values()):
            raise ValidationError('Write one text or null for each name, such as {"model": "nova-lite"}.')
        return match


@admin.register(Mute)
class MuteAdmin(OneLineTexts):
    form = MuteForm
    list_display = ["what", "kind", "reason", "until", "by"]
    list_filter = ["kind"]
    list_select_related = ["by"]
    fields = ["kind", "match", "reason", "until"]
    empty_note = "Nothing is muted."

    @admin.display(description="what")
    def what(self, mute: Mute) -> str:
        return printable(f"{mute}")

    def save_model(self, request: HttpRequest, obj: Mute, form: Any, change: bool) -> None:
        if not change:
            obj.by = cast("User", request.user)
        super().save_model(request, obj, form, change)


@admin.register(Notification)
class NotificationAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["says", "channel", "event", "state", "attempts", "sent_at", "error"]
    list_filter = ["state", "channel", "event"]
    list_select_related = ["alert"]
    fields = [
        "alert",
        "channel",
        "event",
        "state",
        "attempts",
        "sent_at",
        "error",
        "created_at",
        "claimed_at",
        "next_attempt_at",
        "content",
    ]
    actions = ["send_again"]
    empty_note = "Nothing was ever sent. docs/alerts.md says how to set up where alerts are sent to."

    def has_again_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("costs.change_notification")

    @admin.action(description="Send again, with the next evaluation", permissions=["again"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Notification]) -> None:
        ended = queryset.filter(state__in=(Notification.State.FAILED, Notification.State.UNKNOWN))
        count = ended.update(
            state=Notification.State.PENDING, attempts=0, next_attempt_at=timezone.now(), error=""
        )
        messages.info(request, f"To be sent again: {count}. Others have not failed.")

    @admin.display(description="alert")
    def says(self, notification: Notification) -> str:
        return printable(notification.alert.summary)

    @admin.display(description="message")
    def content(self, notification: Notification) -> str:
        return pretty(notification.message)


@admin.register(AlertRun)
class AlertRunAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["started_at", "finished_at", "fired", "resolved", "sent", "unsent", "error"]
    fields = [
        "started_at",
        "heartbeat_at",
        "finished_at",
        "fired",
        "resolved",
        "sent",
        "unsent",
        "error",
        "not_evaluated",
    ]
    empty_note = "No rules were ever evaluated. Run evaluate_rules, best after each load_costs."

    @admin.display(description="not evaluated", empty_value="-")
    def not_evaluated(self, run: AlertRun) -> str | None:
        return "\n".join(map(printable, run.skipped)) or None
