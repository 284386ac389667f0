"""A part of a month never takes the place of the whole in silence."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from pathlib import Path

import pytest

from costs.load.job import load
from costs.load.report import Outcome
from costs.load.withdraw import withdraw
from costs.models import CostLoad, CostSource
from costs.query import Question, ask
from costs.store.lake import Lake
from tests.costs.bills import NOVEMBER, OCTOBER, Row, charge, make_source, write_bill
from tests.costs.providers.writers import write_csv

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

SEPTEMBER = "2026-09"
WITHDRAWAL = f"run load_costs --source bills --period {OCTOBER} --withdraw and then load_costs"


def days(month: str, first: int = 1, last: int = 31, **changes: str) -> list[dict[str, str]]:
    """A charge of 1 USD a day."""
    year, number = map(int, month.split("-"))
    until = min(last, monthrange(year, number)[1])
    start, end = f"{month}-01T00:00:00Z", f"{year + number // 12}-{number % 12 + 1:02}-01T00:00:00Z"
    period = {"BillingPeriodStart": start, "BillingPeriodEnd": end}
    return [
        {
            **charge("1"),
            **period,
            "ChargePeriodStart": f"{month}-{day:02}T00:00:00Z",
            "ChargePeriodEnd": f"{month}-{day:02}T23:00:00Z",
            **changes,
        }
        for day in range(first, until + 1)
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "bills"


@pytest.fixture
def source(folder: Path) -> CostSource:
    return make_source(folder)


def write(folder: Path, *rows: Row, name: str = "export.csv") -> None:
    folder.mkdir(exist_ok=True)
    write_csv(folder / name, rows)


def problems(source: CostSource) -> list[str]:
    return list(load(source).problems())


def billed() -> object:
    return ask(Question(dimensions=("month",)), Lake())["rows"]


def doubts() -> dict[str, list[str]]:
    return {
        found.billing_period: [doubt["says"] for doubt in found.doubts]
        for found in CostLoad.objects.current()
    }


def test_a_file_of_the_last_30_days_does_not_replace_the_month_before(
    folder: Path, source: CostSource
) -> None:
    write(folder, *days(OCTOBER))
    load(source)
    write(folder, *days(OCTOBER, 30), *days(NOVEMBER, 1, 28))

    october, november = load(source).months

    assert (october.outcome, november.outcome) == (Outcome.FAILED, Outcome.LOADED)
    assert october.error == (
        "The files have no usage on 29 of 31 days that are loaded with usage, 2026-10-01 to 2026-10-29 (2 "
        f"rows, 2 USD instead of 31 rows, 31 USD), so they seem to be a part of the month, which would "
        f"replace the whole. Export all of it; or, if it is right, {WITHDRAWAL} --source bills "
        f"--period {OCTOBER}."
    )
    assert CostLoad.objects.current().get(billing_period=OCTOBER).billed == {"USD": "31"}


def test_one_late_charge_in_the_file_of_another_month_does_not_replace_its_own(
    folder: Path, source: CostSource
) -> None:
    write(folder, *days(OCTOBER), name="october.csv")
    load(source)
    (folder / "october.csv").unlink()
    write(folder, *days(OCTOBER, 3, 3), *days(NOVEMBER, 1, 28), name="november.csv")
    assert "no usage on 30 of 31 days" in problems(source)[0]


def test_a_file_without_an_account_that_is_loaded_is_refused(folder: Path, source: CostSource) -> None:
    write(folder, *days(OCTOBER), *days(OCTOBER, SubAccountId="555566667777"))
    load(source)
    write(folder, *days(OCTOBER))
    assert 'no charges of 1 of 2 accounts that are loaded, such as "555566667777"' in problems(source)[0]


def test_a_file_with_less_than_half_of_the_money_is_refused(folder: Path, source: CostSource) -> None:
    write(folder, *({**row, "ResourceId": name} for row in days(OCTOBER) for name in "abcd"))
    load(source)
    write(folder, *days(OCTOBER))
    assert "less than half of the charges in USD, 31 instead of 124 before credits" in problems(source)[0]


def test_a_month_by_the_day_replaces_the_same_month_by_the_hour(folder: Path, source: CostSource) -> None:
    by_hour = [{**row, "ResourceId": f"{hour}"} for row in days(OCTOBER) for hour in range(4)]
    write(folder, *by_hour)
    load(source)
    write(folder, *({**row, "BilledCost": "4"} for row in days(OCTOBER)))
    assert load(source).months[0].outcome is Outcome.REPLACED


def test_a_part_is_loaded_once_the_month_is_withdrawn(folder: Path, source: CostSource) -> None:
    write(folder, *days(OCTOBER))
    load(source)
    write(folder, *days(OCTOBER, 30))
    assert problems(source)

    withdraw(CostLoad.objects.current())

    assert load(source).months[0].outcome is Outcome.LOADED


def test_the_first_load_of_a_month_that_was_cut_from_a_file_is_doubted(
    folder: Path, source: CostSource
) -> None:
    write(folder, *days(SEPTEMBER, 5, 20), *days(OCTOBER), *days(NOVEMBER, 1, 1, ChargeCategory="Tax"))
    load(source)

    september = (
        "Files that have other months too have usage of 2026-09-05 to 2026-09-20 only of 2026-09: if the "
        "rest was cut off, the sum is too small. Export the month whole, into a file of its own."
    )
    november = september.replace("usage of 2026-09-05 to 2026-09-20 only of 2026-09", "no usage of 2026-11")
    assert doubts() == {SEPTEMBER: [september], OCTOBER: [], NOVEMBER: [november]}
    assert september in (ask(Question(), Lake())["hint"] or "")


def test_a_month_in_files_of_its_own_may_begin_late(folder: Path, source: CostSource) -> None:
    write_bill(folder, OCTOBER, days(OCTOBER, 20))
    write_bill(folder, NOVEMBER, days(NOVEMBER, 1, 28))
    load(source)
    assert doubts() == {OCTOBER: [], NOVEMBER: []}


def test_a_month_that_has_not_begun_is_refused_and_the_others_are_loaded(
    folder: Path, source: CostSource
) -> None:
    write(folder, *days(OCTOBER), *days("2926-10"))
    october, other = load(source).months
    assert (october.outcome, other.outcome) == (Outcome.LOADED, Outcome.FAILED)
    assert other.error.startswith("The billing month has not begun by the clock of this machine")


def test_a_year_of_five_digits_is_refused_in_one_sentence(folder: Path, source: CostSource) -> None:
    write(folder, charge(BillingPeriodStart="20266-10-01", BillingPeriodEnd="20266-11-01"))
    assert "BillingPeriodStart does not tell the month of 1 row in export.csv" in problems(source)[0]


def test_a_month_that_is_refunded_replaces_the_one_before(folder: Path, source: CostSource) -> None:
    write(folder, *days(OCTOBER))
    load(source)
    write(folder, *days(OCTOBER), *days(OCTOBER, BilledCost="-1", ChargeClass="Correction"))
    assert load(source).months[0].outcome is Outcome.REPLACED
    assert CostLoad.objects.current().get().billed == {"USD": "0"}


def test_a_region_that_a_month_loses_is_doubted_until_it_is_back(folder: Path, source: CostSource) -> None:
    [europe] = days(OCTOBER, 1, 1, RegionId="eu-west-1")
    write(folder, *days(OCTOBER), europe)
    load(source)
    for more in ([], days(OCTOBER, 2, 2, BilledCost="1.5")):
        write(folder, *days(OCTOBER), *more)
        assert load(source).months[0].outcome is Outcome.REPLACED
        assert 'There are no more charges of region "eu-west-1", of which load' in doubts()[OCTOBER][0]
    assert "no more charges" in (ask(Question(), Lake())["hint"] or "")

    write(folder, *days(OCTOBER), europe)
    load(source)
    assert doubts()[OCTOBER] == []


@pytest.mark.parametrize(
    ("rows", "missing"),
    [
        (days(OCTOBER, 1, 10), "2026-10-11 to 2026-10-31"),
        ([*days(OCTOBER, 1, 10), *days(OCTOBER, 20)], "2026-10-11 to 2026-10-19"),
        (days(OCTOBER, 20), ""),
        (days(OCTOBER, 1, 3), ""),
        (
            [row for row in days(OCTOBER) if date.fromisoformat(row["ChargePeriodStart"][:10]).weekday() < 5],
            "",
        ),
        ([row for row in days(OCTOBER) if "-07T" not in row["ChargePeriodStart"]], ""),
    ],
    ids=["the first days", "a gap", "a late begin", "a few charges", "weekdays", "one day missing"],
)
def test_days_that_a_month_that_is_over_lacks_are_doubted(
    folder: Path, source: CostSource, rows: list[Row], missing: str
) -> None:
    write(folder, *rows)
    load(source)
    [told] = doubts().values()
    assert bool(told) is bool(missing)
    assert not missing or f"There is no usage of {missing}, but of" in told[0]


def test_a_month_that_begins_late_after_another_is_doubted(folder: Path, source: CostSource) -> None:
    write_bill(folder, SEPTEMBER, days(SEPTEMBER))
    write_bill(folder, OCTOBER, days(OCTOBER, 20))
    load(source)
    assert "There is no usage of 2026-10-01 to 2026-10-19" in doubts()[OCTOBER][0]


def test_rows_that_are_there_twice_are_said_in_answers(folder: Path, source: CostSource) -> None:
    write(folder, *days(OCTOBER), *days(OCTOBER))
    load(source)
    assert "Every column is that of another row on 31 rows" in (ask(Question(), Lake())["hint"] or "")
