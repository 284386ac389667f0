"""Alerts: what is wrong since when, who was told, and what is not to be told (docs/alerts.md)."""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q

from catalog.models import CurrentTimestamp
from costs.models.runs import Run


class AlertQuerySet(models.QuerySet["Alert"]):
    def firing(self, prefixes: Sequence[str] = ("",)) -> AlertQuerySet:
        """Those that fire, with causes that begin with one of these."""
        begins = [Q(cause__startswith=prefix) for prefix in prefixes]
        return self.filter(functools.reduce(operator.or_, begins), resolved_at=None)


class Alert(models.Model):
    """Something that is or was wrong, from when it was found until it was gone. One fires for each cause."""

    class Kind(models.TextChoices):
        BUDGET = "budget", "Budget"
        ANOMALY = "anomaly", "Anomaly"
        LOADS = "loads", "Loads"
        LIVE = "live", "Live cost"

    class Severity(models.TextChoices):
        CRITICAL = "critical"
        WARNING = "warning"

    class Untold(models.TextChoices):
        """Why nobody was told."""

        NO = "", "Told"
        NO_CHANNEL = "no_channel", "No channel is set up"
        MUTED = "muted", "Muted"
        DEMO = "demo", "About made-up data"
        COVERED = "covered", "Another alert says it"

    # What it is about, the same each time that it is found: "budget/team-a/2026-11/actual/80".
    cause = models.TextField()
    kind = models.TextField(choices=Kind.choices)
    severity = models.TextField(choices=Severity.choices, default=Severity.WARNING)
    summary = models.TextField(help_text="One sentence, with its figures.")
    # The figures as an answer has them: amounts as decimal strings.
    details = models.JSONField(default=dict)
    # What it is about, which mutes match: {"budget": "team-a"}, {"model": "nova-lite", "customer": "acme"}.
    about = models.JSONField(default=dict)
    path = models.TextField(help_text="The address of its page on this site.")
    owners = models.JSONField(default=list, blank=True, help_text="E-mail addresses of those whom it is for.")
    is_personal = models.BooleanField(default=False, help_text="Whether only its owners are told.")
    is_demo = models.BooleanField(default=False, help_text="Whether it is about made-up data.")
    holds_seconds = models.IntegerField(
        default=0, help_text="How long it is not found before it is resolved."
    )
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField(help_text="When it was last found.")
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolution = models.TextField(default="", blank=True, help_text="Why it is resolved.")
    untold = models.TextField(choices=Untold.choices, default=Untold.NO, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    reason = models.TextField(default="", blank=True, help_text="Why it was acknowledged.")

    objects = AlertQuerySet.as_manager()

    class Meta:
        db_table = "cost_alerts"
        ordering = ["-started_at", "-id"]
        verbose_name = "alert"
        constraints = [
            models.UniqueConstraint(
                fields=["cause"], condition=Q(resolved_at=None), name="cost_alerts_one_firing"
            ),
        ]
        indexes = [models.Index(fields=["cause"], name="idx_cost_alerts_cause")]

    def __str__(self) -> str:
        return self.summary


class Mute(models.Model):
    """What is not to alert for a time: anomalies of a cause, or a budget. It is found, but not told."""

    kind = models.TextField(choices=Alert.Kind.choices, default=Alert.Kind.ANOMALY)
    # Values that all have to be those of the cause: {"model": "nova-lite"}, {"budget": "name"}.
    match = models.JSONField(help_text='What an alert must be about, such as {"model": "nova-lite"}.')
    reason = models.TextField()
    until = models.DateTimeField(null=True, blank=True, help_text="Empty for always.")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(db_default=CurrentTimestamp())

    class Meta:
        db_table = "cost_mutes"
        ordering = ["-created_at", "-id"]
        verbose_name = "mute"

    def __str__(self) -> str:
        return ", ".join(f"{name} {value}" for name, value in self.match.items())


class Notification(models.Model):
    """One message of an alert on one channel: that it fires, or that it is resolved. Each is sent once."""

    class Event(models.TextChoices):
        FIRING = "firing"
        RESOLVED = "resolved"

    class State(models.TextChoices):
        PENDING = "pending"
        SENDING = "sending"
        SENT = "sent"
        FAILED = "failed", "Failed for good"
        UNKNOWN = "unknown", "Interrupted: sent or not"
        DROPPED = "dropped", "Dropped: resolved before"

    # A message that was being sent for so long was interrupted.
    LEASE = timedelta(minutes=5)
    # Of these it is known what became of them.
    DONE = (State.SENT, State.FAILED, State.UNKNOWN, State.DROPPED)

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="notifications", db_index=False)
    channel = models.TextField(help_text="webhook, email, slack or alertmanager.")
    event = models.TextField(choices=Event.choices)
    # What is told, as it was then (costs/alerts/message.py).
    message = models.JSONField(default=dict)
    state = models.TextField(choices=State.choices, default=State.PENDING)
    attempts = models.IntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True, help_text="When it was last begun to be sent.")
    error = models.TextField(default="", blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "cost_notifications"
        ordering = ["-id"]
        verbose_name = "notification"
        constraints = [
            models.UniqueConstraint(fields=["alert", "channel", "event"], name="cost_notifications_once"),
        ]
        indexes = [models.Index(fields=["state", "next_attempt_at"], name="idx_cost_notifications_due")]

    def __str__(self) -> str:
        return f"{self.channel}: {self.event}"


class AlertRun(Run):
    """An evaluation of all rules. The one that runs holds the lease: there is one at a time."""

    LEASE = timedelta(minutes=5)

    rules = models.TextField(default="costs", help_text="Which rules were evaluated.")
    fired = models.IntegerField(default=0)
    resolved = models.IntegerField(default=0)
    sent = models.IntegerField(default=0)
    unsent = models.IntegerField(default=0, help_text="Messages that could not be sent, and may be later.")
    # What rules could not be evaluated, as sentences.
    skipped = models.JSONField(default=list, blank=True)

    class Meta:
        db_table = "cost_alert_runs"
        ordering = ["-id"]
        verbose_name = "evaluation"
        constraints = [
            models.UniqueConstraint(
                fields=["rules"], condition=Q(finished_at=None), name="cost_alert_runs_one_running"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}"
