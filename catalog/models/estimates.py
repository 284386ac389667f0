"""Estimates that pages keep."""

from __future__ import annotations

from django.db import models


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
