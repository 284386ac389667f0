"""Compact JSON Schemas of the tools' types: agents pay for every character of tools/list."""

from __future__ import annotations

import re
from collections.abc import Container
from typing import Any

from pydantic import TypeAdapter

Schema = dict[str, Any]

# In tools/list an output schema lists the fields of this many levels of objects; the answers show the rest.
ANSWER_DEPTH = 1
# Numbers, and codes of which an example shows the beginning.
_FORMLESS = re.compile(r"[\d.]+|.+…")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def input_schema(kind: Any) -> Schema:
    """The full schema of a tool's arguments, without null (JSON Schema 2020-12, MCP `inputSchema`)."""
    schema = _inlined(TypeAdapter(kind).json_schema())
    schema.pop("description", None)
    return _without_null(schema)


def output_schema(kind: Any, depth: int = ANSWER_DEPTH) -> Schema:
    """The schema of a tool's answer, down to a depth (MCP `outputSchema`)."""
    schema = _inlined(TypeAdapter(kind).json_schema(mode="serialization"))
    return _shallow(schema, depth)


def listed_input(schema: Schema) -> Schema:
    """The schema of arguments as tools/list shows it: without what an agent knows from the rest of it.

    Left out are empty defaults, lengths of texts, which a refusal names, and examples that show no form: of
    numbers, closed lists, opaque codes, and dates if another argument shows one. OpenAPI has all of it.
    """
    node = {key: value for key, value in schema.items() if key not in ("minLength", "maxLength")}
    if not node.get("default", True):
        del node["default"]
    if "examples" in node and not _shows_a_form(node):
        del node["examples"]
    if "items" in node:
        node["items"] = listed_input(node["items"])
    if "properties" in node:
        node["properties"] = {name: listed_input(field) for name, field in node["properties"].items()}
        _show_one_date(node["properties"])
    return node


def _show_one_date(fields: dict[str, Schema]) -> None:
    dated = [field for field in fields.values() if _DATE.match(str(field.get("examples", [""])[0]))]
    for field in dated[1:]:
        del field["examples"]


def listed_output(schema: Schema, common: Container[str]) -> Schema:
    """The schema of an answer as tools/list shows it: without the fields that answers have in common."""
    fields = {name: field for name, field in schema["properties"].items() if name not in common}
    return schema | {"properties": fields}


def _shows_a_form(node: Schema) -> bool:
    """Whether the examples of an argument say more than its type, closed list and description do."""
    if "enum" in node or "enum" in node.get("items", {}):
        return False
    example = node["examples"][0]
    if not isinstance(example, str):
        return isinstance(example, list | dict)
    return example not in node["description"] and not _FORMLESS.fullmatch(example)


def _inlined(schema: Schema) -> Schema:
    """The schema without references, titles and null defaults."""
    return _inline(schema, schema.pop("$defs", {}))


def _inline(node: Schema, definitions: Schema) -> Schema:
    node = dict(node)
    if "$ref" in node:
        node = definitions[node.pop("$ref").removeprefix("#/$defs/")] | node
    node.pop("title", None)
    if node.get("default", ...) is None:
        del node["default"]
    if "items" in node:
        node["items"] = _inline(node["items"], definitions)
    for key, value in node.get("properties", {}).items():
        node["properties"] = node["properties"] | {key: _inline(value, definitions)}
    options = [_inline(option, definitions) for option in node.pop("anyOf", [])]
    return _nullable(node, options) if options else node


def _nullable(node: Schema, options: list[Schema]) -> Schema:
    """The node, with `anyOf` a type and null written as a list of types."""
    kind, *others = options
    if others != [{"type": "null"}]:
        return node | {"anyOf": options}
    nullable = kind | {"type": [kind["type"], "null"]} | node
    return nullable | {"enum": [*kind["enum"], None]} if "enum" in kind else nullable


def _without_null(node: Schema) -> Schema:
    """The node with one type per argument: Gemini refuses lists of types, and null only means omitted."""
    node = dict(node)
    if isinstance(node["type"], list):
        node["type"] = node["type"][0]
    if "enum" in node:
        node["enum"] = [value for value in node["enum"] if value is not None]
    if "items" in node:
        node["items"] = _without_null(node["items"])
    if "properties" in node:
        node["properties"] = {name: _without_null(field) for name, field in node["properties"].items()}
    return node


def _shallow(node: Schema, depth: int) -> Schema:
    kind = node.get("type")
    if isinstance(kind, list):
        # Some clients know no lists of types.
        kinds: list[Schema] = [{"type": one} for one in kind if one != "null"]
        return {"anyOf": [_shallow(node | one, depth) for one in kinds] + [{"type": "null"}]}
    if "const" in node:
        return {"const": node["const"]}
    if "anyOf" in node:
        # Rows of several kinds are objects all the same.
        return {"type": node["anyOf"][0]["type"]}
    short: Schema = {"type": kind}
    if "properties" in node and depth:
        short["properties"] = {name: _shallow(field, depth - 1) for name, field in node["properties"].items()}
    # "Items are objects" says nothing.
    if "items" in node and (items := _shallow(node["items"], depth)) != {"type": "object"}:
        short["items"] = items
    return short
