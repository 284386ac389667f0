from __future__ import annotations

from typing import Literal, NotRequired

from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from mcp_api import json_schema


class Inner(TypedDict):
    title: str
    note: NotRequired[str | None]


class Outer(BaseModel):
    inner: list[Inner] = Field(description="Things.")
    kind: Literal["a", "b"] | None = None


def test_references_titles_and_null_defaults_are_folded_away() -> None:
    inner = {
        "type": "object",
        "properties": {"title": {"type": "string"}, "note": {"type": ["string", "null"]}},
        "required": ["title"],
    }
    assert json_schema.of(Outer) == {
        "type": "object",
        "properties": {
            "inner": {"type": "array", "items": inner, "description": "Things."},
            "kind": {"type": ["string", "null"], "enum": ["a", "b", None]},
        },
        "required": ["inner"],
    }
