"""The prices that SKUs have and have had."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from django.db import models
from django.db.models import F

from catalog.models.columns import CurrentTimestamp, LongNameIndex
from catalog.models.skus import Sku

NANOS = Decimal(10) ** 9


class PricingInfoQuerySet(models.QuerySet["PricingInfo"]):
    def timelines(self, sku_ids: Iterable[str]) -> dict[str, list[tuple[datetime | None, str]]]:
        """(effective_time, content_hash) of each SKU's price rows, by SKU id, in order of effective time."""
        rows = self.filter(sku_id__in=list(sku_ids)).order_by(F("effective_time").asc(nulls_first=True), "id")
        timelines: defaultdict[str, list[tuple[datetime | None, str]]] = defaultdict(list)
        for sku_id, began, content_hash in rows.values_list("sku_id", "effective_time", "content_hash"):
            timelines[sku_id].append((began, content_hash))
        return timelines


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

    @cached_property
    def start(self) -> Decimal:
        """The start of the tier in usage units: the shortest decimal that rounds to the stored double."""
        return Decimal(repr(self.start_usage_amount))

    @cached_property
    def unit_price(self) -> Decimal:
        """The price of one usage unit, exact to the nano."""
        return Decimal(self.price_units) + self.price_nanos / NANOS
