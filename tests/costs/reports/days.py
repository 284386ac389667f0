"""Series of days and stores of daily charges, such as tests of reports read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from costs.query import Question, ask
from costs.query.snapshot import Snapshot, take
from costs.reports.find_anomalies import AnomalyRow
from costs.store.base import CostStore
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


def moved(cloud_at: date, customer_at: date) -> MemoryStore:
    """Three customers on two clouds: all of gcp costs more on one day, and globex does on another."""
    customers = {"acme": 3, "globex": 1, "initech": 2}
    rows: list[Mapping[str, Any]] = []
    for cloud, model in (("aws", "nova-lite"), ("gcp", "gemini-2.5-flash")):
        for customer, size in customers.items():
            amounts = {day: amount * size for day, amount in series().items()}
            if cloud == "gcp":
                amounts[cloud_at] *= 4
                amounts[customer_at] *= 9 if customer == "globex" else 1
            of = {"x_Cloud": cloud, "x_ModelId": model, "x_Meter": model, "x_BillingModel": model}
            rows += daily(amounts, x_ConsumerId=customer, **of)
    return store(*rows)


def cost_of_found(row: AnomalyRow, costs: CostStore) -> str:
    """What query_costs answers for what an anomaly's figures are of, on its days."""
    filters = {name: [value or "null"] for name, value in row["found_in"].items()}
    asked = Question(filters={**filters, "day": row["days"], "currency": [row["currency"]]})
    [total] = ask(asked, costs)["totals"]
    return f"{total['billed_cost']}"


def snapshot(kept: MemoryStore) -> Snapshot:
    return take(kept, None, NOW)
