"""Usage of another time than its bill is said, unless it is late usage or a correction beside others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from costs.focus.untimely import untimely
from tests.costs.bills import OCTOBER, Row, charge, write_bill
from tests.costs.focus.test_alike import daily
from tests.costs.loaded import Origin, cast_into, session


def told(folder: Path, rows: Sequence[Row], now: datetime = datetime(2026, 11, 29, tzinfo=UTC)) -> list[str]:
    bill = write_bill(folder, OCTOBER, rows)
    cast_into(f"read_csv('{bill}', all_varchar = true, header = true)", Origin("aws"))
    return untimely(session(), "t", OCTOBER, now=now)


def moved(rows: Sequence[Row], month: str) -> list[dict[str, str]]:
    return [
        {**row, "ChargePeriodStart": f"{month}-05", "ChargePeriodEnd": f"{month}-06T00:00:00Z"}
        for row in rows
    ]


@pytest.mark.parametrize("month", ["2026-09", "2025-10"])
def test_a_bill_of_the_usage_of_another_month_is_said(tmp_path: Path, month: str) -> None:
    [says] = told(tmp_path, moved(daily(), month))
    assert says.startswith(
        f"All of the usage in USD is of {month}-05 to {month}-05, before 2026-10, in which"
    )
    [says] = told(tmp_path, [*moved(daily(), month)[:20], *daily()[:10]])
    assert says.startswith("66 % of the usage in USD")


@pytest.mark.parametrize(
    "rows",
    [
        [*daily(), *moved(daily()[:5], "2026-09")],
        [*daily()[:5], *({**row, "ChargeClass": "Correction"} for row in moved(daily(), "2026-09"))],
        [charge("9", ChargePeriodStart="2026-09-30T17:00:00Z", ChargePeriodEnd="2026-10-01T17:00:00Z")],
        [charge("9", ChargeCategory="Purchase", ChargePeriodStart="2025-01-01")],
    ],
    ids=["late usage", "corrections", "another time zone", "a purchase"],
)
def test_what_is_billed_late_is_not(tmp_path: Path, rows: list[Row]) -> None:
    assert told(tmp_path, rows) == []


def test_usage_of_the_future_is_said(tmp_path: Path) -> None:
    now = datetime(2026, 10, 20, 12, tzinfo=UTC)
    assert told(tmp_path, daily(days=range(1, 22)), now) == []
    [says] = told(tmp_path, daily(), now)
    assert says == (
        "10 charges of usage are of 2026-10-22 to 2026-10-31, which is in the future by the clock of this "
        "machine, 2026-10-20 12:00 UTC."
    )
