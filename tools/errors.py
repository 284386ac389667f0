"""Errors as agents read them: {code, message, hint, candidates}."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, get_args

from django.db import (
    DatabaseError,
    DataError,
    IntegrityError,
    InterfaceError,
    NotSupportedError,
    ProgrammingError,
)
from pydantic import BaseModel, ValidationError
from rapidfuzz import fuzz, process

from catalog.errors import CatalogError

Error = dict[str, Any]

# A longer list would bury the first reason.
MAX_REASONS = 20
MIN_SIMILARITY = 70  # percent
# A restart takes less.
RETRY_SECONDS = 30

# What an argument must be, by pydantic's type of the error and with its context.
_REQUIREMENTS = {
    "string_type": "be a text",
    "int_type": "be a whole number",
    "bool_type": "be true or false",
    "list_type": "be a list",
    "model_type": "be an object",
    "literal_error": "be {expected}",
    "greater_than_equal": "be at least {ge}",
    "less_than_equal": "be at most {le}",
    "too_short": "have at least {min_length} {items}",
    "too_long": "have at most {max_length} {items}, not {actual_length}",
    "string_too_short": "have at least {min_length} {characters}",
    "string_too_long": "have at most {max_length} {characters}",
}


def from_catalog_error(error: CatalogError) -> Error:
    """The error for a request that the catalog refuses, with its hint and candidates."""
    return {
        "code": error.code,
        "message": error.message,
        "hint": error.hint or None,
        "candidates": error.candidates,
    }


def forbidden_scope(scope: str, group: str) -> Error:
    """The error for a tool whose scope the person may not give."""
    return {
        "code": "forbidden_scope",
        "message": f"You may not use {scope}: it is for staff and members of the group {group}.",
        "hint": "Ask an administrator of this server to add you to the group.",
        "candidates": [],
    }


def from_validation_error(error: ValidationError, arguments: type[BaseModel]) -> Error:
    """The error for invalid arguments, each named by its path.

    Args:
        error: the failed validation.
        arguments: the model that was validated; the hint lists its fields.
    """
    details = error.errors(include_url=False)
    reasons = [_reason(detail, arguments) for detail in details[:MAX_REASONS]]
    if len(details) > MAX_REASONS:
        reasons.append(f"and {len(details) - MAX_REASONS} more errors")
    return {
        "code": "invalid_argument",
        "message": "; ".join(reasons) + ".",
        "hint": _hint([detail["loc"] for detail in details], arguments),
        "candidates": [],
    }


def rate_limited(tool: str, per_minute: int, wait: int) -> Error:
    """The error for a call over the limit.

    Args:
        tool: the name of the tool.
        per_minute: the limit, in calls per minute.
        wait: seconds until the next call is allowed.
    """
    return {
        "code": "rate_limited",
        "message": f"Rate limit reached: {per_minute} {tool} calls per minute.",
        "hint": f"Wait {wait} seconds, then retry. Up to ten SKUs or items count as one call.",
        "candidates": [],
    }


def too_many_at_once(running: int, waiting: int) -> Error:
    """The error for a call beyond those that one person may have under way.

    Args:
        running: how many of a person's calls run at the same time.
        waiting: how many more may wait for their turn.
    """
    return {
        "code": "rate_limited",
        "message": f"Too many calls at once: {running} of yours running and {waiting} waiting.",
        "hint": "Wait for their answers, then retry. One call can take many SKUs, items or values.",
        "candidates": [],
    }


def is_database_fault(error: BaseException | None) -> bool:
    """Whether the database is away, locked, full or damaged: not a fault of the data or of our code."""
    bugs = (IntegrityError, DataError, ProgrammingError, NotSupportedError)
    return isinstance(error, DatabaseError | InterfaceError) and not isinstance(error, bugs)


def unavailable() -> Error:
    """The error while the database does not answer."""
    return {
        "code": "unavailable",
        "message": "The server's database does not answer at the moment.",
        "hint": f"Nothing is wrong with the call. Retry it in {RETRY_SECONDS} seconds.",
        "candidates": [],
    }


def internal(error_id: str) -> Error:
    """The error for a failure of the server; the log has the details under `error_id`."""
    return {
        "code": "internal_error",
        "message": f"Internal server error {error_id}.",
        "hint": "Retry once; if it fails again, report the error id.",
        "candidates": [],
    }


Path = tuple[int | str, ...]


def _hint(paths: Sequence[Path], arguments: type[BaseModel]) -> str:
    """The names of the arguments, and of those of the items that have an error."""
    hint = f"Arguments: {', '.join(arguments.model_fields)}."
    lists = dict.fromkeys(path[0] for path in paths if _model_of(path[:2], arguments) is not arguments)
    for name in lists:
        model = _model_of((name, 0), arguments)
        hint += f" Arguments of each of {name}: {', '.join(model.model_fields)}."
    return hint


def _model_of(path: Path, arguments: type[BaseModel]) -> type[BaseModel]:
    """The model of the object at `path`: of an item if it leads into a list of items."""
    model = arguments
    for name, following in pairwise(path):
        kinds = get_args(model.model_fields[str(name)].annotation) if name in model.model_fields else ()
        if isinstance(following, int) and isinstance(kinds[0], type) and issubclass(kinds[0], BaseModel):
            model = kinds[0]
    return model


def _reason(detail: Any, arguments: type[BaseModel]) -> str:
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in detail["loc"]).lstrip(".")
    if detail["type"] == "extra_forbidden":
        return f"unknown argument: {path}{_did_you_mean(detail['loc'], arguments)}"
    if detail["type"] == "missing":
        return f"missing argument: {path}"
    if requirement := _REQUIREMENTS.get(detail["type"]):
        return f"{path}: must {_filled_in(requirement, detail.get('ctx', {}))}"
    text = str(detail["msg"]).removeprefix("Value error, ").removeprefix("Input ")
    return f"{path}: {text[:1].lower()}{text[1:]}".removeprefix(": ")


def _filled_in(requirement: str, context: dict[str, Any]) -> str:
    limit = context.get("min_length", context.get("max_length"))
    plural = "" if limit == 1 else "s"
    return requirement.format(**context, items=f"item{plural}", characters=f"character{plural}")


def _did_you_mean(path: Path, arguments: type[BaseModel]) -> str:
    names = list(_model_of(path, arguments).model_fields)
    near = process.extractOne(str(path[-1]), names, scorer=fuzz.ratio, score_cutoff=MIN_SIMILARITY)
    return f" (did you mean {near[0]}?)" if near else ""
