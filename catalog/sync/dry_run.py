"""A dry run: what a sync would change, without writing anything."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from catalog.models import PricingUpdate
from catalog.providers.records import ServiceRecord, SkuRecord
from catalog.providers.source import Source
from catalog.sync.diff import ServiceChange
from catalog.sync.report import SyncResult
from catalog.sync.run import Progress, Run, no_progress, refuse_sample_over_prices
from catalog.sync.scope import EVERYTHING, Scope

# Changed SKUs that are listed for each service; the others are only counted.
MAX_NAMED = 20


def dry_run(source: Source, scope: Scope = EVERYTHING, *, progress: Progress = no_progress) -> SyncResult:
    """Report what `sync` with the same arguments would change now; raises the same errors."""
    refuse_sample_over_prices(source)
    result = SyncResult(
        PricingUpdate(
            started_at=timezone.now(), source=source.name, provider=source.provider, status="dry run"
        )
    )
    Run(source, scope, result, DryRunWriter(result.planned)).copy(progress)
    return result


class DryRunWriter:
    """Describes in `lines` what would be written."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._names: list[str] = []

    def begin(self, services: Sequence[ServiceRecord], *, replaces_sample: bool) -> None:
        self._services = {service.service_id: service.display_name for service in services}
        if replaces_sample:
            self._lines.append("The sample would be removed.")

    def heartbeat(self) -> None:
        """Do nothing: a dry run holds no lease."""

    def add(self, sku: SkuRecord, content_hash: str, *, is_stored: bool) -> None:  # noqa: ARG002  # not kept
        if len(self._names) < MAX_NAMED:
            self._names.append(f"  {'change' if is_stored else 'add'} {sku.sku_id} {sku.display_name}")

    def write(self, change: ServiceChange) -> None:
        count = len(change.changed) + len(change.retired)
        if count:
            retired = [f"  retire {sku_id}" for sku_id in sorted(change.retired)]
            names = (self._names + retired)[:MAX_NAMED]
            self._lines.append(f"{self._services[change.service_id]} ({change.service_id}):")
            self._lines += names
            if count > len(names):
                self._lines.append(f"  and {count - len(names)} more")
        self._names.clear()

    def drop(self, service_id: str, reason: str) -> None:  # noqa: ARG002  # the result has the reason
        self._names.clear()

    def finish(self, *, is_full: bool) -> None:
        """Do nothing: a dry run changes no service."""
