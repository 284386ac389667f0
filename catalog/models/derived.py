"""What is worked out of the tables at the end of a sync, so that nobody need wait for it."""

from __future__ import annotations

from django.db import models


class DerivedState(models.Model):
    """What the rows of a kind were made from (catalog/pricing/derived.py)."""

    kind = models.TextField(primary_key=True)
    tables = models.TextField(
        help_text="The runs of the sync and the reading of SKUs that they are of: they hold until another."
    )
    code_version = models.TextField(help_text="The code that made them: no other may use them.")
    fingerprint = models.TextField(help_text="Of what they were made from.")
    until = models.DateTimeField(
        null=True, help_text="When the next price takes effect; empty if none is known or matters."
    )

    class Meta:
        db_table = "derived_state"

    def __str__(self) -> str:
        return f"{self.kind} after {self.tables}"


class Derived(models.Model):
    """A text that was worked out, such as the SKUs that price the machine types of a region."""

    id = models.AutoField(primary_key=True)
    state = models.ForeignKey(
        DerivedState, on_delete=models.CASCADE, related_name="+", db_column="kind", db_index=False
    )
    key = models.TextField(help_text="What it is of, such as a region; empty if there is one of its kind.")
    content = models.TextField(help_text="JSON.")

    class Meta:
        db_table = "derived"
        constraints = [models.UniqueConstraint(fields=["state", "key"], name="derived_key")]

    def __str__(self) -> str:
        return f"{self.state_id} {self.key}".rstrip()
