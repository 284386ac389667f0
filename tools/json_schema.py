"""Compact JSON Schemas of the tools' types: agents pay for every character of tools/list."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

Schema = dict[str, Any]

# In tools/list an output schema lists the fields of this many levels of objects; the answers show the rest.
ANSWER_DEPTH = 1


def input_schema(kind: Any) -> Schema:
    """The full schema of a tool's arguments, without null (JSON Schema 2020-12, MCP `inputSchema`)."""
    schema = _inlined(TypeAdapter(kind).json_schema())
    schema.pop("description", None)
    return _without_null(schema)


def output_schema(kind: Any, depth: int = ANSWER_DEPTH) -> Schema:
    """The schema of a tool's answer, down to a depth (MCP `outputSchema`)."""
    schema = _inlined(TypeAdapter(kind).json_schema(mode="serialization"))
    return _shallow(schema, depth)


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
