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
