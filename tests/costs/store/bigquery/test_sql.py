"""The SQL as text: the emulator accepts what BigQuery may refuse."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from costs.query import Question, compile_question
from costs.sql.guard import check
from costs.store.bigquery import sql
from costs.store.bigquery.place import Place
from tests.costs.query.asking import OCTOBER

PLACE = Place.of("bigquery://acme/costs")
MOMENT = sql.Moment(datetime(2026, 11, 28, 3, 4, 5, 6, UTC), frozenset({"2026-10-aa", "2026-09-bb"}))
AS_OF = "FOR SYSTEM_TIME AS OF CAST('2026-11-28 03:04:05.000006+00:00' AS TIMESTAMP)"


def charges(*loads: str) -> str:
    """What a question reads, after FROM."""
    text = sql.placed(compile_question(Question(("tokens",), **OCTOBER)), PLACE, loads, MOMENT)
    return text.partition(" FROM ")[2].partition(" WHERE `ChargePeriodStart`")[0]


def test_a_question_reads_the_columns_it_needs_of_unified_costs_as_it_was_at_one_moment() -> None:
    columns = (
        "`BilledCost`, `BillingCurrency`, `ChargeCategory`, `ChargePeriodStart`, `CommitmentDiscountStatus`, "
        "`x_UsageKind`, `x_BillingModel`, `x_ModelId`, `x_Tokens`, `x_ConsumerId`"
    )
    unified = (
        f"SELECT {columns} FROM `acme.costs.unified_costs` {AS_OF} "
        "WHERE `x_LoadId` IN ('2026-09-bb', '2026-10-aa')"
    )
    own = f"SELECT {columns} FROM `acme.costs.load_2026_10_cc`"

    assert charges("2026-09-bb", "2026-10-aa") == f"({unified}) AS unified_costs"
    assert charges("2026-10-cc") == f"({own}) AS unified_costs"
    assert (
        charges("2026-09-bb", "2026-10-cc", "2026-10-aa") == f"({unified} UNION ALL {own}) AS unified_costs"
    )


def test_tables_have_exact_decimals_and_are_cut_by_day_and_clustered_by_cloud_and_model() -> None:
    made = sql.create_charges(PLACE, "unified_costs")

    assert made.startswith("CREATE TABLE IF NOT EXISTS `acme.costs.unified_costs` (\n")
    assert "  `BilledCost` BIGNUMERIC(38, 18),\n" in made
    assert "  `PricingQuantity` BIGNUMERIC(38, 9),\n" in made
    assert "  `Tags` STRING,\n" in made
    assert "  `x_IsEstimate` BOOL,\n" in made
    assert made.endswith(
        ")\nPARTITION BY TIMESTAMP_TRUNC(`ChargePeriodStart`, DAY)\nCLUSTER BY `x_Cloud`, `x_ModelId`"
    )


def test_a_month_is_swapped_in_one_transaction_that_fails_if_another_was_first() -> None:
    out = [sql.Member("2026-10-aa", "it's", "2026-10", 5, 7)]

    text = sql.swap(PLACE, out, [sql.Member("2026-10-cc", "it's", "2026-10")])

    statements = text.split(";\n")
    has, month = "`acme.costs.unified_costs_loads`", "`x_Source` = 'it\\'s' AND `billing_month` = '2026-10'"
    is_known = f"SELECT COUNT(*) FROM {has} WHERE {month} AND `x_LoadId` NOT IN ('2026-10-aa')"
    days = "`ChargePeriodStart` >= TIMESTAMP_MICROS(5) AND `ChargePeriodStart` <= TIMESTAMP_MICROS(7)"
    assert statements[:5] == [
        "BEGIN TRANSACTION",
        f"UPDATE {has} SET `changes` = `changes` + 1 WHERE `x_LoadId` = ''",
        f"SELECT IF(({is_known}) = 0, '', ERROR('unified_costs has changed meanwhile'))",
        f"DELETE FROM `acme.costs.unified_costs` WHERE `x_LoadId` = '2026-10-aa' AND {days}",
        f"DELETE FROM {has} WHERE {month}",
    ]
    own = "`acme.costs.load_2026_10_cc`"
    assert statements[5].startswith("INSERT INTO `acme.costs.unified_costs` (`AllocatedMethodDetails`, ")
    assert statements[5].endswith(f"`x_ConsumerId` FROM {own}")
    assert statements[6] == (
        f"INSERT INTO {has} (`x_LoadId`, `x_Source`, `billing_month`, `first_micros`, `last_micros`)\n"
        "SELECT '2026-10-cc', 'it\\'s', '2026-10', UNIX_MICROS(MIN(`ChargePeriodStart`)), "
        f"UNIX_MICROS(MAX(`ChargePeriodStart`)) FROM {own}"
    )
    assert statements[7:] == ["COMMIT TRANSACTION;"]


def test_a_month_that_nothing_replaces_only_leaves() -> None:
    text = sql.swap(PLACE, [sql.Member("2026-10-aa", "aws", "2026-10", 5, 7)], [])

    assert "INSERT" not in text
    assert text.count("DELETE") == 2


def test_series_below_an_amount_are_left_out_by_the_names_of_groups() -> None:
    question = Question(("billed_cost",), ("model", "day"))

    text = compile_question(question, least={"USD": Decimal("1.5")}).sql("bigquery")

    assert (
        "grouped AS (SELECT * FROM all_groups WHERE TRUE QUALIFY MAX(ABS(`billed_cost`)) "
        "OVER (PARTITION BY `model`, `currency`) >= "
        "CASE `currency` WHEN 'USD' THEN CAST('1.5' AS BIGNUMERIC) END)"
    ) in text


def test_an_amount_that_series_are_compared_with_is_a_literal_of_all_its_digits() -> None:
    least = {"USD": Decimal("0.000000000000000001")}
    question = compile_question(Question(("billed_cost",), ("model", "day")), least=least)

    text = sql.placed(question, PLACE, ["2026-10-aa"], MOMENT)

    assert "CASE `currency` WHEN 'USD' THEN BIGNUMERIC '0.000000000000000001' END" in text
    assert "CAST('0" not in text


def test_no_amount_leaves_bigquery_as_a_double() -> None:
    text = sql.lines(PLACE, "load_x")

    assert "CAST(`BilledCost` AS STRING) AS `BilledCost`" in text
    assert "CAST(UNIX_MICROS(`ChargePeriodStart`) AS STRING) AS `ChargePeriodStart`" in text
    assert "`Tags` AS `Tags`" in text


def test_sql_from_outside_reads_only_the_columns_that_it_names_and_views_as_charges() -> None:
    query = check(
        "SELECT a.xcloud, BILLEDCOST FROM (SELECT X_Cloud AS xcloud, BilledCost FROM aws_llm_costs) AS a",
        "bigquery",
    )

    text = sql.placed_from_outside(query, PLACE, ["2026-10-aa"], MOMENT)

    assert "SELECT `BilledCost`, `x_Cloud`, `x_UsageKind` FROM `acme.costs.unified_costs`" in text
    assert "WHERE x_Cloud = 'aws' AND NOT x_UsageKind IS NULL) AS aws_llm_costs" in text


def test_a_star_from_outside_reads_all_columns_and_a_count_of_rows_does_not() -> None:
    everything = sql.placed_from_outside(
        check("SELECT u.* FROM unified_costs AS u, unified_costs", "bigquery"), PLACE, ["2026-10-cc"], MOMENT
    )
    counted = sql.placed_from_outside(
        check("SELECT COUNT(*) FROM unified_costs", "bigquery"), PLACE, ["2026-10-cc"], MOMENT
    )

    assert everything.count("`AllocatedMethodDetails`, ") == 2
    assert ") AS u" in everything
    own = "SELECT `x_Cloud`, `x_UsageKind` FROM `acme.costs.load_2026_10_cc`"
    assert counted == f"SELECT COUNT(*) FROM ({own}) AS unified_costs"
