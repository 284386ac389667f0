"""Arguments and answers of the tools that report (tool contract, version 1; docs/tools.md)."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from costs.query.question import MAX_DIMENSIONS
from costs.reports import compare_models, find_anomalies, forecasts, judged_months
from tools.costs_schema import AsOf, End, Filters, Start, read_day
from tools.prices_schema import Arguments


def _or_default(dimensions: list[str]) -> list[str]:
    """The dimensions; an empty list means that they are left out."""
    return dimensions or [*judged_months.DEFAULT_DIMENSIONS]


# costs.query refuses other names with the nearest ones.
Name = Annotated[str, WithJsonSchema({"type": "string"})]
Dimensions = Annotated[list[Name], AfterValidator(_or_default)]
Until = Annotated[
    date,
    BeforeValidator(read_day),
    WithJsonSchema(
        {
            "type": "string",
            "description": "Day after the last of the month (default: this month's end).",
            "examples": ["2026-12-01"],
        }
    ),
]


class ForecastCostsArguments(Arguments):
    filters: Filters = {}
    until: Until | None = None
    as_of: AsOf | None = None


class FindAnomaliesArguments(Arguments):
    start: Start | None = None
    end: End | None = None
    dimensions: Dimensions = Field(
        default=[*judged_months.DEFAULT_DIMENSIONS],
        max_length=MAX_DIMENSIONS,
        description="Dimensions of query_costs to look by.",
        examples=[["customer", "region"]],
    )
    filters: Filters = {}
    as_of: AsOf | None = None


class CompareModelsArguments(Arguments):
    filters: Filters = {}
    start: Start | None = None
    end: End | None = None
    candidates: list[Name] = Field(
        default=[],
        max_length=compare_models.MAX_CANDIDATES,
        description="Models to compare (default all).",
        examples=[["gpt-5.4 on azure"]],
    )
    as_of: AsOf | None = None


CompareModelsAnswer = compare_models.CompareAnswer
ForecastCostsAnswer = forecasts.ForecastAnswer
FindAnomaliesAnswer = find_anomalies.AnomalyAnswer
