"""From what went wrong to what an agent reads: {code, message, hint, candidates}."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ValidationError

from catalog.errors import CatalogError

Error = dict[str, Any]

# More than a few reasons at once drown the first.
MAX_REASONS = 5


def of_catalog(error: CatalogError) -> Error:
    return {
        "code": error.code,
        "message": error.message,
        "hint": error.hint or None,
        "candidates": error.candidates,
    }


def of_arguments(error: ValidationError, arguments: type[BaseModel]) -> Error:
    """What is wrong with a tool's arguments, each by its name."""
    reasons = [_reason(detail) for detail in error.errors(include_url=False)[:MAX_REASONS]]
    return {
        "code": "invalid_argument",
        "message": "; ".join(reasons) + ".",
        "hint": f"Arguments: {', '.join(arguments.model_fields)}.",
        "candidates": [],
    }


def rate_limited(tool: str, per_minute: int, wait: int) -> Error:
    return {
        "code": "rate_limited",
        "message": f"More than {per_minute} calls of {tool} in a minute.",
        "hint": f"Wait {wait} seconds, then go on; one call takes many SKUs or items.",
        "candidates": [],
    }


def internal(error_id: str) -> Error:
    return {
        "code": "internal_error",
        "message": f"The server failed to answer; its log names this fault {error_id}.",
        "hint": "Try again; if it fails again, report the id.",
        "candidates": [],
    }


def _reason(detail: Any) -> str:
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in detail["loc"]).lstrip(".")
    if detail["type"] == "extra_forbidden":
        return f"{path} is no argument"
    if detail["type"] == "missing":
        return f"{path} is missing"
    text = str(detail["msg"]).removeprefix("Value error, ").removeprefix("Input ")
    return f"{path}: {text[:1].lower()}{text[1:]}"
