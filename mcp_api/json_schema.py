"""JSON Schema of our types, made small: an agent pays for each character of tools/list."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

Schema = dict[str, Any]


def of(kind: Any) -> Schema:
    """The schema of a pydantic model or TypedDict, without titles and references."""
    schema = TypeAdapter(kind).json_schema(mode="serialization")
    definitions = schema.pop("$defs", {})
    compact = _compact(schema, definitions)
    assert isinstance(compact, dict)  # noqa: S101 a schema stays one
    return compact


def _compact(node: Any, definitions: Schema) -> Any:
    if isinstance(node, list):
        return [_compact(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        target = definitions[node["$ref"].removeprefix("#/$defs/")]
        node = {**target, **{key: value for key, value in node.items() if key != "$ref"}}
    # A property may itself be called "title" or "default"; then its value is a schema, not a text or null.
    kept = {
        key: _compact(value, definitions)
        for key, value in node.items()
        if not (key == "title" and isinstance(value, str)) and not (key == "default" and value is None)
    }
    return _nullable(kept)


def _nullable(node: Schema) -> Schema:
    """`anyOf` of one plain type and null, as a type list."""
    options = node.get("anyOf", [])
    if options[1:] != [{"type": "null"}] or not isinstance(options[0].get("type"), str):
        return node
    kind = {**options[0], "type": [options[0]["type"], "null"]}
    if "enum" in kind:
        kind["enum"] = [*kind["enum"], None]
    return kind | {key: value for key, value in node.items() if key != "anyOf"}
