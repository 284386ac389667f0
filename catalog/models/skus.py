"""Services, their SKUs, and what each SKU is."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import models
from django.db.models import ExpressionWrapper, Q, Value

from catalog.models.columns import CurrentTimestamp

SAMPLE = "sample"
# As catalog/providers/records.py has them, which models do not import.
GCP, EVERY_PROVIDER = "gcp", "all"
PAGE_SIZE = 20_000


class Service(models.Model):
    """A cloud service, such as Compute Engine."""

    service_id = models.TextField(primary_key=True)
    display_name = models.TextField()
    description = models.TextField(null=True, blank=True)
    provider = models.TextField(default=GCP, db_default=GCP)
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

    def of_provider(self, provider: str) -> SkuQuerySet:
        """The SKUs of a provider; all if it is EVERY_PROVIDER."""
        return self.all() if provider == EVERY_PROVIDER else self.filter(provider=provider)

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
    provider = models.TextField(default=GCP, db_default=GCP)
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


class SkuModel(models.Model):
    """What a SKU of a model counts, read as the meters of bills are; other SKUs have no row.

    The words are those of catalog/meters/meter.py. `model_id` is None if the table of names lacks the name.
    """

    sku = models.OneToOneField(Sku, on_delete=models.CASCADE, primary_key=True, related_name="model")
    provider = models.TextField()
    kind = models.TextField()
    billing_model = models.TextField(default="", blank=True, help_text="The model, as the list names it.")
    model_id = models.TextField(null=True, blank=True)
    developer = models.TextField(null=True, blank=True)
    direction = models.TextField(null=True, blank=True)
    cache = models.TextField(null=True, blank=True)
    modality = models.TextField(null=True, blank=True)
    tier = models.TextField(null=True, blank=True)
    scope = models.TextField(null=True, blank=True)
    context = models.TextField(null=True, blank=True)
    variant = models.TextField(default="", blank=True, help_text="What else tells prices apart: 1h, dev.")

    class Meta:
        db_table = "sku_models"
        verbose_name = "SKU of a model"
        verbose_name_plural = "SKUs of models"
        indexes = [models.Index(fields=["model_id"], name="idx_sku_models_model_id")]

    def __str__(self) -> str:
        return f"{self.sku_id}: {self.model_id or self.billing_model}"


class VocabularyState(models.Model):
    """The version of the vocabulary that all SKUs were read with; a single row."""

    id = models.AutoField(primary_key=True)
    version = models.TextField()
    read_at = models.DateTimeField()

    class Meta:
        db_table = "vocabulary_state"

    def __str__(self) -> str:
        return self.version
