from __future__ import annotations

from typing import Literal

import pytest
from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from tools import json_schema


class Item(BaseModel):
    title: str = Field(description="Its name.")
    note: str | None = None


class Arguments(BaseModel):
    """A docstring that agents do not need."""

    items: list[Item] = Field(description="Things.")
    kind: Literal["a", "b"] | None = None
    limit: int = 10


class Money(TypedDict):
    amount: str


class Row(TypedDict):
    name: str | None
    money: Money | None
    parts: list[Money]


class Answer(TypedDict):
    contract: Literal["1"]
    rows: list[Row]
    notes: list[str]


def test_an_input_schema_is_complete_without_references_titles_and_null() -> None:
    item = {
        "type": "object",
        "properties": {
            "title": {"type": "string", "description": "Its name."},
            "note": {"type": "string"},
        },
        "required": ["title"],
    }
    assert json_schema.input_schema(Arguments) == {
        "type": "object",
        "properties": {
            "items": {"type": "array", "items": item, "description": "Things."},
            "kind": {"type": "string", "enum": ["a", "b"]},
            "limit": {"type": "integer", "default": 10},
        },
        "required": ["items"],
    }


ROWS = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "name": {"anyOf": [{"type": "string"}, {"type": "null"}]},
            "money": {"anyOf": [{"type": "object"}, {"type": "null"}]},
            "parts": {"type": "array"},
        },
    },
}


@pytest.mark.parametrize(("depth", "rows"), [(1, {"type": "array"}), (2, ROWS)])
def test_an_output_schema_describes_objects_down_to_a_depth_with_one_type_a_field(
    depth: int, rows: json_schema.Schema
) -> None:
    assert json_schema.output_schema(Answer, depth) == {
        "type": "object",
        "properties": {
            "contract": {"const": "1"},
            "rows": rows,
            "notes": {"type": "array", "items": {"type": "string"}},
        },
    }


def test_a_listed_input_keeps_forms_and_leaves_out_what_says_nothing() -> None:
    text: json_schema.Schema = {"type": "string", "description": "Its id."}
    whole: json_schema.Schema = {
        "type": "integer",
        "default": 10,
        "minimum": 1,
        "maximum": 50,
        "description": "Rows.",
    }
    closed: json_schema.Schema = {"type": "string", "enum": ["a", "b"], "description": "Its kind."}
    day: json_schema.Schema = {"type": "string", "description": "First day."}
    listed: dict[str, json_schema.Schema] = {
        "id": text | {"examples": ["22EB"]},
        "rows": whole,
        "kind": closed,
        "kinds": {"type": "array", "items": closed, "description": "Kinds."},
        "names": {"type": "array", "items": text, "description": "Names.", "examples": [["x"]]},
        "amount": text,
        "cloud": text | {"description": "aws or gcp."},
        "cursor": text,
        "start": day | {"examples": ["2026-10-01"]},
        "end": day,
    }
    said: dict[str, json_schema.Schema] = {
        "id": {"default": "", "minLength": 1, "maxLength": 9},
        "rows": {"examples": [20]},
        "kind": {"examples": ["a"]},
        "kinds": {"examples": [["a"]], "default": []},
        "amount": {"examples": ["0.5"]},
        "cloud": {"examples": ["aws"]},
        "cursor": {"examples": ["MS4…"]},
        "end": {"examples": ["2026-11-01"]},
    }
    full = {name: field | said.get(name, {}) for name, field in listed.items()}

    def items_of(fields: json_schema.Schema) -> json_schema.Schema:
        items = {"type": "array", "items": {"type": "object", "properties": fields}}
        return {"type": "object", "properties": {"items": items}, "required": ["items"]}

    assert json_schema.listed_input(items_of(full)) == items_of(listed)


def test_a_listed_output_leaves_out_the_fields_that_answers_have_in_common() -> None:
    schema = json_schema.output_schema(Answer)

    listed = json_schema.listed_output(schema, {"contract", "hint"})

    assert listed == schema | {"properties": {name: schema["properties"][name] for name in ("rows", "notes")}}
