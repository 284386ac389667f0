"""What is worked out of SKUs and prices at the end of a sync, so that pages need not."""

from __future__ import annotations

from django.db import models


class MachineOffersState(models.Model):
    """What MachineOffers were made from; a single row (catalog/pricing/resources/machine_store.py)."""

    id = models.AutoField(primary_key=True)
    run_id = models.IntegerField(
        help_text="The last run of the sync that had ended: they hold until another begins."
    )
    code_version = models.TextField(help_text="The code that made them: no other may use them.")
    fingerprint = models.TextField(help_text="Of the SKUs and prices that they were made from.")
    until = models.DateTimeField(
        null=True, help_text="When the next price takes effect; empty if none is known."
    )

    class Meta:
        db_table = "machine_offers_state"

    def __str__(self) -> str:
        return f"machine types after sync {self.run_id}"


class MachineOffers(models.Model):
    """Which SKUs price the machine types of a region."""

    region = models.TextField(primary_key=True)
    state = models.ForeignKey(MachineOffersState, on_delete=models.CASCADE, related_name="+", db_index=False)
    offers = models.TextField(
        help_text="By machine type and term, as JSON: SKU and term of each part, and a note."
    )

    class Meta:
        db_table = "machine_offers"

    def __str__(self) -> str:
        return self.region
