from __future__ import annotations

from datetime import UTC, datetime

from costs.store.base import Refusal, SourceState
from tests.costs.reports.showing import shown
from tests.costs.stores import MemoryStore, charge


def test_each_month_of_each_source_and_currency_has_a_row_the_latest_first() -> None:
    store = MemoryStore(
        [
            charge("2026-09-05", "1"),
            charge("2026-10-05", "2"),
            charge("2026-10-06", "3"),
            charge("2026-10-05", "4", BillingCurrency="EUR"),
            charge("2026-10-05", "5", x_Source="gcp"),
        ]
    )

    rows = shown("loads", store)["rows"]

    assert [(row["source"], row["billing_month"], row["currency"], row["billed_cost"]) for row in rows] == [
        ("aws", "2026-10", "EUR", "4"),
        ("aws", "2026-10", "USD", "5"),
        ("gcp", "2026-10", "USD", "5"),
        ("aws", "2026-09", "USD", "1"),
    ]
    assert rows[0]["charges"] == 3


def test_what_sources_did_not_bring_is_said() -> None:
    refusal = Refusal("2026-11", datetime(2026, 11, 12, tzinfo=UTC), "b.csv is damaged: copy it again.")
    states = [SourceState("aws", was_read=False), SourceState("gcp", refusals=[refusal])]

    assert shown("loads", MemoryStore([charge()], states=states))["notes"] == [
        "The source aws could not be read the last time.",
        "gcp 2026-11 was not loaded on 2026-11-12: b.csv is damaged: copy it again.",
    ]
