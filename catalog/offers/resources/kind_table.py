"""The resources beside machines as data/resources.toml describes them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any

from catalog.offers import DATA
from catalog.offers.resources.arguments import OF_ALL
from catalog.offers.resources.bill import Terms

# The setting that is read from the region.
LOCATION = "location"

# The facts of a value of a setting, or several by name.
Choosable = str | Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Setting:
    """An argument that chooses facts; without a `default` it has to be said."""

    values: Mapping[str, Choosable]
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A part as the file describes it."""

    name: str
    facts: tuple[str, ...]
    amount: str | Decimal
    unit: str
    words: tuple[str, ...] = ("",)
    included: Decimal = Decimal(0)
    times: Decimal = Decimal(1)
    most: Decimal | None = None
    unless: tuple[str, ...] = ()
    terms: Terms = Terms.ON_DEMAND
    in_each_place: bool = False
    may_be_free: bool = False
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """A resource as the file describes it."""

    name: str
    rows: tuple[Row, ...]
    settings: Mapping[str, Setting] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    multiples: Mapping[str, int] = field(default_factory=dict)
    assumed: Mapping[str, Decimal] = field(default_factory=dict)
    not_included: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def takes(self) -> tuple[str, ...]:
        """The arguments that it has beside those of every resource."""
        named = dict.fromkeys((*self.amounts, *self.settings))
        return tuple(name for name in named if name != LOCATION)

    @property
    def amounts(self) -> list[str]:
        """The arguments that say how much of something is billed."""
        return [row.amount for row in self.rows if isinstance(row.amount, str) and row.amount not in OF_ALL]


@cache
def kinds() -> Mapping[str, Kind]:
    """All of them, by each of their names, their own first."""
    found = {name: _kind(name, table) for name, table in data()["resource"].items()}
    others = {
        other: found[name] for name, table in data()["resource"].items() for other in table.get("also", ())
    }
    return {**others, **found}


def _kind(name: str, table: Mapping[str, Any]) -> Kind:
    settings = {
        each: Setting(
            {value: chosen for value, chosen in row.items() if value != "default"}, row.get("default")
        )
        for each, row in table.get("settings", {}).items()
    }
    return Kind(
        name,
        tuple(_row(row) for row in table["part"]),
        settings,
        tuple(table.get("needs", ())),
        table.get("multiples", {}),
        {each: Decimal(amount) for each, amount in table.get("assumed", {}).items()},
        tuple(table.get("not_included", ())),
        tuple(table.get("notes", ())),
    )


def _row(row: Mapping[str, Any]) -> Row:
    texts = {
        each: (row[each],) if isinstance(row[each], str) else tuple(row[each])
        for each in _TEXTS
        if each in row
    }
    amount = row["amount"]
    own = {
        "amount": amount if isinstance(amount, str) else Decimal(str(amount)),
        "included": Decimal(row.get("included", 0)),
        "times": Decimal(row.get("times", 1)),
        "most": Decimal(row["most"]) if "most" in row else None,
        "terms": Terms(row.get("terms", Terms.ON_DEMAND.value)),
    }
    return Row(**{**row, **texts, **own})


_TEXTS = ("facts", "words", "unless")


@cache
def data() -> dict[str, Any]:
    """The file."""
    return tomllib.loads((DATA / "resources.toml").read_text(encoding="utf-8"))
