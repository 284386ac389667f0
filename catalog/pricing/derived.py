"""What is worked out of the tables at the end of a sync and stored, and for how long it holds.

It holds for the tables that it was made from, and so only while no run of the sync has begun since, nobody
has read the SKUs again, no other price has taken effect, and the code is the same. Otherwise, as during a
sync, nothing is found, and whoever asks works it out from the tables.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Q

from catalog.models import Derived, DerivedState
from catalog.pricing.list_prices import Snapshot

_CODE = Path(__file__).parents[1]
# The number of a price stands for all of it, since its row never changes. It counts once the run that wrote
# it, or a later one, is served.
_PRICES = """
SELECT info.id, info.sku_id, +info.effective_time, info.created_at <= %s
FROM json_each(%s) AS wanted CROSS JOIN pricing_info AS info ON info.sku_id = wanted.value
ORDER BY wanted.id, info.id
"""


class Stored(NamedTuple):
    """What was stored, which holds `until` another price takes effect; None if none is known to."""

    content: str
    until: datetime | None


class Source(NamedTuple):
    """What something is made from, as a digest, and when its next price takes effect, if it has prices."""

    fingerprint: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of what is stored, made by the code and the data of these `rooms` of the catalog."""

    name: str
    rooms: tuple[str, ...]

    def find(self, key: str, snapshot: Snapshot) -> Stored | None:
        """What is stored under a key, if it is what the tables have now. Takes at most one query."""
        settled = snapshot.state and snapshot.state.settled
        if settled is None or snapshot.as_of is not None:
            return None
        now = Q(state__until=None) | Q(state__until__gt=snapshot.at)
        rows = Derived.objects.filter(
            now, state=self.name, key=key, state__tables=settled, state__code_version=code_version(self.rooms)
        )
        row = rows.values_list("content", "state__until").first()
        return Stored(*row) if row else None

    def renew(
        self, source: Callable[[], Source], contents: Callable[[], Mapping[str, str]], snapshot: Snapshot
    ) -> int:
        """Make all of the kind anew if what it was made from has changed.

        Args:
            source: what it is made from.
            contents: makes it, by key.
            snapshot: the present.

        Returns:
            How many were written: none while a run of the sync is in progress, whose end renews them.
        """
        settled = snapshot.state and snapshot.state.settled
        if settled is None or snapshot.latest is None:
            return 0
        fingerprint, until = source()
        made_from = DerivedState(self.name, settled, code_version(self.rooms), fingerprint, until)
        known = DerivedState.objects.filter(pk=self.name).first()
        if known and _is_current(known, made_from, snapshot.at):
            DerivedState.objects.filter(pk=self.name).update(tables=settled)
            return 0
        return _write(made_from, contents())


def source_of(rows: Iterable[object], sku_ids: Iterable[str], snapshot: Snapshot) -> Source:
    """What is made from SKUs and their prices.

    Args:
        rows: all that counts but for prices, in an order that does not change.
        sku_ids: the SKUs whose prices count.
        snapshot: the present.
    """
    prices = _prices(sku_ids, snapshot)
    digest = hashlib.blake2b(digest_size=16)
    for row in (*rows, *prices):
        digest.update(f"{row}\n".encode())
    times = (
        datetime.fromisoformat(effective).replace(tzinfo=UTC) for _, _, effective, _ in prices if effective
    )
    return Source(digest.hexdigest(), min((time for time in times if time > snapshot.at), default=None))


def _prices(sku_ids: Iterable[str], snapshot: Snapshot) -> list[tuple[int, str, str | None, int]]:
    synced_at = snapshot.update.completed_at if snapshot.update else None
    ids = json.dumps([*dict.fromkeys(sku_ids)])
    with connection.cursor() as cursor:
        cursor.execute(_PRICES, [connection.ops.adapt_datetimefield_value(synced_at), ids])
        rows: list[tuple[int, str, str | None, int]] = cursor.fetchall()
    return rows


@cache
def code_version(rooms: tuple[str, ...]) -> str:
    """A digest of the code and the data of rooms of the catalog."""
    digest = hashlib.blake2b(digest_size=8)
    files = [file for room in rooms for file in (_CODE / room).rglob("*.*") if file.suffix != ".pyc"]
    for file in (*sorted(files), *sorted(_CODE.glob("*.py"))):
        digest.update(f"{file.relative_to(_CODE)}\n".encode() + file.read_bytes())
    return digest.hexdigest()


def _is_current(known: DerivedState, made_from: DerivedState, at: datetime) -> bool:
    is_same = (known.code_version, known.fingerprint) == (made_from.code_version, made_from.fingerprint)
    return is_same and (known.until is None or known.until > at)


@transaction.atomic
def _write(made_from: DerivedState, contents: Mapping[str, str]) -> int:
    """Write those that differ; returns how many."""
    stored = Derived.objects.filter(state=made_from.pk)
    known = dict(stored.values_list("key", "content"))
    changed = {key: content for key, content in contents.items() if known.get(key) != content}
    made_from.save()
    stored.exclude(key__in=contents).delete()
    rows = [Derived(state=made_from, key=key, content=content) for key, content in changed.items()]
    Derived.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["state", "key"], update_fields=["content"]
    )
    return len(changed)
