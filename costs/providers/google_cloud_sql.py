"""SQL of BigQuery over a billing export. All that it selects is text, so that no amount becomes a double.

The tables are those of docs.cloud.google.com, "Structure of Detailed data export" and "Structure of the FOCUS
data export". Both are partitioned by the day on which Google Cloud added a row, and rows are only ever added.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from google.cloud import bigquery
from sqlglot import exp

from costs.errors import LoadError
from costs.focus.cast import sources_of
from costs.focus.columns import columns
from costs.providers.google_cloud_rows import FIELDS
from costs.providers.source import Layout

# Before the first row of any export.
ALWAYS = "1970-01-01"
_FOCUS = ("BilledCost", "BillingPeriodStart", "ChargePeriodStart", "BillingCurrency", "x_ExportTime")
_ROWS = ("billing_account_id", "invoice", "cost", "sku", "export_time")
# As BigQuery writes a time to JSON.
_TIME = "FORMAT_TIMESTAMP('%F %H:%M:%E6S UTC', {})"
_NESTED = frozenset({"RECORD", "STRUCT"})


@dataclass(frozen=True, slots=True)
class Export:
    """A table of a billing export, as SQL.

    Args:
        layout: what its rows are written as.
        header: what stands before them.
        table: its name.
        month: the month that a row is billed in, as 202610.
        exported: when a row was added.
        partition: the column that the table is cut into days by; "" if it is whole.
        line: a row.
    """

    layout: Layout
    header: str
    table: str
    month: str
    exported: str
    partition: str
    line: str

    def look(self) -> str:
        """How many rows of each month each day from @since on has, and when the newest was added."""
        counts = f"COUNT(*) AS charges, {_TIME.format(f'MAX({self.exported})')} AS newest"
        if not self.partition:
            return f"SELECT {self.month} AS month, '{ALWAYS}' AS day, {counts}\nFROM {self.table}\nGROUP BY 1"
        return (
            f"SELECT {self.month} AS month, CAST(DATE({self.partition}) AS STRING) AS day, {counts}\n"
            f"FROM {self.table}\nWHERE {self.partition} >= TIMESTAMP(@since)\nGROUP BY 1, 2"
        )

    def read(self) -> str:
        """The rows of @month, which are of the days from @since to before @until."""
        days = f"{self.partition} >= TIMESTAMP(@since) AND {self.partition} < TIMESTAMP(@until)"
        within = f"\n  AND {days}" if self.partition else ""
        return f"SELECT {self.line} AS line\nFROM {self.table}\nWHERE {self.month} = @month{within}"


def export_of(table: bigquery.Table, name: str) -> Export:
    """What a table is, by its columns.

    Raises:
        LoadError: it is no billing export.
    """
    fields = {field.name: field for field in table.schema}
    quoted = f"`{name}`"
    if fields.keys() >= {*_FOCUS}:
        used = [field for field in table.schema if field.name in _used()]
        month = "FORMAT_TIMESTAMP('%Y%m', BillingPeriodStart)"
        header = ",".join(field.name for field in used) + "\n"
        partition = _partition(table, fields)
        return Export(Layout.FOCUS_CSV, header, quoted, month, "x_ExportTime", partition, _csv(used))
    if fields.keys() >= {*_ROWS}:
        line = f"TO_JSON_STRING(STRUCT({_members(_wanted(), '', table.schema)}))"
        partition = _partition(table, fields)
        return Export(Layout.GOOGLE_CLOUD_ROWS, "", quoted, "invoice.month", "export_time", partition, line)
    lacking = next(column for column in _ROWS if column not in fields)
    raise LoadError(
        f"{name} is no billing export, since it has no column {lacking}: name the table of the detailed, the "
        "standard or the FOCUS usage cost export."
    )


def _partition(table: bigquery.Table, fields: dict[str, bigquery.SchemaField]) -> str:
    """The column of partitions, if it is of times; a table with others is read as a whole."""
    if table.time_partitioning is None:
        return ""
    column = table.time_partitioning.field
    if column is None:
        return "_PARTITIONTIME"
    return f"`{column}`" if column in fields and fields[column].field_type == "TIMESTAMP" else ""


@cache
def _used() -> frozenset[str]:
    """The columns that FOCUS files are read for."""
    return frozenset(source for name in columns() for source in sources_of(name))


def _csv(fields: Sequence[bigquery.SchemaField]) -> str:
    """A row of a CSV file. What is null is empty, and everything else is quoted."""
    values = ", ".join(_quoted(_cell(field)) for field in fields)
    return f"ARRAY_TO_STRING([{values}], ',', '')"


def _quoted(text: str) -> str:
    return f"""CONCAT('"', REPLACE({text}, '"', '""'), '"')"""


def _cell(field: bigquery.SchemaField) -> str:
    path = f"`{field.name}`"
    is_nested = field.mode == "REPEATED" or field.field_type in {*_NESTED, "JSON"}
    return f"TO_JSON_STRING({path})" if is_nested else _text(path, field.field_type)


@cache
def _wanted() -> exp.DataType:
    """The fields that rows of Google Cloud are read for."""
    members = ", ".join(f"{name} {type_}" for name, type_ in FIELDS.items())
    return exp.DataType.build(f"struct({members})", dialect="duckdb")


def _members(wanted: exp.DataType, path: str, fields: Sequence[bigquery.SchemaField]) -> str:
    """The fields that are wanted of a record and that the table has."""
    have = {field.name: field for field in fields}
    found = [(each.name, each.args["kind"]) for each in wanted.expressions if each.name in have]
    return ", ".join(f"{_json(kind, f'{path}`{name}`', have[name])} AS `{name}`" for name, kind in found)


def _json(wanted: exp.DataType, path: str, field: bigquery.SchemaField) -> str:
    if field.mode == "REPEATED":
        entry = wanted.expressions[0]
        members = _members(entry, "entry.", field.fields)
        order = "WITH OFFSET AS place ORDER BY place"
        return f"ARRAY(SELECT AS STRUCT {members} FROM UNNEST({path}) AS entry {order})"
    if field.field_type in _NESTED:
        return f"STRUCT({_members(wanted, f'{path}.', field.fields)})"
    return _text(path, field.field_type)


def _text(path: str, type_: str) -> str:
    if type_ == "STRING":
        return path
    return _TIME.format(path) if type_ == "TIMESTAMP" else f"CAST({path} AS STRING)"
