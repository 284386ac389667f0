"""Errors as agents read them: {code, message, hint, candidates}."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ValidationError

from catalog.errors import CatalogError

Error = dict[str, Any]

# A longer list would bury the first reason.
MAX_REASONS = 5


def from_catalog_error(error: CatalogError) -> Error:
    """The error for a request that the catalog refuses, with its hint and candidates."""
    return {
        "code": error.code,
        "message": error.message,
        "hint": error.hint or None,
        "candidates": error.candidates,
    }


def from_validation_error(error: ValidationError, arguments: type[BaseModel]) -> Error:
    """The error for invalid arguments, each named by its path.

    Args:
        error: the failed validation.
        arguments: the model that was validated; the hint lists its fields.
    """
    reasons = [_reason(detail) for detail in error.errors(include_url=False)[:MAX_REASONS]]
    return {
        "code": "invalid_argument",
        "message": "; ".join(reasons) + ".",
        "hint": f"Arguments: {', '.join(arguments.model_fields)}.",
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
        "hint": f"Wait {wait} seconds, then retry. One call can take many SKUs or items.",
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
        "message": f"Too many calls at once: {running} of yours are running and {waiting} are waiting.",
        "hint": "Wait for their answers, then retry. One call can take many SKUs or items.",
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


def _reason(detail: Any) -> str:
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in detail["loc"]).lstrip(".")
    if detail["type"] == "extra_forbidden":
        return f"unknown argument: {path}"
    if detail["type"] == "missing":
        return f"missing argument: {path}"
    text = str(detail["msg"]).removeprefix("Value error, ").removeprefix("Input ")
    return f"{path}: {text[:1].lower()}{text[1:]}"
