"""The table of tools, and the function that calls one, for the MCP server and any other caller."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from pydantic import ValidationError

from catalog.errors import CatalogError
from tools import (
    budgets,
    budgets_schema,
    costs,
    costs_schema,
    errors,
    json_schema,
    live,
    live_schema,
    prices,
    prices_schema,
    reports,
    reports_schema,
)
from tools.callers import Caller

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Tool:
    """A tool: its title, the types of its arguments and answer, and the function that answers.

    Only tokens with its scope see and call it. One that `acts` changes something of the caller's, and gets
    them as its second argument.
    """

    title: str
    arguments: type[prices_schema.Arguments]
    answer: type
    function: Callable[..., prices.Answer]
    scope: str = "pricing:read"
    acts: bool = False

    @property
    def description(self) -> str:
        words = " ".join((self.function.__doc__ or "").split())
        return words.partition(" Args: ")[0]

    @cached_property
    def input_schema(self) -> json_schema.Schema:
        return json_schema.input_schema(self.arguments)

    @cached_property
    def output_schema(self) -> json_schema.Schema:
        return json_schema.output_schema(self.answer)

    @property
    def listed_input(self) -> json_schema.Schema:
        """The schema of the arguments that tools/list shows."""
        return json_schema.listed_input(self.input_schema)

    @property
    def listed_output(self) -> json_schema.Schema:
        """The schema of the answer that tools/list shows."""
        return json_schema.listed_output(self.output_schema, COMMON_FIELDS)


class Result(NamedTuple):
    """The structured content of an answer, or {contract, error} if `is_error`."""

    content: dict[str, Any]
    is_error: bool = False


# The server's instructions say once what these mean; the answers of most tools have them.
COMMON_FIELDS = (
    *("contract", "hint", "catalog", "loads", "as_of", "start", "end"),
    *("is_estimate", "is_demo", "query_cost", "currency", "rows_left_out", "next_cursor"),
)
COSTS_SCOPE, ALERTS_SCOPE, SQL_SCOPE = "costs:read", "alerts:write", "costs:sql"

TOOLS: dict[str, Tool] = {
    "search": Tool("Search SKUs", prices_schema.SearchArguments, prices_schema.SearchAnswer, prices.search),
    "details": Tool(
        "SKU details", prices_schema.DetailsArguments, prices_schema.DetailsAnswer, prices.details
    ),
    "calculate": Tool(
        "Calculate cost", prices_schema.CalculateArguments, prices_schema.CalculateAnswer, prices.calculate
    ),
    "query_costs": Tool(
        "Query costs",
        costs_schema.QueryCostsArguments,
        costs_schema.QueryCostsAnswer,
        costs.query_costs,
        scope=COSTS_SCOPE,
    ),
    "explain_cost": Tool(
        "Explain a cost",
        costs_schema.ExplainCostArguments,
        costs_schema.ExplainCostAnswer,
        costs.explain_cost,
        scope=COSTS_SCOPE,
    ),
    "forecast_costs": Tool(
        "Forecast costs",
        reports_schema.ForecastCostsArguments,
        reports_schema.ForecastCostsAnswer,
        reports.forecast_costs,
        scope=COSTS_SCOPE,
    ),
    "find_anomalies": Tool(
        "Find anomalies",
        reports_schema.FindAnomaliesArguments,
        reports_schema.FindAnomaliesAnswer,
        reports.find_anomalies,
        scope=COSTS_SCOPE,
    ),
    "compare_models": Tool(
        "Compare models",
        reports_schema.CompareModelsArguments,
        reports_schema.CompareModelsAnswer,
        reports.compare_models,
        scope=COSTS_SCOPE,
    ),
    "budget_status": Tool(
        "Budget status",
        budgets_schema.BudgetStatusArguments,
        budgets_schema.BudgetStatusAnswer,
        budgets.budget_status,
        scope=COSTS_SCOPE,
    ),
    "live_usage": Tool(
        "Live usage",
        live_schema.LiveUsageArguments,
        live_schema.LiveUsageAnswer,
        live.live_usage,
        scope=COSTS_SCOPE,
    ),
    "live_cost": Tool(
        "Live cost",
        live_schema.LiveCostArguments,
        live_schema.LiveCostAnswer,
        live.live_cost,
        scope=COSTS_SCOPE,
    ),
    "set_live_alert": Tool(
        "Set a live alert",
        live_schema.SetLiveAlertArguments,
        live_schema.SetLiveAlertAnswer,
        live.set_live_alert,
        scope=ALERTS_SCOPE,
        acts=True,
    ),
    "run_cost_sql": Tool(
        "Run SQL over costs",
        costs_schema.RunCostSqlArguments,
        costs_schema.RunCostSqlAnswer,
        costs.run_cost_sql,
        scope=SQL_SCOPE,
    ),
}


def call(name: str, arguments: Mapping[str, Any], caller: Caller | None = None) -> Result:
    """Call a tool.

    Args:
        name: a key of TOOLS.
        arguments: the JSON arguments, not yet validated.
        caller: who calls; only tools that act need it.

    Returns:
        The answer, or an error that says what to do about it.

    Raises:
        KeyError: there is no tool of this name. Every other failure becomes an error result.
    """
    tool = TOOLS[name]
    try:
        read = tool.arguments.model_validate(arguments)
        return Result(tool.function(read, caller) if tool.acts else tool.function(read))
    except ValidationError as error:
        return failure(errors.from_validation_error(error, tool.arguments))
    except CatalogError as error:
        return failure(errors.from_catalog_error(error))
    except Exception as error:
        if errors.is_database_fault(error):
            logger.error("The database failed in tool %s: %s", name, error)  # noqa: TRY400 one line
            return failure(errors.unavailable())
        error_id = secrets.token_hex(4)
        logger.exception("Error %s in tool %s", error_id, name)
        return failure(errors.internal(error_id))


def failure(error: errors.Error) -> Result:
    """Wrap an error as a result."""
    return Result({"contract": prices.CONTRACT, "error": error}, is_error=True)
