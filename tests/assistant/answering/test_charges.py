from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from assistant.ask import ask
from costs.providers.demo.charges import CLOUDS, Charge, charges, months
from tests.costs import whole_demo


@pytest.fixture(autouse=True)
def _demo(demo_loaded: None, db: None) -> None:
    """All tests here ask the demo."""


def rows(text: str) -> list[dict[str, Any]]:
    return ask(None, text, today=whole_demo.TODAY)["rows"]


def found(start: str, end: str) -> list[Charge]:
    """The charges of days, from the demo's own list."""
    today = whole_demo.TODAY
    everything = (
        charge for cloud in CLOUDS for month in months(today) for charge in charges(cloud, month, today)
    )
    return [each for each in everything if date.fromisoformat(start) <= each.day < date.fromisoformat(end)]


def spent(those: list[Charge]) -> Decimal:
    return sum((each.cost for each in those), Decimal(0))


def test_weeks_are_of_days_from_monday() -> None:
    by_week = {f"{row['week']}": Decimal(f"{row['billed_cost']}") for row in rows("cost per week in October")}

    assert [*by_week] == ["2026-09-28", "2026-10-05", "2026-10-12", "2026-10-19", "2026-10-26"]
    assert by_week["2026-09-28"] == spent(found("2026-10-01", "2026-10-05"))
    assert by_week["2026-10-26"] == spent(found("2026-10-26", "2026-11-01"))
    assert sum(by_week.values()) == spent(found("2026-10-01", "2026-11-01"))


def test_two_times_stand_beside_each_other() -> None:
    now, then = found("2026-10-01", "2026-11-01"), found("2026-09-01", "2026-10-01")
    for row in rows("October vs September by customer"):
        mine = spent([each for each in now if each.customer == row["customer"]])
        theirs = spent([each for each in then if each.customer == row["customer"]])
        shown = [Decimal(f"{row[name]}") for name in ("billed_cost", "before", "change")]
        assert shown == [mine, theirs, mine - theirs]


def test_what_ended_counts_as_a_fall() -> None:
    [row] = rows("gpt-4.1 cost of acme on 2026-11-27 compared with 2026-11-26")
    assert Decimal(f"{row['change']}") == Decimal(f"{row['billed_cost']}") - Decimal(f"{row['before']}")


def test_an_average_is_by_days_that_were() -> None:
    [row] = rows("average daily cost this month")
    total = spent(found("2026-11-01", "2026-11-28"))

    assert Decimal(f"{row['billed_cost']}") == total
    assert abs(Decimal(f"{row['average']}") - total / 27) < Decimal("1e-9")


def test_an_average_of_what_is_not_all_loaded_is_not_known() -> None:
    [row] = rows("average monthly cost of the last 3 months")

    assert row["average"] is None


def test_a_share_is_a_part_of_its_whole() -> None:
    [row] = rows("What share of acme's spend was AWS in October?")
    whole = [each for each in found("2026-10-01", "2026-11-01") if each.customer == "acme"]
    part = spent([each for each in whole if each.meter.cloud == "aws"])

    assert Decimal(f"{row['billed_cost']}") == part
    assert Decimal(f"{row['whole']}") == spent(whole)
    assert abs(Decimal(f"{row['share']}") - part / spent(whole)) < Decimal("1e-6")


def test_values_are_counted_once_and_none_is_no_value() -> None:
    [row] = rows("How many customers were charged in October?")

    assert (row["count"], row["values"]) == ("3", ["acme", "globex", "initech"])
