"""What is used now: counts by minute, kept for two days, and by hour (docs/live.md)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q

from catalog.models import CurrentTimestamp
from catalog.pricing.decimals import EXACT, NANO
from costs.models.budgets import NAME, check_amount
from costs.models.runs import Run
from live.providers.registry import KINDS, cloud_of


class LiveSource(models.Model):
    """Where a cloud tells what is used, such as CloudWatch of an account in a region."""

    class Kind(models.TextChoices):
        CLOUDWATCH = "cloudwatch", "Amazon CloudWatch"
        CLOUD_MONITORING = "cloud-monitoring", "Google Cloud Monitoring"
        AZURE_MONITOR = "azure-monitor", "Azure Monitor"
        DEMO = "demo", "Made-up demo data"
        CALLS = "calls", "Calls sent to the intake"

    name = models.TextField(
        primary_key=True,
        help_text="Short and stable: answers name it.",
        validators=[
            RegexValidator(
                r"^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$",
                "Use up to 60 letters, digits, dots, hyphens and underscores, with a letter or digit first.",
            )
        ],
    )
    kind = models.TextField(choices=Kind.choices)
    location = models.TextField(
        unique=True,
        help_text="cloudwatch://REGION, cloudwatch://REGION/ROLE_ARN, monitoring://PROJECT, or "
        "azure-monitor://SUBSCRIPTION; calls://PERSON is of the intake.",
    )
    is_enabled = models.BooleanField(default=True, help_text="Whether collect_live reads it.")
    read_at = models.DateTimeField(null=True, blank=True, help_text="When it was last read.")
    through = models.DateTimeField(
        null=True,
        blank=True,
        help_text="The end of the last minute that was read; the newest may still grow.",
    )
    newest_at = models.DateTimeField(null=True, blank=True, help_text="The newest minute with any use.")
    deep_at = models.DateTimeField(
        null=True, blank=True, help_text="When its last hours were last read again."
    )
    failures = models.IntegerField(default=0, help_text="How often in a row it could not be read.")
    retry_at = models.DateTimeField(null=True, blank=True, help_text="When it is tried again.")
    error = models.TextField(default="", blank=True, help_text="Why it could not be read the last time.")
    created_at = models.DateTimeField(db_default=CurrentTimestamp())

    class Meta:
        db_table = "live_sources"
        ordering = ["name"]
        verbose_name = "live source"

    def __str__(self) -> str:
        return self.name

    @property
    def cloud(self) -> str:
        return cloud_of(self.kind, self.location)

    @property
    def is_demo(self) -> bool:
        return self.kind == self.Kind.DEMO

    def clean(self) -> None:
        known = KINDS.get(self.kind)
        if known and not self.location.startswith(known.scheme):
            raise ValidationError({"location": f"Write {known.form}."})


class LiveSeries(models.Model):
    """What is counted of a source, in the cloud's words; "" is what the cloud does not tell."""

    source = models.ForeignKey(LiveSource, on_delete=models.CASCADE, related_name="series", db_index=False)
    account = models.TextField()
    region = models.TextField()
    name = models.TextField(help_text="The model, as the cloud spells it.")
    measure = models.TextField(help_text="tokens, requests, throttles or latency_ms.")
    deployment = models.TextField(default="", blank=True)
    direction = models.TextField(default="", blank=True)
    cache = models.TextField(default="", blank=True)
    tier = models.TextField(default="", blank=True)
    scope = models.TextField(default="", blank=True)
    version = models.TextField(default="", blank=True)
    # Of calls alone: who was called, and for whom and what.
    provider = models.TextField(default="", blank=True)
    customer = models.TextField(default="", blank=True)
    feature = models.TextField(default="", blank=True)

    class Meta:
        db_table = "live_series"
        ordering = ["id"]
        verbose_name = "series"
        verbose_name_plural = "series"
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "source",
                    "account",
                    "region",
                    "name",
                    "measure",
                    "deployment",
                    "direction",
                    "cache",
                    "tier",
                    "scope",
                    "version",
                    "provider",
                    "customer",
                    "feature",
                ],
                name="live_series_once",
            )
        ]

    def __str__(self) -> str:
        return " ".join(filter(None, [self.name, self.deployment, self.measure, self.direction, self.cache]))


class LiveMinute(models.Model):
    """The count of a series in one minute, counted from 1970 in UTC."""

    series = models.ForeignKey(LiveSeries, on_delete=models.CASCADE, related_name="minutes", db_index=False)
    minute = models.IntegerField()
    value = models.BigIntegerField()

    class Meta:
        db_table = "live_minutes"
        verbose_name = "minute"
        # Windows of time are read, so the minute comes first.
        constraints = [models.UniqueConstraint(fields=["minute", "series"], name="live_minutes_once")]

    def __str__(self) -> str:
        return f"{self.series_id} at {self.minute}: {self.value}"


class LiveHour(models.Model):
    """The count of a series in one hour, once its minutes are no longer kept."""

    series = models.ForeignKey(LiveSeries, on_delete=models.CASCADE, related_name="hours", db_index=False)
    hour = models.IntegerField()
    value = models.BigIntegerField()

    class Meta:
        db_table = "live_hours"
        verbose_name = "hour"
        constraints = [models.UniqueConstraint(fields=["hour", "series"], name="live_hours_once")]

    def __str__(self) -> str:
        return f"{self.series_id} at {self.hour}: {self.value}"


class LiveCall(models.Model):
    """A call that was sent to the intake, kept for as long as it could be sent again and be counted twice.

    Of several versions of a call, the one with the highest rank counts (live/intake/calls.py).
    """

    key = models.TextField(primary_key=True, help_text="Of its id; the id itself is not kept.")
    rank = models.TextField(help_text="Of the version that counts.")
    minute = models.IntegerField(help_text="In which that version counts.")
    seen = models.IntegerField(db_index=True, help_text="The last minute of all its versions.")
    counts = models.JSONField(help_text="What that version added to each series.")

    class Meta:
        db_table = "live_calls"
        verbose_name = "call"

    def __str__(self) -> str:
        return self.key


class LiveSpan(models.Model):
    """Minutes of a source that were read, from `start` to before `end`."""

    source = models.ForeignKey(LiveSource, on_delete=models.CASCADE, related_name="spans")
    start = models.IntegerField()
    end = models.IntegerField()

    class Meta:
        db_table = "live_spans"
        ordering = ["source", "start"]
        verbose_name = "span"

    def __str__(self) -> str:
        return f"{self.source_id}: {self.start} to {self.end}"


class LiveRequests(models.Model):
    """The requests of one kind to a source on one day, and the units that its cloud bills."""

    source = models.ForeignKey(LiveSource, on_delete=models.CASCADE, related_name="requests", db_index=False)
    day = models.DateField()
    operation = models.TextField()
    calls = models.IntegerField()
    units = models.IntegerField()
    # What a unit costs at most, in billionths of a dollar, and who says so; without it that is not known.
    unit_nanos = models.IntegerField(null=True, blank=True)
    price_source = models.TextField(default="", blank=True)

    class Meta:
        db_table = "live_requests"
        ordering = ["-day", "source", "operation"]
        verbose_name = "requests"
        verbose_name_plural = "requests"
        constraints = [
            models.UniqueConstraint(fields=["source", "day", "operation"], name="live_requests_once")
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.day}: {self.calls} {self.operation}"

    @property
    def cost(self) -> Decimal | None:
        """What they cost at most, in USD; None if that is not known."""
        if self.unit_nanos is None:
            return None
        return EXACT.multiply(Decimal(self.units) * self.unit_nanos, NANO)


class LiveRun(Run):
    """A collection. The one that runs holds the lease: there is one at a time."""

    LEASE = timedelta(minutes=3)

    job = models.TextField(default="collect")
    points = models.IntegerField(default=0, help_text="Counts that were new or had changed.")
    sources = models.IntegerField(default=0, help_text="Sources that were read.")
    failed = models.IntegerField(default=0, help_text="Sources that could not be read.")

    class Meta:
        db_table = "live_runs"
        ordering = ["-id"]
        verbose_name = "collection"
        constraints = [
            models.UniqueConstraint(
                fields=["job"], condition=Q(finished_at=None), name="live_runs_one_running"
            )
        ]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M:%S}"


class LiveRule(models.Model):
    """Above what cost an hour its owner wants to be told, and all if it is shared (docs/live.md)."""

    class Cloud(models.TextChoices):
        AWS = "aws", "AWS"
        GCP = "gcp", "Google Cloud"
        AZURE = "azure", "Azure"

    MAX_OF_PERSON, MAX_IN_ALL = 20, 500
    MIN_MINUTES, MAX_MINUTES = 5, 180

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="live_rules")
    name = models.TextField(validators=[NAME], help_text="Short: alerts name it.")
    # An exact decimal as text.
    above_text = models.TextField(
        "USD an hour", validators=[check_amount], help_text="More than so much is told, such as 1000."
    )
    minutes = models.IntegerField(
        default=15,
        validators=[MinValueValidator(MIN_MINUTES), MaxValueValidator(MAX_MINUTES)],
        help_text="The last so many minutes together are as much an hour; a shorter peak is not told.",
    )
    cloud = models.TextField(choices=Cloud.choices, default="", blank=True, help_text="Empty for all.")
    model = models.TextField(
        default="", blank=True, help_text="Its id, such as claude-opus-4-6, or its name. Empty for all."
    )
    account = models.TextField(
        default="", blank=True, help_text="The account, project or subscription. Empty for all."
    )
    is_shared = models.BooleanField(
        default=False, help_text="Whether all that are told of budgets are told, not only its owner."
    )
    is_enabled = models.BooleanField(default=True)
    made_with = models.TextField(default="", blank=True, help_text="The client that added it for its owner.")
    created_at = models.DateTimeField(db_default=CurrentTimestamp())

    class Meta:
        db_table = "live_rules"
        ordering = ["owner", "name"]
        verbose_name = "live rule"
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="live_rules_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def above(self) -> Decimal:
        """In USD an hour."""
        return Decimal(self.above_text)

    @property
    def cause(self) -> str:
        """What its alert is about."""
        return f"live/{self.pk}/"
