"""The same bill in two sources would be counted twice: it is refused, or said."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from costs.load import twins
from costs.load.job import load
from costs.models import CostLoad, CostSource
from tests.costs.bills import NOVEMBER, OCTOBER, charge, make_source, write_bill
from tests.costs.management.running import as_json, fail, run

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

CHARGES = [charge("1"), charge("2", x_UsageType="USE1-NovaLite-output-tokens")]


def source(tmp_path: Path, name: str, charges: list[dict[str, str]], month: str = OCTOBER) -> CostSource:
    write_bill(tmp_path / name, month, charges)
    return make_source(tmp_path / name, name)


@pytest.fixture
def first(tmp_path: Path) -> CostLoad:
    load(source(tmp_path, "first", CHARGES))
    return CostLoad.objects.get()


@pytest.mark.parametrize("dry_run", [False, True])
def test_the_bill_of_another_source_is_refused_in_any_order_and_format(
    tmp_path: Path, first: CostLoad, dry_run: bool
) -> None:
    report = load(source(tmp_path, "second", CHARGES[::-1]), dry_run=dry_run)

    [problem] = report.problems()
    assert problem == (
        f"second: 2026-10 not loaded: The charges are those of first 2026-10 (load {first.pk}), 3 USD: they "
        "count once. Disable the source second, or to keep it instead, run first load_costs --source first "
        "--period 2026-10 --withdraw, and then load_costs --source second."
    )
    assert list(CostLoad.objects.current()) == [first]


def test_other_charges_of_the_same_billing_account_are_loaded_with_a_warning_that_is_kept(
    tmp_path: Path, first: CostLoad
) -> None:
    other_account = charge("5", BillingAccountId="999988887777")

    report = load(source(tmp_path, "second", [charge("4"), other_account]))

    warning = (
        f"Billing account 111122223333 (aws) is in first 2026-10 (load {first.pk}) too: 4 USD here, 3 USD "
        "there. If they are the same charges, they count twice: load_costs --source second --period 2026-10 "
        "--withdraw takes one of the two out of all sums."
    )
    assert warning in report.summary()
    assert warning in CostLoad.objects.get(source="second").checks


@pytest.mark.parametrize(
    "changes",
    [{"InvoiceId": "4711"}, {"BilledCost": "7"}, {"Tags": '{"team": "new"}'}],
    ids=["another version of FOCUS", "restated", "tagged anew"],
)
def test_the_bill_of_another_source_is_refused_if_it_is_restated_here(
    tmp_path: Path, first: CostLoad, changes: dict[str, str]
) -> None:
    report = load(source(tmp_path, "second", [{**row, **changes} for row in CHARGES]))

    [problem] = report.problems()
    assert f"The charges are those of first 2026-10 (load {first.pk}), 3 USD: they count once." in problem
    assert list(CostLoad.objects.current()) == [first]


def on(days: range) -> list[dict[str, str]]:
    return [
        charge(str(day), ChargePeriodStart=f"2026-10-{day:02}", ChargePeriodEnd="2026-11-01") for day in days
    ]


@pytest.mark.parametrize("more", [{}, {"BilledCost": "7"}], ids=["the same", "restated"])
def test_a_source_whose_days_overlap_with_those_of_another_one_is_refused(
    tmp_path: Path, more: dict[str, str]
) -> None:
    load(source(tmp_path, "first", on(range(1, 21))))
    report = load(source(tmp_path, "second", [{**row, **more} for row in on(range(15, 32))]))

    [problem] = report.problems()
    assert "6 of 6 charges of the days that both have are those of first 2026-10" in problem


@pytest.mark.usefixtures("first")
@pytest.mark.parametrize(
    ("charges", "month"),
    [([charge("1", BillingAccountId="999988887777")], OCTOBER), (CHARGES, NOVEMBER)],
)
def test_another_billing_account_and_another_month_are_loaded_without_a_word(
    tmp_path: Path, charges: list[dict[str, str]], month: str
) -> None:
    [loaded] = load(source(tmp_path, "second", charges, month)).months

    assert not any("count twice" in warning for warning in loaded.warnings)
    assert CostLoad.objects.current().count() == 2


@pytest.mark.parametrize("account", ["111122223333", "999988887777"])
def test_a_source_that_another_load_brings_at_the_same_moment_is_refused_if_it_has_the_account(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, account: str
) -> None:
    second = source(tmp_path, "second", CHARGES)
    others = twins.others

    def before(*arguments: Any) -> list[twins.Other]:
        monkeypatch.setattr(twins, "others", others)
        found = others(*arguments)
        load(source(tmp_path, "first", [{**row, "BillingAccountId": account} for row in CHARGES]))
        return found

    monkeypatch.setattr(twins, "others", before)
    problems = load(second).problems()

    if account != CHARGES[0]["BillingAccountId"]:
        assert problems == []
        return
    [problem] = problems
    assert "has the same billing account and was loaded at the same moment: run load_costs again" in problem
    [problem] = load(second).problems()
    assert "are those of first 2026-10" in problem


def test_made_up_bills_never_count_beside_real_ones(tmp_path: Path) -> None:
    write_bill(tmp_path / "made-up", OCTOBER, CHARGES)
    demo = CostSource.objects.create(name="demo", kind="demo", location=str(tmp_path / "made-up"))
    for each in (demo, source(tmp_path, "first", CHARGES)):
        assert not load(each).problems()


def test_a_damaged_file_of_another_source_keeps_no_bill_from_being_loaded(
    tmp_path: Path, first: CostLoad, costs_dir: Path
) -> None:
    (costs_dir / first.path).write_bytes(b"PAR1 but no more")

    [loaded] = load(source(tmp_path, "second", CHARGES)).months

    assert f"first 2026-10 (load {first.pk}) cannot be read, so it was not compared." in loaded.warnings[-1]


@pytest.mark.usefixtures("first")
def test_check_costs_says_what_may_count_twice(tmp_path: Path) -> None:
    load(source(tmp_path, "second", [charge("4", ResourceId="another")]))

    assert "first 2026-10: Billing account 111122223333 (aws) is in second 2026-10" in run("check_costs")
    assert run("check_costs").count("load_costs --source second --period 2026-10 --withdraw takes one") == 2
    [line] = as_json(run("check_costs", "--source", "second", "--json"))["may_count_twice"]
    assert line.startswith("second 2026-10: Billing account")


@pytest.mark.parametrize("asked", [[], ["--source", "first"], ["--source", "second"]])
def test_check_costs_fails_if_two_sources_have_the_same_money_of_an_account_and_says_of_one_to_withdraw(
    tmp_path: Path, first: CostLoad, asked: list[str]
) -> None:
    """As the same bill by the hour, beside another account."""
    again = [{**row, "ChargePeriodEnd": "2026-10-03T01:00:00Z"} for row in CHARGES]
    load(source(tmp_path, "second", [*again, charge("5", BillingAccountId="999988887777")]))
    assert first.billed_by_account == {("aws", "111122223333"): {"USD": Decimal(3)}}

    code, message, _ = fail("check_costs", *asked)

    assert code == 1
    assert "Billing account 111122223333 (aws) is in" in message
    assert "too: 3 USD here and there. If they are the same charges, they count twice: " in message
    assert "--source second --period 2026-10 --withdraw takes one of the two out of all sums." in message
    assert "--source first --period" not in message


def test_check_costs_fails_if_a_bill_counts_twice(tmp_path: Path, first: CostLoad) -> None:
    CostLoad.objects.update(is_demo=True)  # as if they were loaded at the same moment
    load(source(tmp_path, "second", CHARGES))
    CostLoad.objects.update(is_demo=False)

    code, message, _ = fail("check_costs", "--source", "second")

    assert code == 1
    assert message.startswith(
        f"second 2026-10: The charges are those of first 2026-10 (load {first.pk}), 3 USD"
    )
