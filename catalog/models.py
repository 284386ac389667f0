"""The tables of the catalog, described column by column in docs/data-model.md."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import connection, models
from django.db.models import ExpressionWrapper, F, Func, Q, Subquery, Value
from django.db.models.expressions import RawSQL
from django.utils import timezone

NANOS = Decimal(10) ** 9
SAMPLE = "sample"
PAGE_SIZE = 20_000


class CurrentTimestamp(Func):
    """SQL's CURRENT_TIMESTAMP as a column default, so that rows inserted by hand are dated too."""

    template = "CURRENT_TIMESTAMP"
    output_field = models.DateTimeField()


class LongNameIndex(models.Index):
    """An index whose name may exceed Django's 30 characters, a limit that only Oracle needs."""

    max_name_length = 63


class Service(models.Model):
    """A cloud service, such as Compute Engine."""

    service_id = models.TextField(primary_key=True)
    display_name = models.TextField()
    description = models.TextField(null=True, blank=True)
    provider = models.TextField(default="gcp", db_default="gcp")
    business_entity_name = models.TextField(default="", db_default="", blank=True)
    synced_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="When a sync last read its SKUs to the end; empty if the last full run did.",
    )
    sync_error = models.TextField(
        null=True, blank=True, help_text="Why the last sync could not read it; empty if it could."
    )
    created_at = models.DateTimeField(db_default=CurrentTimestamp())
    updated_at = models.DateTimeField(db_default=CurrentTimestamp())

    class Meta:
        db_table = "services"
        ordering = ["display_name", "service_id"]

    def __str__(self) -> str:
        return self.display_name


class SkuQuerySet(models.QuerySet["Sku"]):
    def offered(self) -> SkuQuerySet:
        """SKUs that the provider still lists."""
        return self.filter(retired_at__isnull=True)

    def from_sample(self) -> SkuQuerySet:
        """SKUs that were last written by a sync of the bundled sample."""
        return self.filter(last_seen_update__source=SAMPLE)

    def fingerprints(self) -> Iterator[tuple[str, str, str, bool]]:
        """(sku_id, service_id, content_hash, is_retired) of each SKU, for a sync to compare with."""
        is_retired = ExpressionWrapper(Q(retired_at__isnull=False), models.BooleanField())
        columns = ("sku_id", "service_id", "content_hash", "is_retired")
        rows = self.order_by("sku_id").annotate(is_retired=is_retired).values_list(*columns)
        last = ""
        # In pages, because a libSQL server sends an answer in one piece of at most 10 MB.
        while page := list(rows.filter(sku_id__gt=last)[:PAGE_SIZE]):
            yield from page
            last = page[-1][0]

    def alike(self, sku: Sku) -> SkuQuerySet:
        """SKUs of the same service and category, in any region."""
        return self.filter(
            service_id=sku.service_id,
            resource_family=sku.resource_family,
            resource_group=sku.resource_group,
            usage_type=sku.usage_type,
        )


class Sku(models.Model):
    """A stock keeping unit: the smallest item with a price of its own."""

    sku_id = models.TextField(primary_key=True)
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="skus", db_index=False)
    display_name = models.TextField(help_text="The provider's one text for the SKU.")
    description = models.TextField(null=True, blank=True, help_text="A sentence that we compose for search.")
    category_json = models.JSONField(null=True, blank=True)
    resource_family = models.TextField(null=True, blank=True)
    resource_group = models.TextField(null=True, blank=True)
    usage_type = models.TextField(null=True, blank=True)
    geo_taxonomy_type = models.TextField(null=True, blank=True)
    geo_taxonomy_regions = models.JSONField(null=True, blank=True)
    provider = models.TextField(default="gcp", db_default="gcp")
    service_regions = models.JSONField(default=list, db_default=Value([], models.JSONField()), blank=True)
    service_provider_name = models.TextField(default="", db_default="", blank=True)
    content_hash = models.TextField(default="", db_default="", blank=True)
    last_seen_update = models.ForeignKey(
        "PricingUpdate", on_delete=models.SET_NULL, null=True, blank=True, db_index=False, related_name="+"
    )
    retired_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=CurrentTimestamp())
    updated_at = models.DateTimeField(db_default=CurrentTimestamp())

    objects = SkuQuerySet.as_manager()

    class Meta:
        db_table = "skus"
        ordering = ["display_name", "sku_id"]
        verbose_name = "SKU"
        verbose_name_plural = "SKUs"
        indexes = [
            models.Index(fields=["display_name"], name="idx_skus_display_name"),
            models.Index(fields=["description"], name="idx_skus_description"),
            models.Index(fields=["resource_family"], name="idx_skus_resource_family"),
            models.Index(fields=["usage_type"], name="idx_skus_usage_type"),
            models.Index(fields=["service"], name="idx_skus_service_id"),
            # Of few rows: those that no list price and no search needs.
            models.Index(
                fields=["display_name", "sku_id"],
                name="idx_skus_withdrawn",
                condition=Q(retired_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.display_name} ({self.sku_id})"


class SkuAttributes(models.Model):
    """What a SKU is, as its name and category say; a sync writes the row just before that of the SKU.

    So the database does not enforce that the SKU exists. A trigger deletes the row with its SKU.
    """

    sku = models.OneToOneField(
        Sku, on_delete=models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="attributes"
    )
    facts = models.TextField(help_text="attribute=value, sorted, a space before, between and after.")
    unread = models.TextField(help_text="The words of the name that were not read, spaced likewise.")
    key = models.TextField(help_text="SKUs with the same key differ by place alone.")
    costs = models.JSONField(
        help_text="What each attribute costs if a question leaves it open, in hundredths."
    )
    cost = models.IntegerField(help_text="All of them and the unread words, in hundredths.")
    span_unit = models.TextField(null=True, blank=True)
    span_least = models.IntegerField(null=True, blank=True)
    span_most = models.IntegerField(null=True, blank=True)
    source = models.TextField(null=True, blank=True)
    destination = models.TextField(null=True, blank=True)
    has_place = models.BooleanField()
    is_list_price = models.BooleanField(default=False, db_default=False)

    class Meta:
        db_table = "sku_attributes"
        verbose_name = verbose_name_plural = "SKU attributes"
        indexes = [
            models.Index(fields=["key"], name="idx_sku_attributes_key"),
            models.Index(fields=["facts"], name="idx_sku_attributes_facts"),
        ]

    def __str__(self) -> str:
        return f"{self.sku_id}:{self.facts}".rstrip()


class VocabularyState(models.Model):
    """The version of the vocabulary that all SKUs were read with; a single row."""

    id = models.AutoField(primary_key=True)
    version = models.TextField()
    read_at = models.DateTimeField()

    class Meta:
        db_table = "vocabulary_state"

    def __str__(self) -> str:
        return self.version


class PricingInfoQuerySet(models.QuerySet["PricingInfo"]):
    def timelines(self, sku_ids: Iterable[str]) -> dict[str, list[tuple[datetime | None, str]]]:
        """(effective_time, content_hash) of each SKU's price rows, by SKU id, in order of effective time."""
        rows = self.filter(sku_id__in=list(sku_ids)).order_by(F("effective_time").asc(nulls_first=True), "id")
        timelines: defaultdict[str, list[tuple[datetime | None, str]]] = defaultdict(list)
        for sku_id, began, content_hash in rows.values_list("sku_id", "effective_time", "content_hash"):
            timelines[sku_id].append((began, content_hash))
        return timelines

    def with_tiers(self, sku_ids: Iterable[str]) -> Iterator[tuple[PricingInfo, PricingTier | None]]:
        """All current and past price rows of the SKUs, each with its SKU and service, once for each tier.

        A row without tiers comes once, with None.
        """
        rows = self.filter(sku__in=sku_ids).select_related("sku__service").order_by()
        rows = rows.defer("pricing_expression_json", "aggregation_json")
        names = ("start_usage_amount", "price_units", "price_nanos")
        for row in rows.annotate(**{f"tier_{name}": F(f"tiers__{name}") for name in names}):
            tier = {name: getattr(row, f"tier_{name}") for name in names}
            yield row, PricingTier(pricing_info=row, **tier) if tier["price_units"] is not None else None


class PricingInfo(models.Model):
    """One price of a SKU; a SKU has a row for each real change of its price."""

    id = models.AutoField(primary_key=True)
    sku = models.ForeignKey(Sku, on_delete=models.CASCADE, related_name="pricing", db_index=False)
    effective_time = models.DateTimeField(null=True, blank=True)
    summary = models.TextField(null=True, blank=True)
    currency_code = models.TextField(default="USD", db_default="USD")
    usage_unit = models.TextField(default="", db_default="", blank=True)
    usage_unit_description = models.TextField(default="", db_default="", blank=True)
    base_unit = models.TextField(default="", db_default="", blank=True)
    base_unit_description = models.TextField(default="", db_default="", blank=True)
    # Exact decimals as text: Django keeps a DecimalField as a double on SQLite.
    base_unit_conversion_factor = models.TextField(default="1", db_default="1")
    display_quantity = models.TextField(default="1", db_default="1")
    aggregation_level = models.TextField(null=True, blank=True)
    aggregation_interval = models.TextField(null=True, blank=True)
    aggregation_count = models.IntegerField(null=True, blank=True)
    # As the provider sent them, for the record: code that serves prices does not read these.
    pricing_expression_json = models.JSONField(null=True, blank=True)
    aggregation_json = models.JSONField(null=True, blank=True)
    content_hash = models.TextField(default="", db_default="", blank=True)
    created_at = models.DateTimeField(db_default=CurrentTimestamp())

    objects = PricingInfoQuerySet.as_manager()

    class Meta:
        db_table = "pricing_info"
        ordering = ["-effective_time", "-id"]
        verbose_name = "price"
        verbose_name_plural = "prices"
        indexes = [
            models.Index(fields=["sku"], name="idx_pricing_info_sku_id"),
            LongNameIndex(fields=["effective_time"], name="idx_pricing_info_effective_time"),
            models.Index(fields=["created_at"], name="idx_pricing_info_created_at"),
        ]

    def __str__(self) -> str:
        return f"{self.sku_id} from {self.effective_time:%Y-%m-%d}" if self.effective_time else self.sku_id


class PricingTier(models.Model):
    """One tier of a price: above `start_usage_amount` usage units, a unit costs `unit_price`."""

    id = models.AutoField(primary_key=True)
    pricing_info = models.ForeignKey(
        PricingInfo, on_delete=models.CASCADE, related_name="tiers", db_index=False
    )
    start_usage_amount = models.FloatField(help_text="In usage units; the API itself sends a double.")
    price_units = models.TextField()
    price_nanos = models.IntegerField()
    created_at = models.DateTimeField(db_default=CurrentTimestamp())

    class Meta:
        db_table = "pricing_tiers"
        ordering = ["start_usage_amount", "id"]
        indexes = [LongNameIndex(fields=["pricing_info"], name="idx_pricing_tiers_pricing_info_id")]

    def __str__(self) -> str:
        return f"from {self.start:f}: {self.unit_price:f}"

    @property
    def start(self) -> Decimal:
        """The start of the tier in usage units: the shortest decimal that rounds to the stored double."""
        return Decimal(repr(self.start_usage_amount))

    @property
    def unit_price(self) -> Decimal:
        """The price of one usage unit, exact to the nano."""
        return Decimal(self.price_units) + self.price_nanos / NANOS


# Raw SQL, because the search index has no model. The index counts the offered SKUs of each service, so this
# takes a fraction of a millisecond, within a statement that every answer needs anyway. A service with neither
# a time nor an error was read by the last full run. A failed run counts until a later one makes up for it.
_CATALOG = """(
    WITH full_run AS (
        SELECT id, completed_at AS at FROM pricing_updates
        WHERE is_full AND task_count = 1 AND status IN ('completed', 'partial') ORDER BY id DESC LIMIT 1
    ), failed_run AS (
        SELECT max(started_at) AS at FROM pricing_updates AS run
        WHERE id > coalesce((SELECT id FROM full_run), 0)
            AND is_full AND (status = 'failed' OR status = 'running' AND heartbeat_at < %s)
            AND NOT EXISTS (
                SELECT 1 FROM pricing_updates AS later
                WHERE later.id > run.id AND later.is_full AND later.status IN ('completed', 'partial')
                    AND (later.task_index, later.task_count) = (run.task_index, run.task_count)
            )
    )
    SELECT json_array(
        coalesce(sum(sku_count), 0), count(*), min(read_at), coalesce(sum(read_at IS NULL), 0),
        count(sync_error), min(CASE WHEN sync_error IS NOT NULL THEN display_name END),
        (SELECT at FROM full_run), (SELECT at FROM failed_run)
    )
    FROM (
        SELECT entry.sku_count, service.sync_error, service.display_name, coalesce(
            service.synced_at, CASE WHEN service.sync_error IS NULL THEN (SELECT at FROM full_run) END
        ) AS read_at
        FROM service_search AS entry JOIN services AS service USING (service_id) WHERE entry.sku_count > 0
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

    def full_run_times(self) -> models.QuerySet[PricingUpdate, datetime | None]:
        """When runs over all services completed, the latest first."""
        runs = self.filter(status__in=PricingUpdate.SERVED, is_full=True, task_count=1)
        return runs.order_by("-id").values_list("completed_at", flat=True)

    def served(self) -> PricingUpdateQuerySet:
        """Runs whose prices are served, in the order in which they completed."""
        return self.filter(status__in=PricingUpdate.SERVED).order_by("completed_at", "id")

    def with_changes(self) -> PricingUpdateQuerySet:
        """Served runs that changed something, the latest first."""
        return self.served().filter(changes__total__gt=0).reverse()

    def _completed(self) -> PricingUpdateQuerySet:
        crashed_before = connection.ops.adapt_datetimefield_value(timezone.now() - PricingUpdate.LEASE)
        catalog = RawSQL(_CATALOG, (crashed_before,), models.JSONField())  # noqa: S611  # a constant
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


class KeptEstimate(models.Model):
    """What an estimate asks for, kept so that its address can be shared (catalog/estimates/kept.py)."""

    key = models.TextField(primary_key=True)
    content = models.TextField(help_text="The items and what a file left open, as JSON.")
    kept_at = models.DateTimeField()

    class Meta:
        db_table = "kept_estimates"
        indexes = [models.Index(fields=["kept_at"], name="idx_kept_estimates_kept_at")]

    def __str__(self) -> str:
        return self.key
