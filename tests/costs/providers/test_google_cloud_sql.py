"""The SQL as text: what the emulator accepts, BigQuery may refuse, and it knows no partitions."""

from __future__ import annotations

import pytest
from google.cloud.bigquery import SchemaField, Table, TimePartitioning

from costs.errors import LoadError
from costs.providers.google_cloud_sql import Export, export_of
from tests.costs.providers.bigquery_wire import DETAILED, FOCUS, schema

# ruff: noqa: S608  # the SQL is what is tested
NAME = "acme.billing.gcp_billing_export_resource_v1_0"
TIME = "FORMAT_TIMESTAMP('%F %H:%M:%E6S UTC', {})"


BY_DAY = TimePartitioning()


def export(fields: list[SchemaField], partition: TimePartitioning | None = BY_DAY) -> Export:
    table = Table(NAME, fields)
    table.time_partitioning = partition
    return export_of(table, NAME)


def entries(path: str) -> str:
    labels = "entry.`key` AS `key`, entry.`value` AS `value`"
    return (
        f"ARRAY(SELECT AS STRUCT {labels} FROM UNNEST({path}) AS entry WITH OFFSET AS place ORDER BY place)"
    )


def test_a_look_reads_two_columns_of_the_days_from_one_on() -> None:
    assert export(schema(DETAILED)).look() == (
        "SELECT invoice.month AS month, CAST(DATE(_PARTITIONTIME) AS STRING) AS day, COUNT(*) AS charges, "
        f"{TIME.format('MAX(export_time)')} AS newest\n"
        f"FROM `{NAME}`\n"
        "WHERE _PARTITIONTIME >= TIMESTAMP(@since)\n"
        "GROUP BY 1, 2"
    )


def test_a_month_is_read_from_its_own_days_with_the_fields_that_are_used_as_text() -> None:
    assert export(schema(DETAILED)).read() == (
        "SELECT TO_JSON_STRING(STRUCT("
        "`billing_account_id` AS `billing_account_id`, "
        "STRUCT(`service`.`id` AS `id`, `service`.`description` AS `description`) AS `service`, "
        "STRUCT(`sku`.`id` AS `id`, `sku`.`description` AS `description`) AS `sku`, "
        f"{TIME.format('`usage_start_time`')} AS `usage_start_time`, "
        f"{TIME.format('`usage_end_time`')} AS `usage_end_time`, "
        "STRUCT(`project`.`id` AS `id`, `project`.`name` AS `name`, "
        f"{entries('`project`.`labels`')} AS `labels`) AS `project`, "
        f"{entries('`labels`')} AS `labels`, "
        f"{entries('`system_labels`')} AS `system_labels`, "
        f"{entries('`tags`')} AS `tags`, "
        "STRUCT(`location`.`location` AS `location`, `location`.`region` AS `region`, "
        "`location`.`zone` AS `zone`) AS `location`, "
        "STRUCT(`resource`.`name` AS `name`, `resource`.`global_name` AS `global_name`) AS `resource`, "
        "CAST(`cost` AS STRING) AS `cost`, "
        "CAST(`cost_at_list` AS STRING) AS `cost_at_list`, "
        "`currency` AS `currency`, "
        "STRUCT(CAST(`usage`.`amount` AS STRING) AS `amount`, `usage`.`unit` AS `unit`, "
        "CAST(`usage`.`amount_in_pricing_units` AS STRING) AS `amount_in_pricing_units`, "
        "`usage`.`pricing_unit` AS `pricing_unit`) AS `usage`, "
        "STRUCT(CAST(`price`.`effective_price` AS STRING) AS `effective_price`, "
        "CAST(`price`.`list_price` AS STRING) AS `list_price`, "
        "CAST(`price`.`pricing_unit_quantity` AS STRING) AS `pricing_unit_quantity`) AS `price`, "
        "ARRAY(SELECT AS STRUCT CAST(entry.`amount` AS STRING) AS `amount` "
        "FROM UNNEST(`credits`) AS entry WITH OFFSET AS place ORDER BY place) AS `credits`, "
        "STRUCT(`invoice`.`month` AS `month`) AS `invoice`, "
        "`cost_type` AS `cost_type`, "
        "STRUCT(`adjustment_info`.`id` AS `id`) AS `adjustment_info`, "
        "`transaction_type` AS `transaction_type`, "
        "`seller_name` AS `seller_name`, "
        f"{TIME.format('`export_time`')} AS `export_time`)) AS line\n"
        f"FROM `{NAME}`\n"
        "WHERE invoice.month = @month\n"
        "  AND _PARTITIONTIME >= TIMESTAMP(@since) AND _PARTITIONTIME < TIMESTAMP(@until)"
    )


def test_the_standard_export_has_no_resource() -> None:
    fields = [field for field in schema(DETAILED) if field.name not in {"resource", "price"}]

    assert "`resource`" not in export(fields).read()


def test_the_focus_export_is_lines_of_csv() -> None:
    focus = export([field for field in schema(FOCUS) if field.name in _FEW])

    assert focus.header == (
        "BilledCost,BillingCurrency,BillingPeriodStart,ChargeDescription,ChargePeriodStart,x_Labels\n"
    )
    quoted = [
        "CAST(`BilledCost` AS STRING)",
        "`BillingCurrency`",
        TIME.format("`BillingPeriodStart`"),
        "`ChargeDescription`",
        TIME.format("`ChargePeriodStart`"),
        "TO_JSON_STRING(`x_Labels`)",
    ]
    cells = ", ".join(f"""CONCAT('"', REPLACE({each}, '"', '""'), '"')""" for each in quoted)
    assert focus.read() == (
        f"SELECT ARRAY_TO_STRING([{cells}], ',', '') AS line\n"
        f"FROM `{NAME}`\n"
        "WHERE FORMAT_TIMESTAMP('%Y%m', BillingPeriodStart) = @month\n"
        "  AND _PARTITIONTIME >= TIMESTAMP(@since) AND _PARTITIONTIME < TIMESTAMP(@until)"
    )
    assert focus.look().startswith("SELECT FORMAT_TIMESTAMP('%Y%m', BillingPeriodStart) AS month, ")
    assert TIME.format("MAX(x_ExportTime)") in focus.look()


_FEW = {
    "BilledCost",
    "BillingCurrency",
    "BillingPeriodStart",
    "ChargeDescription",
    "ChargePeriodStart",
    "x_Credits",
    "x_ExportTime",
    "x_Labels",
}


def test_a_view_has_no_days_to_read_from() -> None:
    view = export(schema(DETAILED), None)

    # BigQuery does not group by a literal.
    assert view.look().endswith(f"FROM `{NAME}`\nGROUP BY 1")
    assert view.read().endswith("WHERE invoice.month = @month")


def test_a_copy_may_be_partitioned_by_a_column_of_its_own() -> None:
    copied = export(schema(DETAILED), TimePartitioning(field="export_time"))

    assert "CAST(DATE(`export_time`) AS STRING) AS day" in copied.look()
    assert "`export_time` >= TIMESTAMP(@since) AND `export_time` < TIMESTAMP(@until)" in copied.read()


def test_a_table_without_the_columns_of_an_export_is_refused() -> None:
    with pytest.raises(
        LoadError, match="is no billing export, since it has no column invoice: name the table"
    ):
        export([SchemaField("billing_account_id", "STRING"), SchemaField("pricing_as_of_time", "TIMESTAMP")])
