"""What prose is held to: the numbers and names of the answers of this turn, and those of the question."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from assistant.held.numbers import Number, numbers
from costs.query.dimensions import DIMENSIONS

# What an answer says of itself: no figures.
_ASIDE = frozenset(
    {
        "contract",
        "loads",
        "query_cost",
        "as_of",
        "catalog",
        "sql",
        "example",
        "proof",
        "estimate_id",
        "contract_id",
    }
)
# Sentences of the engine. Names in them are quoted, and what is in quotes is data.
_SENTENCES = frozenset({"hint", "assumptions", "notes"})
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
# Fields that count, so that no amount of money is one of them.
_COUNTS = frozenset(
    {"tokens", "requests", "charges", "rows_left_out", "x_tokens", "x_requests", "total_count"}
)
_RATIOS = frozenset({"share", "ratio", "fraction"})
_MAX_NAME = 200
# A smaller whole number without a unit is a count of something rather than an amount that was rounded to it.
_SMALL = 100
_TEXTS = ("VARCHAR", "STRING", "JSON")


@dataclass(frozen=True, slots=True)
class Fact:
    """A number of a row: its field and its currency, "" if that is not known."""

    value: Decimal
    name: str = ""
    currency: str = ""

    def holds(self, number: Number) -> bool:
        if number.currency and (
            self.name in _COUNTS | _RATIOS or (self.currency and self.currency != number.currency)
        ):
            return False
        if number.is_count and abs(number.values[0]) < _SMALL:
            return number.values[0] == self.value
        if not number.is_percent:
            return self.name not in _RATIOS and number.is_near(self.value)
        if self.name in _COUNTS:
            return False
        factors = (100,) if self.name in _RATIOS else (1,) if "percent" in self.name else (1, 100)
        return any(number.is_near(self.value * factor) for factor in factors)


@dataclass(slots=True)
class Evidence:
    """What is known in a turn.

    Args:
        question: what was asked.
    """

    question: str
    facts: list[Fact] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    counts: set[tuple[int, str]] = field(default_factory=set)
    asked: list[Number] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.asked = [*numbers(self.question)]

    def add(self, arguments: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
        """Take in an answer of a tool, and what it was asked."""
        for key, unit in (("limit", ""), ("months", "month"), ("minutes", "minute")):
            if isinstance(arguments.get(key), int):
                self.counts.add((arguments[key], unit))
        self._add_window(arguments)
        texts = {
            column["name"]
            for column in answer.get("columns", ())
            if f"{column.get('type')}".startswith(_TEXTS)
        }
        self._add(answer, "", f"{answer.get('currency') or ''}", texts)

    def holds(self, number: Number) -> bool:
        """Whether a number is in a row."""
        return any(fact.holds(number) for fact in self.facts)

    def counts_to(self, number: Number, unit: str = "") -> bool:
        """Whether it is how many rows or names there are, how many were asked for, or how long a time."""
        if not number.is_count:
            return False
        return (int(number.values[0]), unit) in self.counts or self.was_asked(number)

    def was_asked(self, number: Number) -> bool:
        return any(
            number.values == asked.values
            and (number.currency, number.is_percent) == (asked.currency, asked.is_percent)
            for asked in self.asked
        )

    def _add_window(self, arguments: Mapping[str, Any]) -> None:
        try:
            start, end = (date.fromisoformat(f"{arguments[key]}"[:10]) for key in ("start", "end"))
        except (KeyError, ValueError):
            return
        days = (end - start).days
        months = (end.year - start.year) * 12 + end.month - start.month
        self.counts |= {(days, "day"), (days // 7, "week"), (months, "month")}

    def _add(self, value: Any, name: str, currency: str, texts: set[str]) -> None:
        if isinstance(value, Mapping):
            own = f"{value.get('currency') or currency}"
            for key, each in value.items():
                if key not in _ASIDE:
                    # Amounts by currency, such as {"USD": "3"}.
                    is_code = re.fullmatch(r"[A-Z]{3}", f"{key}")
                    self._add(each, name if is_code else f"{key}", f"{key}" if is_code else own, texts)
        elif isinstance(value, Sequence) and not isinstance(value, str):
            self._count(value)
            for each in value:
                self._add(each, name, currency, texts)
        elif name in _SENTENCES:
            self.facts += [Fact(n.values[0], "", n.currency) for n in numbers(_QUOTED.sub("", f"{value}"))]
        elif value is not None and not isinstance(value, bool):
            self._add_leaf(f"{value}", name, currency, is_text=name in texts)

    def _add_leaf(self, text: str, name: str, currency: str, *, is_text: bool) -> None:
        is_name = is_text or name in DIMENSIONS
        number = None if is_name else _decimal(text)
        if number is not None:
            self.facts.append(Fact(number, name.casefold(), currency))
        elif len(text) <= _MAX_NAME:
            self.names.add(text)

    def _count(self, rows: Sequence[Any]) -> None:
        """How many rows there are, and how many different values each of their fields has."""
        self.counts.add((len(rows), ""))
        values: dict[str, set[str]] = {}
        for row in rows:
            for key, value in row.items() if isinstance(row, Mapping) else ():
                if value is not None:
                    values.setdefault(f"{key}", set()).add(f"{value}")
        self.counts |= {(len(found), "") for key, found in values.items() if key in DIMENSIONS}

    def words_of_names(self) -> Iterator[tuple[str, ...]]:
        """Each name as its words and numbers: claude-sonnet-4-6 is claude, sonnet, 4, 6."""
        for name in self.names:
            yield tuple(words(name))


def words(text: str) -> list[str]:
    """The runs of letters and digits of a text, in small letters."""
    return re.findall(r"[^\W_]+", text.casefold())


def _decimal(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
