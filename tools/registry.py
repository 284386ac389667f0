"""The table of tools, and how one is called: by the MCP server and by whatever else answers questions."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from pydantic import ValidationError

from catalog.errors import CatalogError
from tools import errors, json_schema, prices, prices_schema

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Tool:
    """A tool: what it is called, what it takes and answers, and the function that does the work."""

    title: str
    arguments: type[prices_schema.Arguments]
    answer: type
    function: Callable[[Any], prices.Answer]

    @property
    def description(self) -> str:
        return self.function.__doc__ or ""

    @cached_property
    def input_schema(self) -> json_schema.Schema:
        return json_schema.of_arguments(self.arguments)

    @cached_property
    def output_schema(self) -> json_schema.Schema:
        return json_schema.of_answer(self.answer)


class Result(NamedTuple):
    """The structured content of an answer, or {contract, error} where `is_error`."""

    content: dict[str, Any]
    is_error: bool = False


TOOLS: dict[str, Tool] = {
    "search": Tool("Search SKUs", prices_schema.SearchArguments, prices_schema.SearchAnswer, prices.search),
    "details": Tool(
        "SKU details", prices_schema.DetailsArguments, prices_schema.DetailsAnswer, prices.details
    ),
    "calculate": Tool(
        "Calculate cost", prices_schema.CalculateArguments, prices_schema.CalculateAnswer, prices.calculate
    ),
}


def call(name: str, arguments: Mapping[str, Any]) -> Result:
    """Call a tool.

    Args:
        name: a key of TOOLS.
        arguments: as JSON has them, not yet validated.

    Returns:
        The answer, or an error that the caller can read and act on; nothing is raised.
    """
    tool = TOOLS[name]
    try:
        return Result(tool.function(tool.arguments.model_validate(arguments)))
    except ValidationError as error:
        return failure(errors.of_arguments(error, tool.arguments))
    except CatalogError as error:
        return failure(errors.of_catalog(error))
    except Exception:
        error_id = secrets.token_hex(4)
        logger.exception("Fault %s in tool %s", error_id, name)
        return failure(errors.internal(error_id))


def failure(error: errors.Error) -> Result:
    return Result({"contract": prices.CONTRACT, "error": error}, is_error=True)
