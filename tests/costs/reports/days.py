"""Series of days and stores of daily charges, such as tests of reports read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from costs.query.snapshot import Snapshot, take
from tests.costs.stores import MemoryStore, charge

FIRST = date(2026, 8, 1)
LAST = date(2026, 11, 19)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DELIVERED = datetime(2026, 11, 20, 6, tzinfo=UTC)


def days(first: date = FIRST, last: date = LAST) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def office(day: date) -> Decimal:
    """What an office costs: less on weekends, and a little more or less each day."""
    jitter = Decimal(day.toordinal() * 7 % 11 - 5) / 100
    return (Decimal(30) if day.weekday() >= 5 else Decimal(100)) * (1 + jitter)


def series(
    odd: Mapping[str, str] | None = None, usual: Callable[[date], Decimal] = office
) -> dict[date, Decimal]:
    """A series with some days as told."""
    told = {date.fromisoformat(day): Decimal(amount) for day, amount in (odd or {}).items()}
    return {day: usual(day) for day in days()} | told


def store(*rows: Mapping[str, Any], **others: Any) -> MemoryStore:
    """Charges of source aws, of which all of November but the last hours were delivered on the 20th."""
    loaded = {f"{row['x_Source']}-2026-11": DELIVERED for row in rows}
    return MemoryStore(rows, loaded_at={**loaded, **others.pop("loaded_at", {})}, **others)


def daily(amounts: Mapping[date, Decimal], **others: Any) -> list[Mapping[str, Any]]:
    return [charge(f"{day}", f"{amount}", **others) for day, amount in amounts.items()]


def snapshot(kept: MemoryStore) -> Snapshot:
    return take(kept, None, NOW)
