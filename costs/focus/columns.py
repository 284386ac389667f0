"""The columns of FOCUS 1.2 and 1.4 (columns.csv), and those of unified_costs: 1.4 and ours, with x_."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from types import MappingProxyType

VERSIONS = ("1.2", "1.4")
LATEST = "1.4"
_FILE = Path(__file__).with_name("columns.csv")
# FOCUS types both as decimals.
_QUANTITIES = frozenset({"ConsumedQuantity", "PricingQuantity", "CommitmentDiscountQuantity"})


class Kind(Enum):
    """What a column is of, as its type in DuckDB. BigQuery calls a decimal BIGNUMERIC, of the same digits."""

    TEXT = "varchar"
    JSON = "json"
    MONEY = "decimal(38,18)"
    QUANTITY = "decimal(38,9)"
    TIME = "timestamptz"
    YES_NO = "boolean"


@dataclass(frozen=True, slots=True)
class Column:
    """A column.

    Args:
        name: as FOCUS spells it, or x_ and a name of ours.
        kind: its type. JSON is stored as text.
        is_mandatory: whether FOCUS wants it in every file.
        is_nullable: whether a row may leave it empty.
        allowed: its allowed values; empty if any are.
        is_recommended: whether FOCUS would have it in every file.
    """

    name: str
    kind: Kind
    is_mandatory: bool = False
    is_nullable: bool = True
    allowed: frozenset[str] = frozenset()
    is_recommended: bool = False


# What each is, is in docs/costs.md. Where FOCUS 1.5's draft has the column, its words are used.
OWN = (
    Column("x_PublisherName", Kind.TEXT),
    Column("x_Cloud", Kind.TEXT, is_nullable=False, allowed=frozenset({"aws", "gcp", "azure", "other"})),
    Column("x_Source", Kind.TEXT, is_nullable=False),
    Column("x_LoadId", Kind.TEXT, is_nullable=False),
    Column("x_IsEstimate", Kind.YES_NO, is_nullable=False),
    Column("x_Meter", Kind.TEXT),
    # Azure's, under its own names: the product of a meter, and how much one pricing unit is ("1K").
    Column("x_SkuMeterSubcategory", Kind.TEXT),
    Column("x_PricingUnitDescription", Kind.TEXT),
    Column("x_UsageKind", Kind.TEXT),
    Column("x_BillingModel", Kind.TEXT),
    Column("x_ModelId", Kind.TEXT),
    Column("x_ModelDeveloper", Kind.TEXT),
    Column("x_TokenDirection", Kind.TEXT),
    Column("x_TokenCacheAction", Kind.TEXT),
    Column("x_Modality", Kind.TEXT),
    Column("x_ServiceTier", Kind.TEXT),
    Column("x_Scope", Kind.TEXT),
    Column("x_Context", Kind.TEXT),
    Column("x_Tokens", Kind.QUANTITY),
    Column("x_Requests", Kind.QUANTITY),
    Column("x_ConsumerId", Kind.TEXT),
)


@cache
def focus_columns(version: str = LATEST) -> Mapping[str, Column]:
    """The columns of a version of FOCUS by name, in order of name: 65 of 1.4, 57 of 1.2.

    Args:
        version: one of VERSIONS.
    """
    suffix = version.replace(".", "_")
    with _FILE.open(newline="") as lines:
        rows = csv.DictReader(line for line in lines if not line.startswith("#"))
        columns = [_column(row, suffix) for row in rows if row[f"level_{suffix}"]]
    return MappingProxyType({column.name: column for column in columns})


@cache
def columns() -> Mapping[str, Column]:
    """All columns of unified_costs by name, in their order in the table."""
    return MappingProxyType({**focus_columns(), **{column.name: column for column in OWN}})


def _column(row: Mapping[str, str], version: str) -> Column:
    kinds = {
        "String": Kind.TEXT,
        "JSON": Kind.JSON,
        "Date/Time": Kind.TIME,
        "Decimal": Kind.QUANTITY if row["column"] in _QUANTITIES else Kind.MONEY,
    }
    return Column(
        row["column"],
        kinds[row["type"]],
        is_mandatory=row[f"level_{version}"] == "Mandatory",
        is_nullable=row[f"nullable_{version}"] == "true",
        allowed=frozenset(filter(None, row["allowed"].split("|"))),
        is_recommended=row[f"level_{version}"] == "Recommended",
    )
