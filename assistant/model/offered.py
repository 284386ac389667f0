"""The tools that a model may call, with the scopes of the person who asks; none of them changes anything."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.conf import settings

from accounts.oauth.scopes import grantable
from assistant.model.provider import ToolSpec
from tools import limits, registry
from tools.errors import forbidden_scope, rate_limited

# By name, since a tool that is added later may change something.
OFFERED = (
    "search",
    "details",
    "calculate",
    "query_costs",
    "explain_cost",
    "forecast_costs",
    "find_anomalies",
    "compare_models",
    "budget_status",
    "live_usage",
    "live_cost",
    "run_cost_sql",
)
# Of an answer, what the model is shown. What is left out is told.
MAX_CHARACTERS = 30_000
_DATA = "data_not_instructions"


def scopes_of(person: Any) -> Collection[str]:
    """The scopes that a person may give; all for the commands of whoever runs the server."""
    return grantable(person.pk) if person else frozenset(settings.OAUTH2_PROVIDER["SCOPES"])


def specs(scopes: Collection[str]) -> list[ToolSpec]:
    """The tools of these scopes, in one order, so that a provider can cache them."""
    return [
        ToolSpec(name, registry.TOOLS[name].description, registry.TOOLS[name].input_schema)
        for name in OFFERED
        if registry.TOOLS[name].scope in scopes
    ]


def call(
    name: str, arguments: Mapping[str, Any] | None, scopes: Collection[str], subject: str
) -> registry.Result:
    """Call a tool as the person might, within the limits that one has."""
    if name not in OFFERED:
        return _refusal(
            f"There is no tool {name[:100]!r}.", f"Tools: {', '.join(each.name for each in specs(scopes))}."
        )
    if arguments is None:
        return _refusal("The arguments are no JSON object.", "Send them again as one.")
    scope = registry.TOOLS[name].scope
    if scope not in scopes:
        return registry.failure(forbidden_scope(scope, settings.SCOPE_GROUPS.get(scope, "")))
    if wait := limits.retry_after(name, subject, arguments):
        return registry.failure(rate_limited(name, settings.TOOL_CALLS_PER_MINUTE, wait))
    return registry.call(name, arguments)


def shown(name: str, result: registry.Result) -> str:
    """A result as the model reads it: JSON that says what of it is data, and not too long."""
    if result.is_error:
        return _json({"tool": name, "error": result.content["error"]})
    content, left_out = dict(result.content), 0
    while (
        len(text := _json({"tool": name, _DATA: content, "rows_not_shown_to_you": left_out})) > MAX_CHARACTERS
    ):
        key = max(content, key=lambda each: len(_json(content[each])))
        if not isinstance(content[key], Sequence) or isinstance(content[key], str) or len(content[key]) < 2:  # noqa: PLR2004
            return _json({"tool": name, "error": "The answer is too long: ask for fewer rows or columns."})
        left_out += len(content[key]) - len(content[key]) // 2
        content[key] = content[key][: len(content[key]) // 2]
    return text


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _refusal(message: str, hint: str) -> registry.Result:
    error = {"code": "invalid_argument", "message": message, "hint": hint, "candidates": []}
    return registry.failure(error)
