"""What later deliveries changed in months that were loaded before: new days, and days that are restated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from catalog.pricing.answers import utc_text
from catalog.pricing.decimals import EXACT, exact_sum, plain
from costs.errors import NotLoadedError
from costs.query.groups import all_groups
from costs.query.question import Question
from costs.query.snapshot import Snapshot
from costs.reports.shown import Column, column
from costs.store.base import LoadedMonth, Replacement

MAX_REPLACEMENTS = 30

COLUMNS: Sequence[Column] = (
    column("source", "Source", "text"),
    column("billing_month", "Month", "day"),
    column("replaced_at", "Loaded", "day"),
    column("currency", "Currency", "text"),
    column("before", "Before", "money"),
    column("after", "After", "money"),
    column("difference", "Difference", "money"),
    column("restated", "Of days known before", "money"),
    column("restated_days", "Days restated", "count"),
    column("first_restated_day", "First of them", "day"),
)
NOTE = (
    "Restated is what changed of days that the replaced load had, and that were over when it was delivered; "
    "the rest of the difference is of later days. It is unknown if the replaced file was swept."
)

Daily = Mapping[str, Mapping[str, Decimal]]


@dataclass(frozen=True, slots=True)
class _Restated:
    amount: Decimal
    days: Sequence[str]


def restatements(costs: Snapshot) -> list[dict[str, Any]]:
    """A row for each replacement of a load and currency, the latest first.

    Args:
        costs: the costs of a moment; later replacements are not known then.

    Returns:
        Rows of COLUMNS; amounts are decimal strings. Replacements that changed nothing are left out.
    """
    rows = []
    for replacement in costs.store.replacements(as_of=costs.as_of, limit=MAX_REPLACEMENTS):
        restated = _restated(costs, replacement)
        currencies = sorted({*replacement.old.billed, *replacement.new.billed})
        found = [_row(replacement, currency, restated) for currency in currencies]
        rows += [row for row in found if row["difference"] != "0" or row["restated_days"]]
    return rows


def _row(replacement: Replacement, currency: str, restated: Mapping[str, _Restated] | None) -> dict[str, Any]:
    before = replacement.old.billed.get(currency, Decimal(0))
    after = replacement.new.billed.get(currency, Decimal(0))
    changed = restated.get(currency, _Restated(Decimal(0), ())) if restated is not None else None
    return {
        "source": replacement.new.source,
        "billing_month": replacement.new.billing_period,
        "replaced_at": utc_text(replacement.new.loaded_at),
        "currency": currency,
        "before": plain(before),
        "after": plain(after),
        "difference": plain(EXACT.subtract(after, before)),
        "restated": plain(changed.amount) if changed else None,
        "restated_days": len(changed.days) if changed else None,
        "first_restated_day": changed.days[0] if changed and changed.days else None,
    }


def _restated(costs: Snapshot, replacement: Replacement) -> dict[str, _Restated] | None:
    """What changed of days that were over when the old load came, by currency; None if it is gone."""
    try:
        old, new = _daily(costs, replacement.old), _daily(costs, replacement.new)
    except NotLoadedError:
        return None
    delivered = replacement.old.delivered_at or replacement.old.loaded_at
    found = {}
    for currency, days in old.items():
        settled = [day for day in sorted(days) if day < f"{delivered.date()}"]
        now = new.get(currency, {})
        differences = {day: EXACT.subtract(now.get(day, Decimal(0)), days[day]) for day in settled}
        changed = [day for day, difference in differences.items() if difference]
        found[currency] = _Restated(exact_sum(differences[day] for day in changed), changed)
    return found


def _daily(costs: Snapshot, load: LoadedMonth) -> Daily:
    """What a load billed by currency and day."""
    groups = all_groups(Question(dimensions=("day",)), replace(costs, loads=[load])).groups
    found: dict[str, dict[str, Decimal]] = {}
    for (day, currency), sums in groups.items():
        found.setdefault(f"{currency}", {})[f"{day}"] = sums["billed_cost"] or Decimal(0)
    return found
