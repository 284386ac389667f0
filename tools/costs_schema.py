"""Arguments and answers of the tools about costs (tool contract, version 1; docs/tools.md)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from catalog import iso8601
from costs import explain, query
from costs import sql as costs_sql
from costs.query.dimensions import DIMENSIONS, value_of
from costs.query.question import (
    DEFAULT_LIMIT,
    MAX_DIMENSIONS,
    MAX_LIMIT,
    MAX_MEASURES,
    MEASURES,
    SUMS,
)
from tools import prices_schema
from tools.argument_forms import ABSENT, LeftOutAs
from tools.prices_schema import Arguments


def read_day(value: Any) -> date:
    """Parse a date; midnight in UTC is one too."""
    parsed = iso8601.parse(value.strip() if isinstance(value, str) else "")
    if not isinstance(parsed, datetime):
        return parsed
    if parsed.time() != time.min:
        raise ValueError("must be a date, such as 2026-10-01: a window is of whole days in UTC")
    return parsed.date()


def _filters(value: Any) -> dict[str, list[str | None]]:
    """Parse filters: an object or its JSON text, of one value or a list for each dimension."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            value = None
    if not isinstance(value, Mapping):
        raise ValueError('must be an object, such as {"cloud": ["aws"], "not_customer": [null]}')  # noqa: TRY004
    return {name: [_value(name, one) for one in _listed(values)] for name, values in value.items()}


def _listed(values: Any) -> Sequence[Any]:
    """The values of a filter. A text is one value, since names have commas, unless it is a list in JSON."""
    if isinstance(values, str) and values.startswith("["):
        try:
            values = json.loads(values)
        except (ValueError, RecursionError):
            return [values]
    return values if isinstance(values, list) else [values]


def _value(name: str, value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError(f"{name} must have texts or null as its values")  # noqa: TRY004 pydantic's
    return value_of(str(value))


def _names(names: Sequence[str]) -> WithJsonSchema:
    """A text of a closed list, which costs.query refuses with the nearest names if it is another."""
    return WithJsonSchema({"type": "string", "enum": list(names)})


def _date(description: str, example: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "description": description, "examples": [example]})


def _or_billed(measures: list[str]) -> list[str]:
    """The measures; an empty list means that they are left out."""
    return measures or [*BILLED]


BILLED = ("billed_cost",)
Measures = Annotated[list[Annotated[str, _names(MEASURES)]], AfterValidator(_or_billed)]
Sums = Annotated[list[Annotated[str, _names(list(SUMS))]], AfterValidator(_or_billed)]
DimensionName = Annotated[str, _names(list(DIMENSIONS))]
Start = Annotated[date, BeforeValidator(read_day), _date("First day (UTC).", "2026-10-01")]
End = Annotated[date, BeforeValidator(read_day), _date("Day after the last (UTC).", "2026-11-01")]
AsOf = Annotated[prices_schema.AsOf, _date("As loaded then (default now).", "2026-11-20")]
Filters = Annotated[
    dict[str, list[str | None]],
    BeforeValidator(_filters),
    WithJsonSchema(
        {
            "type": "object",
            "description": "Values by dimension; not_ excludes; null: none.",
            "examples": [{"cloud": ["aws"], "not_customer": ["acme"]}],
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        }
    ),
]


class QueryCostsArguments(Arguments):
    measures: Measures = Field(
        default=[*BILLED],
        max_length=MAX_MEASURES,
        description="What to add up or compute.",
        examples=[["billed_cost", "tokens"]],
    )
    dimensions: list[DimensionName] = Field(
        default=[],
        max_length=MAX_DIMENSIONS,
        description="What to group by.",
        examples=[["model", "customer"]],
    )
    filters: Filters = {}
    start: Start | None = None
    end: End | None = None
    order_by: Annotated[str, LeftOutAs(ABSENT)] = Field(
        default="",
        max_length=100,
        description="A measure or dimension asked for, with asc or desc.",
        examples=["billed_cost desc"],
    )
    limit: int = Field(default=DEFAULT_LIMIT, ge=1, le=MAX_LIMIT, description="Rows at most.", examples=[20])
    as_of: AsOf | None = None


class ExplainCostArguments(Arguments):
    measures: Sums = Field(
        default=[*BILLED],
        max_length=1,
        description="The sum to explain.",
        examples=[["billed_cost"]],
    )
    filters: Filters = {}
    start: Start | None = None
    end: End | None = None
    limit: int = Field(
        default=explain.DEFAULT_LIMIT, ge=1, le=MAX_LIMIT, description="Rows at most.", examples=[20]
    )
    as_of: AsOf | None = None


class RunCostSqlArguments(Arguments):
    sql: str = Field(
        min_length=1,
        max_length=costs_sql.MAX_CHARACTERS,
        description="A SELECT in DuckDB's SQL, or BigQuery's if costs are there.",
        examples=["SELECT x_ModelId, SUM(BilledCost) AS cost FROM unified_costs GROUP BY 1"],
    )
    limit: int = Field(
        default=costs_sql.DEFAULT_LIMIT,
        ge=1,
        le=costs_sql.MAX_LIMIT,
        description="Rows at most.",
        examples=[20],
    )


QueryCostsAnswer = query.Answer
ExplainCostAnswer = explain.Explanation
RunCostSqlAnswer = costs_sql.SqlAnswer
