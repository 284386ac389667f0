from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from costs.errors import NotLoadedError
from tests.costs.reports.showing import only, shown
from tests.costs.stores import Charge, MemoryStore, charge

FIRST, SECOND = datetime(2026, 10, 3, 12, tzinfo=UTC), datetime(2026, 11, 3, tzinfo=UTC)


def replaced(old: list[Charge], new: list[Charge]) -> MemoryStore:
    """A store in which a later load of October replaced the first one."""
    charges = [{**one, "x_LoadId": "old"} for one in old] + [{**one, "x_LoadId": "new"} for one in new]
    return MemoryStore(
        charges,
        loaded_at={"old": FIRST, "new": SECOND},
        until={"old": SECOND},
        replaced={"old": "new"},
    )


def rows(store: MemoryStore) -> list[dict[str, Any]]:
    return shown("restatements", store)["rows"]


def test_new_days_are_told_from_days_that_were_restated() -> None:
    old = [charge("2026-10-01", "10"), charge("2026-10-02", "20"), charge("2026-10-03", "5")]
    new = [
        charge("2026-10-01", "12.5"),
        charge("2026-10-02", "20"),
        charge("2026-10-03", "30"),
        charge("2026-10-04"),
    ]

    row = only(rows(replaced(old, new)))

    assert (row["before"], row["after"], row["difference"]) == ("35", "63.5", "28.5")
    assert (row["restated"], row["restated_days"], row["first_restated_day"]) == ("2.5", 1, "2026-10-01")
    assert (row["source"], row["billing_month"], row["replaced_at"]) == (
        "aws",
        "2026-10",
        "2026-11-03T00:00:00Z",
    )


def test_the_last_day_counts_if_it_was_over_when_the_load_came() -> None:
    old = [charge("2026-10-01", "10"), charge("2026-10-02", "20")]
    new = [charge("2026-10-01", "10"), charge("2026-10-02", "25")]

    row = only(rows(replaced(old, new)))

    assert (row["restated"], row["restated_days"], row["first_restated_day"]) == ("5", 1, "2026-10-02")


def test_days_that_changed_and_cancel_out_are_told() -> None:
    old = [charge("2026-10-01", "10"), charge("2026-10-02", "20"), charge("2026-10-03")]
    new = [charge("2026-10-01", "11"), charge("2026-10-02", "19"), charge("2026-10-03")]

    row = only(rows(replaced(old, new)))

    assert (row["difference"], row["restated"], row["restated_days"]) == ("0", "0", 2)


def test_a_delivery_of_the_same_charges_has_no_row() -> None:
    same = [charge("2026-10-01", "10"), charge("2026-10-02", "20")]

    assert rows(replaced(same, same)) == []


def test_what_was_withdrawn_is_a_restatement() -> None:
    row = only(rows(replaced([charge("2026-10-01", "10"), charge("2026-10-09")], [charge("2026-10-09")])))

    assert (row["difference"], row["restated"]) == ("-10", "-10")


def test_what_a_swept_load_had_is_unknown_day_by_day(monkeypatch: pytest.MonkeyPatch) -> None:
    store = replaced([charge("2026-10-01", "10")], [charge("2026-10-01", "11")])
    run = store.run

    def without_old_file(select: Any, *, loads: Any = None) -> Any:
        if [load.id for load in loads] == ["old"]:
            raise NotLoadedError("The file was deleted.")
        return run(select, loads=loads)

    monkeypatch.setattr(store, "run", without_old_file)

    row = only(rows(store))

    assert (row["difference"], row["restated"], row["restated_days"]) == ("1", None, None)


def test_each_currency_has_a_row() -> None:
    old = [charge("2026-10-01", "10"), charge("2026-10-02")]
    new = [*old, charge("2026-10-01", "3", BillingCurrency="EUR")]

    assert [(row["currency"], row["difference"]) for row in rows(replaced(old, new))] == [("EUR", "3")]
