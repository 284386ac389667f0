"""What may make the sum of a load wrong is said in each answer that rests on it, as long as it may be."""

from __future__ import annotations

from pathlib import Path

import pytest

from costs.load.job import load
from costs.load.withdraw import withdraw
from costs.models import ConsumerRule, CostLoad, CostSource
from costs.query import Question, ask
from costs.store.lake import Lake
from tests.costs.bills import OCTOBER, Row, charge, make_source, write_bill
from tests.costs.management.running import as_json, fail, run

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

CUT_OFF = f'{OCTOBER} of source "bills": {OCTOBER}.csv does not end with the end of a line: if it was cut off'
BILL = [charge(cost, ResourceId=f"r{cost}") for cost in ("1", "2", "3")]


def hint(**question: object) -> str:
    return ask(Question(**question), Lake())["hint"] or ""  # type: ignore[arg-type]


def restated(charges: list[dict[str, str]], **changes: str) -> list[Row]:
    return [{**row, **changes} for row in charges]


@pytest.fixture
def source(tmp_path: Path) -> CostSource:
    return make_source(tmp_path / "bills")


def test_that_a_file_may_be_cut_off_is_said_until_it_is_whole(tmp_path: Path, source: CostSource) -> None:
    path = write_bill(tmp_path / "bills", OCTOBER, BILL)
    whole = path.read_bytes()
    path.write_bytes(whole.rstrip())
    load(source)
    assert CUT_OFF in hint()

    ConsumerRule.objects.create(position=1, kind="account", consumer="acme")
    load(source)
    assert CostLoad.objects.current().get().reason == CostLoad.Reason.NAMES
    assert CUT_OFF in hint()

    path.write_bytes(whole)
    load(source)
    assert "cut off" not in hint()


def test_a_file_that_may_restate_another_one_in_tags_and_amounts_is_said(
    tmp_path: Path, source: CostSource
) -> None:
    write_bill(tmp_path / "bills", OCTOBER, BILL, name="a.csv")
    again = restated(BILL, Tags='{"team": "new"}', BilledCost="9", ConsumedQuantity="7")
    write_bill(tmp_path / "bills", OCTOBER, again, name="b.csv")

    [loaded] = load(source).months

    told = (
        "3 of 3 charges of a.csv are in b.csv too, with other tags and amounts. "
        "If one file restates the other, they count twice."
    )
    assert told in loaded.warnings
    assert f'{OCTOBER} of source "bills": {told}' in hint()


def test_files_for_different_things_leave_no_doubt(tmp_path: Path, source: CostSource) -> None:
    write_bill(tmp_path / "bills", OCTOBER, BILL, name="a.csv")
    write_bill(tmp_path / "bills", OCTOBER, restated(BILL, ResourceId="other"), name="b.csv")
    load(source)
    assert CostLoad.objects.current().get().doubts == []


def test_an_account_in_two_sources_is_said_where_both_count(tmp_path: Path, source: CostSource) -> None:
    """As a bill by the day and, restated, by the hour."""
    write_bill(tmp_path / "bills", OCTOBER, BILL)
    by_hour = restated(BILL, ChargePeriodEnd="2026-10-03T01:00:00Z", BilledCost="9")
    write_bill(tmp_path / "other", OCTOBER, by_hour)
    other = make_source(tmp_path / "other", "other")
    load(source)
    load(other)

    told = (
        f'{OCTOBER} of source "other": account "444455556666" is in source "bills" too, with other charges. '
        "If one source restates the other, they count twice."
    )
    assert told in hint()
    assert told not in hint(filters={"source": ["other"]})
    withdraw(CostLoad.objects.filter(source=source))
    assert told not in hint()


def test_two_subscriptions_of_a_billing_account_leave_no_doubt(tmp_path: Path, source: CostSource) -> None:
    write_bill(tmp_path / "bills", OCTOBER, BILL)
    write_bill(tmp_path / "other", OCTOBER, restated(BILL, SubAccountId="777788889999", BilledCost="9"))
    load(source)
    load(make_source(tmp_path / "other", "other"))
    assert CostLoad.objects.current().count() == 2
    assert "count twice" not in hint()


HOURS = [
    {
        **row,
        "ChargePeriodStart": f"2026-10-03T{hour:02}:00:00Z",
        "ChargePeriodEnd": f"2026-10-03T{hour + 1:02}:00:00Z",
    }
    for row in BILL
    for hour in range(10)
]
BY_HOUR = [{**row, "BilledCost": f"{int(row['BilledCost']) / 10}"} for row in HOURS]
DASHES = restated(BILL, BillingAccountId="1111-2222-3333", SubAccountId="4444-5555-6666")


@pytest.mark.parametrize(
    ("other", "how"),
    [(BY_HOUR, ".csv by the"), (DASHES, ".csv, by account"), (restated(BILL, SubAccountId=""), "")],
)
def test_a_folder_that_has_a_bill_in_two_forms_is_said_at_the_load_in_answers_and_in_checks(
    tmp_path: Path, source: CostSource, other: list[Row], how: str
) -> None:
    write_bill(tmp_path / "bills", OCTOBER, BILL, name="a.csv")
    write_bill(tmp_path / "bills", OCTOBER, other, name="b.csv")

    [loaded] = load(source).months

    [told] = [each for each in loaded.warnings if "they count twice: keep one of the two." in each]
    assert how in told
    assert f'{OCTOBER} of source "bills": {told}' in hint()
    assert f"bills {OCTOBER}: {told}" in run("check_costs")
    assert as_json(run("check_costs", "--json"))["doubts"] == [f"bills {OCTOBER}: {told}"]


def test_two_sources_that_spell_an_account_in_two_ways_are_said(tmp_path: Path, source: CostSource) -> None:
    write_bill(tmp_path / "bills", OCTOBER, BILL)
    write_bill(tmp_path / "other", OCTOBER, DASHES)
    load(source)
    [loaded] = load(make_source(tmp_path / "other", "other")).months
    assert "(aws) is in bills 2026-10" in loaded.warnings[-1]
    assert "one bill in two counts twice" in hint()
    assert "6 USD here and there" in fail("check_costs")[1]


def test_two_sources_of_which_one_leaves_the_account_empty_are_said(
    tmp_path: Path, source: CostSource
) -> None:
    more = charge("9", SubAccountId="", x_UsageType="USE1-NovaLite-input-tokens")
    write_bill(tmp_path / "bills", OCTOBER, BILL)
    write_bill(tmp_path / "other", OCTOBER, [*restated(BILL, SubAccountId="", ResourceId=""), more])
    load(source)
    load(make_source(tmp_path / "other", "other"))
    assert "sums by account, service and meter are in source" in hint()
