"""When each service was last read to its end, and which ones the latest sync could not read.

A run collects this of its provider and writes what has changed at its end, in one statement. A service that
the latest full run of its provider read has neither a time of its own nor an error: its time is in the row of
that run. So a day on which every service can be read writes no service. A service that fails keeps its time.
A killed run writes nothing, so times can be too old, but not too new by more than a run takes.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import NamedTuple

from django.db import connection
from django.utils import timezone

from catalog.models import PricingUpdate, Service
from catalog.providers.records import EVERY_PROVIDER, PROVIDERS

# Raw SQL, because the ORM has no UPDATE ... FROM. It writes nothing if another run has replaced this one.
_WRITE = """
UPDATE services SET
    synced_at = json_extract(state.value, '$[0]'),
    sync_error = json_extract(state.value, '$[1]')
FROM json_each(%s) AS state
WHERE service_id = state.key
    AND EXISTS (SELECT 1 FROM pricing_updates WHERE id = %s AND status = 'running')
"""
_NEVER_READ = "No sync has read it yet."


class State(NamedTuple):
    """The columns of a service that say when it was read (docs/data-model.md)."""

    synced_at: datetime | None = None
    sync_error: str | None = None


class ServiceStates:
    """The outcome of each service that a run has tried."""

    def __init__(self) -> None:
        self._read: dict[str, datetime] = {}
        self._failed: dict[str, str] = {}

    def read(self, service_id: str) -> None:
        """Note that the service has just been read to its end."""
        self._read[service_id] = timezone.now()

    def failed(self, service_id: str, reason: str) -> None:
        """Note that the service could not be read, for a reason in one sentence."""
        self._failed[service_id] = reason

    def write(self, update: PricingUpdate, *, is_full: bool) -> None:
        """Write what has changed, for the run `update`, a full one if it tried all services."""
        changed = {}
        for provider in PROVIDERS if update.provider == EVERY_PROVIDER else [update.provider]:
            full_run_at = PricingUpdate.objects.full_run_times(provider).first()
            for service in Service.objects.filter(provider=provider).only("synced_at", "sync_error"):
                before = State(service.synced_at, service.sync_error)
                after = self._after(service.pk, before, full_run_at, is_full=is_full)
                if after != before:
                    changed[service.pk] = _row(after)
        if changed:
            with connection.cursor() as cursor:
                cursor.execute(_WRITE, [json.dumps(changed), update.pk])

    def _after(self, service_id: str, before: State, full_run_at: datetime | None, *, is_full: bool) -> State:
        if read_at := self._read.get(service_id):
            return State() if is_full else State(read_at)
        if not is_full and service_id not in self._failed:
            return before
        # The time of the full run before this one is about to be lost.
        synced_at = full_run_at if before == State() else before.synced_at
        error = self._failed.get(service_id, before.sync_error)
        return State(synced_at, error if synced_at or error else _NEVER_READ)


def _row(state: State) -> tuple[str | None, str | None]:
    return connection.ops.adapt_datetimefield_value(state.synced_at), state.sync_error
