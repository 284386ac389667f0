"""Files that sum up to the same are told, however they cut time and spell accounts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from costs.focus.alike import may_be_alike
from costs.focus.cast import cast
from costs.focus.unreadable import FILE, describe
from costs.providers.folder import FolderSource
from costs.providers.relations import relation
from tests.costs.bills import OCTOBER, Row, charge, write_bill
from tests.costs.loaded import Origin, session

Rows = Sequence[Row]
DAYS = range(1, 32)


def found(folder: Path) -> list[str]:
    """What is said of the files in a folder, which are of one month."""
    [delivery] = FolderSource("bills", folder).deliveries()
    rows = relation(delivery)
    selected = [*cast(describe(session(), rows), delivery=Origin(delivery.cloud)), exp.column(FILE)]
    session().execute(f"create or replace table t as {exp.select(*selected).sql('duckdb')} from {rows}")
    return may_be_alike(session(), "t")


def anew(rows: Rows, **changes: str) -> list[dict[str, str]]:
    return [{**row, **changes} for row in rows]


def daily(cost: str = "24", days: Sequence[int] = DAYS, **changes: Any) -> list[dict[str, str]]:
    return [
        charge(cost, ChargePeriodStart=f"{OCTOBER}-{day:02}", ChargePeriodEnd=_after(day), **changes)
        for day in days
    ]


def hourly(cost: str = "1", days: Sequence[int] = DAYS, **changes: Any) -> list[dict[str, str]]:
    return [
        charge(
            cost,
            ChargePeriodStart=f"{OCTOBER}-{day:02}T{hour:02}:00:00Z",
            ChargePeriodEnd=f"{OCTOBER}-{day:02}T{hour + 1:02}:00:00Z" if hour < 23 else _after(day),
            **changes,
        )
        for day in days
        for hour in range(24)
    ]


def monthly(cost: str = "744", **changes: Any) -> list[dict[str, str]]:
    return [charge(cost, ChargePeriodStart="2026-10-01", ChargePeriodEnd="2026-11-01", **changes)]


def _after(day: int) -> str:
    return f"{OCTOBER}-{day + 1:02}T00:00:00Z" if day < 31 else "2026-11-01T00:00:00Z"


DASHES = {"BillingAccountId": "1111-2222-3333", "SubAccountId": "4444-5555-6666"}


@pytest.mark.parametrize(
    ("other", "says"),
    [
        (
            hourly(),
            "31 of 31 sums of b.csv by the hour, by account, service and meter, are those of a.csv by",
        ),
        (monthly(), "1 of 1 sums of a.csv by the day"),
        (anew(daily(), **DASHES), "31 of 31 sums of a.csv, by account"),
        (daily(SubAccountId=""), "31 of 31 sums of a.csv, by account"),
        (hourly(days=range(15, 32), ResourceId="r"), "17 of 17 sums of b.csv by the hour"),
        ([*hourly(), *hourly("3", SubAccountId="777788889999")], "31 of 31 sums of a.csv by the day"),
    ],
    ids=["by the hour", "by the month", "with dashes", "no account", "a part by the hour", "another account"],
)
def test_a_bill_that_another_file_has_in_another_form_is_told(tmp_path: Path, other: Rows, says: str) -> None:
    write_bill(tmp_path, OCTOBER, daily(), name="a.csv")
    write_bill(tmp_path, OCTOBER, other, name="b.csv")
    [told] = found(tmp_path)
    assert told.startswith(says)
    assert "If they are the same charges, they count twice: keep one of the two." in told


def test_the_money_of_what_is_shared_is_told(tmp_path: Path) -> None:
    write_bill(tmp_path, OCTOBER, daily(), name="a.csv")
    write_bill(tmp_path, OCTOBER, hourly(), name="b.csv")
    assert ", 744 USD. If they are the same charges" in found(tmp_path)[0]


def test_a_sum_of_the_month_beside_its_days_in_one_file_is_told(tmp_path: Path) -> None:
    write_bill(tmp_path, OCTOBER, [*daily(), *monthly()])
    [told] = found(tmp_path)
    assert (
        "2026-10.csv by the day, by account, service and meter, are those of 2026-10.csv for several" in told
    )


@pytest.mark.parametrize(
    "other",
    [
        daily(SubAccountId="777788889999"),
        daily(ServiceName="Amazon S3"),
        daily(RegionId="eu-west-1"),
        hourly(x_UsageType="USE1-NovaLite-input-tokens"),
        hourly(BillingAccountId="999988887777"),
        hourly(BillingCurrency="EUR"),
        hourly("1.1"),
        monthly("31", ChargeCategory="Tax"),
        daily("0"),
    ],
    ids=["account", "service", "region", "meter", "payer", "currency", "money", "category", "free"],
)
def test_other_charges_leave_no_doubt(tmp_path: Path, other: Rows) -> None:
    write_bill(tmp_path, OCTOBER, daily(), name="a.csv")
    write_bill(tmp_path, OCTOBER, other, name="b.csv")
    assert found(tmp_path) == []


def test_two_resources_of_one_price_leave_no_doubt(tmp_path: Path) -> None:
    write_bill(tmp_path, OCTOBER, daily(ResourceId="r1"), name="a.csv")
    write_bill(tmp_path, OCTOBER, hourly(ResourceId="r2"), name="b.csv")
    assert found(tmp_path) == []


@pytest.mark.parametrize("rows", [daily(), hourly()], ids=["days", "hours"])
@pytest.mark.parametrize("cut", [lambda rows: len(rows) // 2, lambda _: 36], ids=["half", "within a day"])
def test_two_parts_of_a_month_leave_no_doubt(tmp_path: Path, rows: Rows, cut: Callable[[Rows], int]) -> None:
    """At noon too, where both have as much of the day."""
    at = min(cut(rows), len(rows) - 1)
    write_bill(tmp_path, OCTOBER, rows[:at], name="a.csv")
    write_bill(tmp_path, OCTOBER, rows[at:], name="b.csv")
    assert found(tmp_path) == []


def _spelled(rows: Rows) -> list[dict[str, str]]:
    return anew(rows, BillingAccountId="1111-2222-3333", SubAccountId="4444 5555 6666")


COSTS = st.lists(st.integers(1, 10**9).map(lambda n: Decimal(n).scaleb(-4)), min_size=3, max_size=31)


@settings(max_examples=10)
@given(costs=COSTS, by=st.sampled_from([1, 2, 24]), is_spelled=st.booleans())
def test_any_bill_cut_into_hours_and_spelled_anew_is_told(
    costs: list[Decimal], by: int, is_spelled: bool
) -> None:
    days = [daily(str(cost), [day])[0] for day, cost in enumerate(costs, 1)]
    hours = [row for day, cost in enumerate(costs, 1) for row in hourly(str(cost / 24), [day])]
    other = days if by == 24 else hours
    with TemporaryDirectory() as folder:
        write_bill(Path(folder), OCTOBER, days, name="a.csv")
        is_anew = is_spelled or by == 24
        write_bill(Path(folder), OCTOBER, _spelled(other) if is_anew else other, name="b.csv")
        assert len(found(Path(folder))) == 1
