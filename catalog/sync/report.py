"""The result of a run, as text for the operator and as JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from catalog.models import PricingUpdate
from catalog.sync.diff import ServiceChange


@dataclass(slots=True)
class SyncResult:
    """A run's row, the error of each failed service by its id, and the number of SKUs not priced in USD.

    The row of a dry run is never saved; `planned` describes its changes.
    """

    update: PricingUpdate
    failures: dict[str, str] = field(default_factory=dict)
    skus_skipped: int = 0
    planned: list[str] = field(default_factory=list)

    def count(self, change: ServiceChange) -> None:
        """Count a service that was read to the end."""
        self.skus_skipped += change.skipped
        counts = {
            "services_synced": 1,
            "skus_synced": change.listed,
            "pricing_records_synced": change.prices,
            "skus_changed": len(change.changed),
            "skus_retired": len(change.retired),
        }
        for name, count in counts.items():
            setattr(self.update, name, getattr(self.update, name) + count)

    def fail(self, service_id: str, reason: str) -> None:
        """Count a service that could not be read."""
        self.failures[service_id] = reason
        self.update.services_failed += 1

    def summary(self) -> str:
        """One line for the operator, after a dry run's planned changes."""
        update = self.update
        name = f"Sync {update.pk}" if update.pk else "Dry run"
        line = (
            f"{name} from {update.source}: {update.services_synced} services, "
            f"{update.skus_synced} SKUs, {update.skus_changed} changed, {update.skus_retired} retired, "
            f"{self.skus_skipped} skipped (not in USD), {update.services_failed} services failed."
        )
        return "\n".join([*self.planned, line])

    def as_json(self) -> str:
        """The same as one line of JSON."""
        update = self.update
        content = {
            "update_id": update.pk,
            "status": update.status,
            "source": update.source,
            "services_synced": update.services_synced,
            "skus_synced": update.skus_synced,
            "pricing_records_synced": update.pricing_records_synced,
            "skus_changed": update.skus_changed,
            "skus_retired": update.skus_retired,
            "skus_skipped": self.skus_skipped,
            "services_failed": self.failures,
        }
        if not update.pk:
            content["planned"] = self.planned
        return json.dumps(content, ensure_ascii=False)
