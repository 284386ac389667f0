"""What OpenAPI says of operations, from the schemas of tools."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from costs.query.dimensions import DIMENSIONS
from tools import json_schema

Schema = dict[str, Any]

_REFUSED = {
    "400": "An argument cannot be used.",
    "401": "There is no token, or it is not valid.",
    "403": "The scope costs:read is missing.",
    "404": "Nothing is loaded, or there is no such panel.",
    "429": "Too many calls; Retry-After says how many seconds to wait.",
}

# How many levels of objects are listed: more than where agents pay for each character.
_ANSWER_DEPTH = 2

_TEXT = {"type": "string"}
_ERROR = {
    "type": "object",
    "properties": {
        "code": _TEXT,
        "message": _TEXT,
        "hint": {"type": ["string", "null"]},
        "candidates": {"type": "array"},
    },
    "required": ["code", "message", "hint", "candidates"],
}
_REFUSAL = {
    "type": "object",
    "properties": {"contract": _TEXT, "error": _ERROR},
    "required": ["contract", "error"],
}


def reading(arguments: type[BaseModel], answer: Any) -> Schema:
    """An operation whose arguments are in the address, with a filter for each dimension if it has filters."""
    schema = json_schema.input_schema(arguments)["properties"]
    named = [_parameter(name, kind) for name, kind in schema.items()]
    filters = _filters() if "filters" in schema else ()
    return {"parameters": [*named, *filters], "responses": responses(answer)}


def sending(arguments: type[BaseModel], answer: Any) -> Schema:
    """An operation whose arguments are in the body."""
    content = {"application/json": {"schema": json_schema.input_schema(arguments)}}
    return {"requestBody": {"required": True, "content": content}, "responses": responses(answer)}


def responses(answer: Any) -> Schema:
    schema = json_schema.output_schema(answer, _ANSWER_DEPTH)
    found = {"200": {"description": "The answer.", "content": {"application/json": {"schema": schema}}}}
    refusal = {"application/json": {"schema": _REFUSAL}}
    return found | {code: {"description": why, "content": refusal} for code, why in _REFUSED.items()}


def _parameter(name: str, kind: Mapping[str, Any]) -> Schema:
    schema = {key: value for key, value in kind.items() if key != "description"}
    described = {"name": name, "in": "query", "schema": schema}
    if "description" in kind:
        described["description"] = kind["description"]
    if kind.get("type") == "object":
        return described | {"schema": {"type": "string"}, "description": "A JSON object of filters."}
    return described | ({"style": "form", "explode": True} if kind.get("type") == "array" else {})


def _filters() -> Iterator[Schema]:
    for name, dimension in DIMENSIONS.items():
        kind: Schema = {"type": "string"}
        if dimension.values:
            kind["enum"] = [*dimension.values, "null"]
        yield {
            "name": name,
            "in": "query",
            "description": f"Only charges of this {name}, or of one of several; null is none. not_{name} "
            "excludes.",
            "schema": {"type": "array", "items": kind},
            "style": "form",
            "explode": True,
        }
