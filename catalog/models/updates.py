"""Runs of the sync, with what each changed and has yet to write."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, models
from django.db.models import OuterRef, Q, Subquery
from django.db.models.expressions import RawSQL
from django.utils import timezone

from catalog.models.columns import CurrentTimestamp
from catalog.models.prices import PricingInfo
from catalog.models.skus import EVERY_PROVIDER, GCP, Sku

# Raw SQL, because the search index has no model. The index counts the offered SKUs of each service, so this
# takes a fraction of a millisecond, within a statement that every answer needs anyway. A service with neither
# a time nor an error was read by the last full run of its provider. A failed run counts until a later one
# makes up for it.
CATALOG = """(
    WITH provider(name) AS (VALUES ('gcp'), ('aws'), ('azure')),
    full_run AS (
        SELECT name, max(id) AS id, completed_at AS at FROM provider JOIN pricing_updates AS run
            ON run.provider IN (name, 'all') AND is_full AND task_count = 1
                AND status IN ('completed', 'partial')
        GROUP BY name
    ), failed_run AS (
        SELECT name, max(started_at) AS at FROM provider JOIN pricing_updates AS run
            ON run.provider IN (name, 'all') AND is_full
                AND (status = 'failed' OR status = 'running' AND heartbeat_at < %s)
        WHERE id > coalesce((SELECT id FROM full_run WHERE full_run.name = provider.name), 0)
            AND NOT EXISTS (
                SELECT 1 FROM pricing_updates AS later
                WHERE later.id > run.id AND later.is_full AND later.status IN ('completed', 'partial')
                    AND later.provider = run.provider
                    AND (later.task_index, later.task_count) = (run.task_index, run.task_count)
            )
        GROUP BY name
    )
    SELECT json_array(
        coalesce(sum(sku_count), 0), count(*), min(read_at), coalesce(sum(read_at IS NULL), 0),
        count(sync_error), min(CASE WHEN sync_error IS NOT NULL THEN display_name END),
        (SELECT json_group_object(name, at) FROM full_run),
        (SELECT json_group_object(name, at) FROM failed_run),
        json_group_array(DISTINCT provider)
    )
    FROM (
        SELECT entry.sku_count, service.sync_error, service.display_name, service.provider, coalesce(
            service.synced_at, CASE WHEN service.sync_error IS NULL THEN full_run.at END
        ) AS read_at
        FROM service_search AS entry JOIN services AS service USING (service_id)
            LEFT JOIN full_run ON full_run.name = service.provider
        WHERE entry.sku_count > 0
    )
)"""


class PricingUpdateQuerySet(models.QuerySet["PricingUpdate"]):
    def latest_completed(self) -> PricingUpdate | None:
        """The latest completed sync, whose prices are served, with `catalog`; None before the first."""
        return self._completed().first()

    def latest_and_by(self, as_of: datetime) -> tuple[PricingUpdate | None, PricingUpdate | None]:
        """The latest completed sync and the latest one completed by `as_of`, in one query."""
        completed = self._completed()
        ids = [rows.values("id")[:1] for rows in (completed, completed.filter(completed_at__lte=as_of))]
        found = list(completed.filter(Q(id=Subquery(ids[0])) | Q(id=Subquery(ids[1]))))
        by_then = [update for update in found if update.completed_at and update.completed_at <= as_of]
        return next(iter(found), None), next(iter(by_then), None)

    def full_run_times(self, provider: str | OuterRef) -> models.QuerySet[PricingUpdate, datetime | None]:
        """When runs over all services of a provider completed, the latest first."""
        runs = self.filter(
            Q(provider=provider) | Q(provider=EVERY_PROVIDER),
            status__in=PricingUpdate.SERVED,
            is_full=True,
            task_count=1,
        )
        return runs.order_by("-id").values_list("completed_at", flat=True)

    def served(self) -> PricingUpdateQuerySet:
        """Runs whose prices are served, in the order in which they completed."""
        return self.filter(status__in=PricingUpdate.SERVED).order_by("completed_at", "id")

    def with_changes(self) -> PricingUpdateQuerySet:
        """Served runs that changed something, the latest first."""
        return self.served().filter(changes__total__gt=0).reverse()

    def _completed(self) -> PricingUpdateQuerySet:
        crashed_before = connection.ops.adapt_datetimefield_value(timezone.now() - PricingUpdate.LEASE)
        catalog = RawSQL(CATALOG, (crashed_before,), models.JSONField())  # noqa: S611  # a constant
        return self.filter(status__in=PricingUpdate.SERVED).annotate(catalog=catalog).order_by("-id")


class PricingUpdate(models.Model):
    """One run of the sync."""

    class Status(models.TextChoices):
        RUNNING = "running"
        COMPLETED = "completed"
        PARTIAL = "partial"
        FAILED = "failed"

    # The statuses of runs whose prices are served.
    SERVED = (Status.COMPLETED, Status.PARTIAL)
    # A running run without a heartbeat for so long has crashed. An API call takes less with all its retries.
    LEASE = timedelta(minutes=5)

    id = models.AutoField(primary_key=True)
    started_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True, blank=True)
    status = models.TextField(choices=Status.choices)
    services_synced = models.IntegerField(default=0, db_default=0, null=True)
    skus_synced = models.IntegerField(default=0, db_default=0, null=True)
    pricing_records_synced = models.IntegerField(default=0, db_default=0, null=True)
    error_message = models.TextField(null=True, blank=True)
    source = models.TextField(default="", db_default="", blank=True)
    provider = models.TextField(
        default=GCP, db_default=GCP, help_text="Whose price list it read; all for the bundled sample."
    )
    services_total = models.IntegerField(null=True, blank=True)
    services_failed = models.IntegerField(default=0, db_default=0)
    skus_changed = models.IntegerField(default=0, db_default=0)
    skus_retired = models.IntegerField(default=0, db_default=0)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    task_index = models.IntegerField(default=0, db_default=0)
    task_count = models.IntegerField(default=1, db_default=1)
    is_full = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Whether it was to copy all services of its task, at current prices.",
    )
    created_at = models.DateTimeField(db_default=CurrentTimestamp())
    changes = models.JSONField(
        null=True,
        blank=True,
        help_text="How many SKUs changed how since the served run before it; empty until they are counted.",
    )

    objects = PricingUpdateQuerySet.as_manager()

    class Meta:
        db_table = "pricing_updates"
        ordering = ["-id"]
        verbose_name = "sync run"
        indexes = [models.Index(fields=["started_at"], name="idx_pricing_updates_started_at")]

    def __str__(self) -> str:
        return f"#{self.pk} {self.status} {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def has_crashed(self) -> bool:
        """Whether it stopped without a word: the next run will close its row as failed."""
        seen = self.heartbeat_at or self.started_at
        return self.status == self.Status.RUNNING and seen < timezone.now() - self.LEASE


class SkuChange(models.Model):
    """What a served run changed in a SKU since the served run before it (catalog/changes)."""

    class Kind(models.TextChoices):
        DEARER = "dearer"
        CHEAPER = "cheaper"
        REPRICED = "repriced"
        WITHDRAWN = "withdrawn"
        RETURNED = "returned"
        NEW = "new"

    # The kinds that have a price before or after.
    MOVES = (Kind.DEARER, Kind.CHEAPER, Kind.REPRICED)

    id = models.AutoField(primary_key=True)
    update = models.ForeignKey(PricingUpdate, on_delete=models.CASCADE, related_name="+", db_index=False)
    place = models.IntegerField(help_text="Its place in the list of the run's changes, from 1.")
    kind = models.TextField(choices=Kind.choices)
    sku = models.ForeignKey(Sku, on_delete=models.CASCADE, related_name="+")
    before = models.ForeignKey(
        PricingInfo, on_delete=models.CASCADE, null=True, blank=True, related_name="+", db_index=False
    )
    after = models.ForeignKey(
        PricingInfo, on_delete=models.CASCADE, null=True, blank=True, related_name="+", db_index=False
    )
    change_percent = models.TextField(null=True, blank=True)

    class Meta:
        db_table = "sku_changes"
        ordering = ["update", "place"]
        constraints = [models.UniqueConstraint(fields=["update", "place"], name="sku_change_place")]

    def __str__(self) -> str:
        return f"{self.sku_id} {self.kind} in sync {self.update_id}"


class AccuracyCheck(models.Model):
    """What the known figures were found to be after a sync (catalog/accuracy)."""

    update = models.OneToOneField(PricingUpdate, on_delete=models.CASCADE, primary_key=True, related_name="+")
    checked_at = models.DateTimeField(auto_now=True)
    findings = models.JSONField(help_text="Each known figure, its status and both amounts.")

    class Meta:
        db_table = "accuracy_checks"
        ordering = ["-update"]

    def __str__(self) -> str:
        return f"known figures after sync {self.update_id}"


class StagedRows(models.Model):
    """Rows that a run has read but not yet written (catalog/sync/staging.py)."""

    id = models.AutoField(primary_key=True)
    update = models.ForeignKey(PricingUpdate, on_delete=models.CASCADE, related_name="+")
    kind = models.TextField()
    rows = models.TextField()

    class Meta:
        db_table = "sync_staging"

    def __str__(self) -> str:
        return f"{self.kind} of sync {self.update_id}"
