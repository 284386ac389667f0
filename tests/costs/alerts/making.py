"""Budgets, stores and receivers of the tests of alerts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from costs.alerts.evaluate import evaluate
from costs.models import Alert, AlertRun, Budget, BudgetChange, Notification
from tests.costs.stores import Charge, MemoryStore, charge

NOW = datetime(2026, 10, 20, 9, tzinfo=UTC)
SECRET = "whsec_" + "A" * 40
DAY = timedelta(days=1)


def make_budget(
    name: str = "team-a", amount: str = "100", *, at: datetime | None = None, **values: Any
) -> Budget:
    """A budget that is so since a moment, by default for long."""
    budget = Budget(name=name, amount_text=amount, **values)
    budget.full_clean()
    budget.save()
    last = BudgetChange.objects.filter(budget=name)[0]
    BudgetChange.objects.filter(pk=last.pk).update(at=at or datetime(2026, 1, 1, tzinfo=UTC))
    return budget


def store(*costs: str, now: datetime = NOW, **others: Any) -> MemoryStore:
    """A store with a charge on each of the first days of October, loaded just now."""
    charges = [charge(f"2026-10-{day:02}", cost) for day, cost in enumerate(costs, start=1)]
    return store_of(charges, now, **others)


def store_of(charges: list[Charge], now: datetime = NOW, **others: Any) -> MemoryStore:
    loads = {f"{one['x_LoadId']}" for one in charges}
    moment = now - timedelta(minutes=1)
    return MemoryStore(charges, loaded_at=dict.fromkeys(loads, moment), **others)


def run(costs: MemoryStore, now: datetime = NOW) -> AlertRun:
    return evaluate(costs, now=now)


def firing() -> dict[str, Alert]:
    return {alert.cause: alert for alert in Alert.objects.firing()}


def told() -> list[tuple[str, str, str]]:
    """What was told: cause, channel and event."""
    rows = Notification.objects.order_by("id").values_list("alert__cause", "channel", "event")
    return [(cause, channel, event) for cause, channel, event in rows]
