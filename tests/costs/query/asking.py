"""How tests ask: at noon of 28 November 2026, in October or November."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from costs.query import Answer, Question, ask
from costs.store.base import CostStore

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
OCTOBER: dict[str, Any] = {"start": date(2026, 10, 1), "end": date(2026, 11, 1)}
NOVEMBER: dict[str, Any] = {"start": date(2026, 11, 1), "end": date(2026, 12, 1)}


def answer(store: CostStore, *measures: str, now: datetime = NOW, **others: Any) -> Answer:
    return ask(Question(measures or ("billed_cost",), **others), store, now=now)


def listed(found: Answer, *names: str) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in names) for row in found["rows"]]


def hint(found: Answer) -> str:
    return found["hint"] or ""
