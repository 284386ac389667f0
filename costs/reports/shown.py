"""What a panel shows: columns, rows and what they rest on, the same for pages, the API and boards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

# pydantic cannot make a schema of typing's own TypedDict before Python 3.12.
from typing_extensions import TypedDict

from costs.panels import Panel
from costs.query.answer import Basis, Period
from costs.query.dimensions import DIMENSIONS

Kind = Literal["text", "day", "money", "tokens", "count", "share", "percent", "price", "change"]


class Column(TypedDict):
    """A column: its name in the rows, its title, and what it has. Money is in the currency of its row."""

    name: str
    title: str
    kind: Kind


class About(TypedDict):
    """A panel without its rows."""

    panel: str
    title: str
    purpose: str
    drawing: str
    unit: str
    # What to say if there are no rows.
    empty: str


class Shown(About, Basis):
    """A panel with its rows. Amounts are decimal strings; null is unknown, never 0."""

    period: Period | None
    columns: list[Column]
    rows: list[dict[str, Any]]
    rows_left_out: int
    totals: list[dict[str, Any]]
    currency: str | None
    notes: list[str]


_MEASURES: Mapping[str, tuple[str, Kind]] = {
    "billed_cost": ("Billed cost", "money"),
    "effective_cost": ("Effective cost", "money"),
    "list_cost": ("List cost", "money"),
    "tokens": ("Tokens", "tokens"),
    "requests": ("Requests", "count"),
    "cost_per_million_tokens": ("Per million tokens", "price"),
    "share": ("Share", "share"),
    "change": ("Change", "change"),
}


def columns(dimensions: Sequence[str], measures: Sequence[str], *, has_currency: bool) -> list[Column]:
    """The columns of an answer, in order, with the currency after the dimensions if rows have it."""
    names = [*dimensions, *(["currency"] if has_currency and "currency" not in dimensions else [])]
    of_dimensions = [column(name, name.replace("_", " ").capitalize(), _kind(name)) for name in names]
    return [*of_dimensions, *(column(name, *_MEASURES[name]) for name in measures)]


def column(name: str, title: str, kind: Kind) -> Column:
    return {"name": name, "title": title, "kind": kind}


def about(panel: Panel) -> About:
    """What a panel is, without its rows."""
    return {
        "panel": panel.name,
        "title": panel.title,
        "purpose": panel.purpose,
        "drawing": panel.drawing.value,
        "unit": panel.unit.value,
        "empty": panel.empty,
    }


def _kind(dimension: str) -> Kind:
    return "day" if DIMENSIONS[dimension].unit else "text"
