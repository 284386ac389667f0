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
