"""The result of a run, as text for the operator and as JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from catalog.models import PricingUpdate
from catalog.providers.records import ServiceRecord
from catalog.sync.diff import ServiceChange


@dataclass(slots=True)
class SyncResult:
    """A run's row, what went wrong by service id, and the number of SKUs not priced in USD.

    `failures` has the error of each service that could not be read, `malformed` those of skipped SKUs. The
    row of a dry run is never saved; `planned` describes its changes.
    """

    update: PricingUpdate
    failures: dict[str, str] = field(default_factory=dict)
    malformed: dict[str, list[str]] = field(default_factory=dict)
    skus_skipped: int = 0
    planned: list[str] = field(default_factory=list)
    _names: dict[str, str] = field(default_factory=dict)

    @property
    def status(self) -> PricingUpdate.Status:
        """The status of a run that ended by itself."""
        is_whole = not (self.failures or self.malformed)
        return PricingUpdate.Status.COMPLETED if is_whole else PricingUpdate.Status.PARTIAL

    def problems(self) -> list[str]:
        """One line for each service that failed or has malformed SKUs."""
        skipped = {service_id: _first_of(reasons) for service_id, reasons in self.malformed.items()}
        problems = (self.failures | skipped).items()
        return [f"{self._names[service_id]} ({service_id}): {reason}" for service_id, reason in problems]

    def count(self, service: ServiceRecord, change: ServiceChange) -> None:
        """Count a service that was read to the end."""
        if change.malformed:
            self._names[service.service_id] = service.display_name
            self.malformed[service.service_id] = [sku.reason for sku in change.malformed]
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

    def fail(self, service: ServiceRecord, reason: str) -> None:
        """Count a service that could not be read, for a reason in one sentence."""
        self._names[service.service_id] = service.display_name
        self.failures[service.service_id] = reason
        self.update.services_failed += 1

    def summary(self) -> str:
        """One line for the operator, after a dry run's planned changes."""
        update = self.update
        name = f"Sync {update.pk}" if update.pk else "Dry run"
        line = (
            f"{name} of {update.provider} from {update.source}: {update.services_synced} services, "
            f"{update.skus_synced} SKUs, {update.skus_changed} changed, {update.skus_retired} retired, "
            f"{self.skus_skipped} skipped (not in USD), {sum(map(len, self.malformed.values()))} malformed, "
            f"{update.services_failed} services failed."
        )
        return "\n".join([*self.planned, line])

    def as_json(self) -> dict[str, Any]:
        """The same as JSON."""
        update = self.update
        content: dict[str, Any] = {
            "update_id": update.pk,
            "status": update.status,
            "source": update.source,
            "provider": update.provider,
            "services_synced": update.services_synced,
            "skus_synced": update.skus_synced,
            "pricing_records_synced": update.pricing_records_synced,
            "skus_changed": update.skus_changed,
            "skus_retired": update.skus_retired,
            "skus_skipped": self.skus_skipped,
            "skus_malformed": self.malformed,
            "services_failed": self.failures,
        }
        if not update.pk:
            content["planned"] = self.planned
        return content


@dataclass(slots=True)
class Outcomes:
    """The runs of a command, one for each provider, and why those that are not among them failed."""

    results: list[SyncResult] = field(default_factory=list)
    failures: dict[str, str] = field(default_factory=dict)

    def problems(self) -> list[str]:
        """One line for each service at fault, and each provider whose run failed."""
        found = [problem for result in self.results for problem in result.problems()]
        is_of_several = len(self.results) + len(self.failures) > 1
        failed = [f"{each}: {why}" if is_of_several else why for each, why in self.failures.items()]
        return [*found, *failed]

    def summary(self) -> str:
        return "\n".join(result.summary() for result in self.results)

    def as_json(self) -> str:
        """One line: the object of the only run, else one with an object for each provider."""
        found = {result.update.provider: result.as_json() for result in self.results}
        found |= {each: {"status": "failed", "error": why} for each, why in self.failures.items()}
        if len(found) == 1:
            return json.dumps(next(iter(found.values())), ensure_ascii=False)
        return json.dumps({"status": self._status, "providers": found}, ensure_ascii=False)

    @property
    def _status(self) -> str:
        is_whole = not self.failures and all(result.update.status != "partial" for result in self.results)
        return "completed" if is_whole else "partial"


def _first_of(reasons: list[str]) -> str:
    others = len(reasons) - 1
    return f"{reasons[0]} {others} more malformed." if others else reasons[0]
