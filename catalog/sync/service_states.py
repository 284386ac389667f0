"""When each service was last read to its end, and which ones the latest sync could not read.

A run collects this and writes it at its end in one statement, however many services it read. A service that
fails keeps its time. A killed run writes nothing, so the times can be too old but never too new.
"""

from __future__ import annotations

import json

from django.db import connection
from django.utils import timezone

from catalog.models import PricingUpdate

# Raw SQL, because the ORM has no UPDATE ... FROM. It writes nothing if another run has replaced this one.
_WRITE = """
UPDATE services SET
    synced_at = coalesce(json_extract(state.value, '$[0]'), synced_at),
    sync_error = json_extract(state.value, '$[1]')
FROM json_each(%s) AS state
WHERE service_id = state.key
    AND EXISTS (SELECT 1 FROM pricing_updates WHERE id = %s AND status = 'running')
"""


class ServiceStates:
    """The outcome of each service that a run has tried."""

    def __init__(self) -> None:
        self._states: dict[str, tuple[str | None, str | None]] = {}

    def read(self, service_id: str) -> None:
        """Note that the service has just been read to its end."""
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        self._states[service_id] = (now, None)

    def failed(self, service_id: str, reason: str) -> None:
        """Note that the service could not be read, for a reason in one sentence."""
        self._states[service_id] = (None, reason)

    def write(self, update: PricingUpdate) -> None:
        """Write all of it, for the run `update`."""
        if self._states:
            with connection.cursor() as cursor:
                cursor.execute(_WRITE, [json.dumps(self._states), update.pk])
