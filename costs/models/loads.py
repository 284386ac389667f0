"""Which costs are loaded, and from where (docs/costs.md)."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from catalog.models import CurrentTimestamp
from costs import identity
from costs.pasted import refusal

# What load_costs takes for all sources.
ALL = "all"


def no_reserved_name(name: str) -> None:
    if name == ALL:
        raise ValidationError(f"{ALL} means all sources. Choose another name.")


class CostSource(models.Model):
    """Where cost data comes from, such as the export of one billing account."""

    class Kind(models.TextChoices):
        FOLDER = "folder", "Folder of files"
        S3 = "s3", "AWS Data Export in S3"
        AZURE_BLOB = "azure-blob", "Azure export in Blob Storage"
        BIGQUERY = "bigquery", "Google Cloud billing export in BigQuery"
        COST_EXPLORER = "cost-explorer", "Estimates of AWS Cost Explorer"
        COST_MANAGEMENT = "cost-management", "Estimates of Azure Cost Management"
        DEMO = "demo", "Made-up demo data"

    name = models.TextField(
        primary_key=True,
        help_text="Short and stable: answers and loads name it.",
        validators=[
            RegexValidator(
                r"^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$",
                "Use up to 60 letters, digits, dots, hyphens and underscores, with a letter or digit first.",
            ),
            no_reserved_name,
        ],
    )
    kind = models.TextField(choices=Kind.choices, default=Kind.FOLDER)
    location = models.TextField(
        default="",
        blank=True,
        help_text="A folder where the job runs, s3://BUCKET/PREFIX/EXPORT, "
        "https://ACCOUNT.blob.core.windows.net/CONTAINER/EXPORT, or bigquery://PROJECT/DATASET/TABLE. For "
        "estimates, costexplorer://ACCOUNT or costmanagement://subscriptions/ID.",
    )
    credentials = models.TextField(
        default="",
        blank=True,
        help_text="Empty for those of the job. Or whom it acts as: a role of AWS "
        "(arn:aws:iam::ACCOUNT:role/NAME), a managed identity of Azure by its client id, a service account "
        "of Google Cloud. Or env:COST_SECRET_NAME or secret:NAME, which name a key. Never a key itself.",
    )
    is_enabled = models.BooleanField(
        default=True,
        help_text="Whether load_costs loads it when not told which. Its loads count until withdrawn.",
    )
    read_at = models.DateTimeField(
        null=True, blank=True, help_text="When load_costs last saw all that it offers, loaded before or not."
    )
    error = models.TextField(null=True, blank=True, help_text="Why it could not be read the last time.")
    # By month, when and why: {"2026-10": {"at": "2026-11-02T03:00:00+00:00", "why": "…"}}.
    refused = models.JSONField(
        default=dict, blank=True, help_text="The months whose newest delivery was not loaded, and why."
    )
    # By month, when they were made: {"2026-11": 62}.
    calls = models.JSONField(
        default=dict, blank=True, help_text="How often it was asked for estimates, by month."
    )
    created_at = models.DateTimeField(db_default=CurrentTimestamp())

    class Meta:
        db_table = "cost_sources"
        ordering = ["name"]
        verbose_name = "source"

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse what looks like a secret: a source has none, and its location is shown and logged."""
        wrong = {name: why for name in ("name", "location") if (why := refusal(getattr(self, name) or ""))}
        # An external id may look like a secret, and is none.
        if why := identity.refusal(self.kind, self.credentials):
            wrong["credentials"] = refusal(self.credentials) or why
        if wrong:
            raise ValidationError(wrong)

    def identity(self) -> identity.Identity:
        """Whose credentials it is read with.

        Raises:
            LoadError: it names what is not here.
        """
        variables, folder = settings.COST_SECRETS, settings.COST_SECRETS_DIR
        return identity.identity(self.kind, self.credentials, variables, folder)


class CostLoadQuerySet(models.QuerySet["CostLoad"]):
    def current(self, as_of: datetime | None = None) -> CostLoadQuerySet:
        """The loads that are current, or were at `as_of`, by source and month."""
        if as_of is None:
            found = self.filter(status=CostLoad.Status.CURRENT)
        else:
            is_open = Q(current_until=None) | Q(current_until__gt=as_of)
            found = self.filter(is_open, current_from__lte=as_of, status__in=CostLoad.PUBLISHED)
        return found.order_by("source_id", "billing_period")

    def same_month(self, load: CostLoad) -> CostLoadQuerySet:
        """The loads of the month of a load, and of its account if it is an estimate."""
        return self.filter(source=load.source_id, billing_period=load.billing_period, account=load.account)

    def has_real(self, as_of: datetime | None = None) -> bool:
        """Whether a load that is not made up was ever current, or had been at `as_of`."""
        found = self.filter(is_demo=False, status__in=CostLoad.PUBLISHED)
        return (found if as_of is None else found.filter(current_from__lte=as_of)).exists()


class CostLoad(models.Model):
    """One load of one billing month of one source: an immutable file, current until another replaces it.

    Of estimates, it is of one account of the month.
    """

    class Status(models.TextChoices):
        RUNNING = "running"
        CURRENT = "current"
        SUPERSEDED = "superseded"
        FAILED = "failed"

    class Reason(models.TextChoices):
        DELIVERY = "delivery", "New delivery"
        NAMES = "names", "Changed model names or customer rules"

    # The statuses of loads that are, or were, what answers rest on.
    PUBLISHED = (Status.CURRENT, Status.SUPERSEDED)
    # A running load without a heartbeat for so long has crashed.
    LEASE = timedelta(minutes=5)

    id = models.TextField(primary_key=True)
    source = models.ForeignKey(CostSource, on_delete=models.PROTECT, related_name="loads", db_index=False)
    billing_period = models.TextField(help_text="The billing month, as 2026-10.")
    status = models.TextField(choices=Status.choices)
    reason = models.TextField(choices=Reason.choices, default=Reason.DELIVERY)
    revision = models.TextField(default="", blank=True, help_text="Of the delivery, as its source tells it.")
    origin = models.TextField(default="", blank=True, help_text="The files that it was read from.")
    path = models.TextField(
        default="", blank=True, help_text="The file, below COSTS_DIR; empty once it is deleted."
    )
    sha256 = models.TextField(default="", blank=True)
    rows = models.IntegerField(default=0)
    # Exact decimals as text: {"USD": "12.5"}.
    billed = models.JSONField(default=dict, blank=True)
    # The same by billing account: {"aws": {"111122223333": {"USD": "12.5"}}}.
    accounts = models.JSONField(default=dict, blank=True)
    checks = models.JSONField(default=list, blank=True, help_text="What the checks found, as sentences.")
    # [{"says": "a.csv does not end …", "source": ""}]; with a source, only beside its loads of the month.
    doubts = models.JSONField(
        default=list, blank=True, help_text="Of the checks, what answers say beside their sums."
    )
    error = models.TextField(null=True, blank=True)
    names_version = models.TextField(
        default="",
        blank=True,
        help_text="Of the meters, names and rules that it was read with.",
    )
    is_demo = models.BooleanField(default=False)
    is_estimate = models.BooleanField(default=False, help_text="Whether it gives way to a bill.")
    account = models.TextField(
        default="", blank=True, help_text="Of an estimate, the account or subscription that it is of."
    )
    # Of each account that the charges are of, by cloud and billing account, the first and last day of usage,
    # the runs of days between without usage, and the sum (costs/store/files.py): {"aws": {"111122223333":
    # {"444455556666": ["2026-10-01", "2026-10-31", [["2026-10-04", "2026-10-05"]], {"USD": "12.5"}]}}}.
    # Null in loads of before 0006.
    usage_days = models.JSONField(null=True, blank=True)
    delivered_at = models.DateTimeField(
        null=True, blank=True, help_text="When its charges were last delivered; to stamp them is no delivery."
    )
    started_at = models.DateTimeField()
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    current_from = models.DateTimeField(null=True, blank=True)
    current_until = models.DateTimeField(null=True, blank=True)
    replaced_by = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )

    objects = CostLoadQuerySet.as_manager()

    class Meta:
        db_table = "cost_loads"
        ordering = ["-started_at", "-id"]
        verbose_name = "load"
        constraints = [
            models.UniqueConstraint(
                fields=["source", "billing_period", "account"],
                condition=Q(status="current"),
                name="cost_loads_one_current",
            ),
            # The lease of the job (costs/load/lease.py).
            models.UniqueConstraint(
                fields=["source"], condition=Q(status="running"), name="cost_loads_one_running"
            ),
        ]
        indexes = [models.Index(fields=["source", "billing_period"], name="idx_cost_loads_month")]

    def __str__(self) -> str:
        account = f" of {self.account}" if self.account else ""
        return f"{self.source_id} {self.billing_period}{account} ({self.id})"

    @property
    def end(self) -> str:
        """How and when it ceased to count, such as "replaced on 2026-11-28"; "" if it counts."""
        if self.current_until is None:
            return ""
        return f"{'replaced' if self.replaced_by_id else 'withdrawn'} on {self.current_until:%Y-%m-%d}"

    @property
    def billed_by_currency(self) -> dict[str, Decimal]:
        return {currency: Decimal(amount) for currency, amount in self.billed.items()}

    @property
    def billed_by_account(self) -> dict[tuple[str, str], dict[str, Decimal]]:
        """The same by cloud and billing account."""
        return {
            (cloud, account): {currency: Decimal(amount) for currency, amount in billed.items()}
            for cloud, accounts in self.accounts.items()
            for account, billed in accounts.items()
        }
