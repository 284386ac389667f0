"""Bills that are loaded into BigQuery, replaced, asked, withdrawn and swept."""

from __future__ import annotations

import csv
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from google.cloud import bigquery

from costs.errors import InvalidQuestionError
from costs.load.job import load
from costs.load.report import Outcome
from costs.load.withdraw import withdraw
from costs.models import ConsumerRule, CostLoad, CostSource
from costs.query import Question, ask
from costs.sql import run_sql
from costs.store.audit import faults
from costs.store.configured import open_loads, open_store
from costs.store.sweep import sweep
from tests.costs.bills import NOVEMBER, OCTOBER, charge, make_source, write_bill
from tests.costs.store.bigquery.wire import Wire
from tests.costs.store.lakes import publish

# The rows of loads are as those of the lake; a server would close a transaction that waits for the emulator.
pytestmark = [pytest.mark.django_db, pytest.mark.one_database, pytest.mark.usefixtures("place")]


@pytest.fixture
def source(tmp_path: Path) -> CostSource:
    return make_source(tmp_path / "bills")


def bill(source: CostSource, *costs: str, month: str = OCTOBER) -> None:
    charges = [charge(cost, tags={"customer": "acme"}, ResourceId=f"r{cost}") for cost in costs]
    write_bill(Path(source.location), month, [{**each, **_within(month)} for each in charges])


def _within(month: str) -> dict[str, str]:
    return {"ChargePeriodStart": f"{month}-03T00:00:00Z", "ChargePeriodEnd": f"{month}-04T00:00:00Z"}


def billed(**question: Any) -> list[tuple[str, str]]:
    rows = ask(Question(dimensions=("billing_month",), **question), open_store())["rows"]
    return [(row["billing_month"], row["billed_cost"]) for row in rows]


def unified(client: bigquery.Client, place: str) -> list[tuple[Any, ...]]:
    """What others read in unified_costs."""
    sql = f"SELECT x_LoadId, SUM(BilledCost) FROM `{place}.unified_costs` GROUP BY 1 ORDER BY 1"
    return [row.values() for row in client.query(sql).result(timeout=60)]


def test_a_bill_is_loaded_and_replaced_to_the_last_digit_and_the_past_stays(
    source: CostSource, client: bigquery.Client, place: str
) -> None:
    bill(source, "0.123456789012345678", "2")

    first = load(source)

    assert first.error == first.behind == ""
    assert [month.outcome for month in first.months] == [Outcome.LOADED]
    assert billed() == [(OCTOBER, "2.123456789012345678")]
    [old] = CostLoad.objects.current()
    assert unified(client, place) == [(old.pk, Decimal("2.123456789012345678"))]

    before = timezone.now()
    bill(source, "5", "7")
    assert [month.outcome for month in load(source).months] == [Outcome.REPLACED]

    assert billed() == [(OCTOBER, "12")]
    assert billed(as_of=before) == [(OCTOBER, "2.123456789012345678")]
    [new] = CostLoad.objects.current()
    assert unified(client, place) == [(new.pk, Decimal(12))]
    assert [month.outcome for month in load(source).months] == [Outcome.UNCHANGED]


def test_new_rules_stamp_a_month_again_from_the_copy_and_without_it_from_its_table(
    source: CostSource, costs_dir: Path
) -> None:
    bill(source, "2", "3")
    load(source)
    for name, keeps_copy in (("customer", True), ("Customer", False)):
        ConsumerRule.objects.create(position=1, kind="tag", name=name, value="acme", consumer=f"of {name}")
        if not keeps_copy:
            for copy in (costs_dir / ".copies").rglob("*.parquet"):
                copy.unlink()

        report = load(source)

        assert [month.outcome for month in report.months] == [Outcome.RESTAMPED], report.problems()
        assert [row["customer"] for row in ask(Question(dimensions=("customer",)), open_store())["rows"]]
        assert billed() == [(OCTOBER, "5")]
        ConsumerRule.objects.all().delete()


def test_what_is_withdrawn_is_in_no_sum_and_leaves_unified_costs(
    source: CostSource, client: bigquery.Client, place: str
) -> None:
    bill(source, "2")
    bill(source, "3", month=NOVEMBER)
    load(source)

    withdraw(CostLoad.objects.current().filter(billing_period=OCTOBER))
    answered = billed()
    open_loads().settle()

    assert answered == billed() == [(NOVEMBER, "3")]
    [kept] = CostLoad.objects.current()
    assert unified(client, place) == [(kept.pk, Decimal(3))]


def test_a_sweep_drops_the_tables_of_replaced_loads_and_says_so_to_who_asks(
    source: CostSource, client: bigquery.Client, place: str
) -> None:
    bill(source, "2")
    load(source)
    before = timezone.now()
    bill(source, "3")
    load(source)
    [old] = CostLoad.objects.filter(status=CostLoad.Status.SUPERSEDED)
    CostLoad.objects.filter(pk=old.pk).update(current_until=timezone.now() - timedelta(days=100))

    swept = sweep(open_loads(), timedelta(days=90))

    assert [load.pk for load in swept.loads] == [old.pk]
    names = {table.table_id for table in client.list_tables(place)}
    [new] = CostLoad.objects.current()
    assert {name for name in names if name.startswith("load_")} == {f"load_{new.pk.replace('-', '_')}"}
    assert before < timezone.now()
    assert billed() == [(OCTOBER, "3")]


def test_check_costs_finds_a_changed_table_and_a_changed_unified_costs(
    source: CostSource, client: bigquery.Client, place: str
) -> None:
    bill(source, "2", "4")
    load(source)
    [current] = CostLoad.objects.current()
    assert faults(open_loads(), current) == []

    client.query(f"UPDATE `{place}.unified_costs` SET BilledCost = 3 WHERE BilledCost = 2").result(timeout=60)
    [changed] = faults(open_loads(), current)
    table = f"load_{current.pk.replace('-', '_')}"
    client.query(f"DELETE FROM `{place}.{table}` WHERE BilledCost = 4").result(timeout=60)
    [short] = faults(open_loads(), current)

    assert changed.startswith(f"{place}.unified_costs has other charges of load {current.pk} than its table.")
    why = "has 1 row instead of 2, or another sum of money than its load."
    assert short == f"The table {place}.{table} cannot be read: {place}.{table} {why}"


def test_each_question_is_tried_first_bounded_and_its_price_said(source: CostSource, wire: Wire) -> None:
    bill(source, "2")
    load(source)
    wire.asked.clear()
    wire.planned.clear()
    wire.bounds.clear()
    wire.size = lambda sql: 2**30 if "FROM" in sql else 0

    answer = ask(Question(), open_store())
    again = ask(Question(), open_store())

    assert wire.asked == wire.planned
    assert set(wire.bounds) == {100 * 1024**3}
    reading = [sql for sql in wire.asked if "FROM" in sql]
    billed_bytes = len(reading) * 2**30
    assert answer["query_cost"] == {
        "billed_bytes": billed_bytes,
        "usd": f"{Decimal('6.25') * len(reading) / 1024}",
        "usd_per_tib": "6.25",
        "price_source": "the on-demand list price of the US (cloud.google.com/bigquery/pricing); "
        "BIGQUERY_USD_PER_TIB sets yours",
    }
    assert again["query_cost"]["billed_bytes"] == 0
    assert {**again, "query_cost": None, "as_of": ""} == {**answer, "query_cost": None, "as_of": ""}


def test_an_export_has_the_charges_that_count_whatever_store_they_are_in(
    source: CostSource, tmp_path: Path
) -> None:
    bill(source, "0.123456789012345678", "2")
    load(source)
    file = tmp_path / "costs.csv"

    call_command("export_focus", file, "--own-columns")

    with file.open() as opened:
        rows = list(csv.DictReader(opened))
    assert [Decimal(row["BilledCost"]) for row in rows] == [Decimal("0.123456789012345678"), Decimal(2)]


def test_unified_costs_has_estimates_by_account_until_a_bill_has_the_account(
    client: bigquery.Client, place: str
) -> None:
    store = open_loads()
    first, second = (
        publish("guess", OCTOBER, [cost], store, estimate_of=account, **usage(account))
        for account, cost in (("444455556666", "5"), ("777788889999", "3"))
    )
    store.settle()
    both = unified(client, place)

    bill = publish("bill", OCTOBER, ["4"], store, **usage("777788889999"))
    store.settle()

    assert sorted(both) == sorted([(first.pk, Decimal(5)), (second.pk, Decimal(3))])
    assert sorted(unified(client, place)) == sorted([(first.pk, Decimal(5)), (bill.pk, Decimal(4))])
    assert billed() == [(OCTOBER, "9")]


def usage(account: str) -> dict[str, str]:
    return {
        "x_Cloud": "aws",
        "BillingAccountId": "111122223333",
        "SubAccountId": account,
        "ChargeCategory": "Usage",
        "ChargePeriodStart": f"{OCTOBER}-05T00:00:00Z",
        "BillingPeriodStart": f"{OCTOBER}-01T00:00:00Z",
    }


def test_sql_is_answered_within_the_bound_of_what_a_question_may_read(
    source: CostSource, wire: Wire, place: str
) -> None:
    bill(source, "0.123456789012345678", "2")
    load(source)
    sql = (
        "SELECT x_Cloud, SUM(BilledCost) AS cost, DATE(MAX(ChargePeriodStart)) AS last, COUNT(*) AS n "
        "FROM aws_llm_costs GROUP BY x_Cloud"
    )

    found = run_sql(sql, open_store())

    assert found["rows"] == [
        {"x_Cloud": "aws", "cost": "2.123456789012345678", "last": "2026-10-03", "n": "2"}
    ]
    assert found["dialect"] == "bigquery"
    assert [column["type"] for column in found["columns"]][1].endswith("NUMERIC")
    assert "query_cost" in found
    with pytest.raises(InvalidQuestionError, match="BigQuery refuses"):
        run_sql("SELECT nope FROM unified_costs", open_store())
    assert wire.asked
    assert place
