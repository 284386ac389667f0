"""Compares answers with what is expected of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from benchmarks.ask.figures import Row

Expected = Callable[[Mapping[str, Any]], Sequence[Row]]


class Mark(StrEnum):
    """How an answer did."""

    EXACT = "exact"
    HELD_BACK = "rightly held back"
    ASKED = "asked"
    REFUSED = "refused"
    WRONG_TOLD = "wrong, with a word"
    WRONG = "wrong without a word"


def has_figures(answer: Mapping[str, Any]) -> bool:
    is_read = answer["question"] is not None and not answer["asks"]
    # Live usage moves, so that only the reading is judged.
    return is_read and (not answer.get("error") or answer["question"]["kind"] == "live")


def mark(answer: Mapping[str, Any], accepted: Sequence[Mapping[str, Any]], expected: Expected) -> Mark:
    """The mark of an answer.

    Args:
        answer: as assistant.ask answers.
        accepted: the expectations, each of which is right.
        expected: gives the rows of an expectation with figures.
    """
    asked = [choice["question"] for each in answer["asks"] for choice in each["choices"]]
    if asked and all(each["kind"] == "price" for each in asked):
        # Of a price, the reading is judged; of which region it is, is asked for by the catalog.
        answer = {**answer, "question": {**asked[0], "name": asked[0]["name"]}, "asks": []}
    holds_back = [each for each in accepted if {"asks", "not_understood", "refused"} & each.keys()]
    if not has_figures(answer):
        if any(_held_back(answer, each) for each in holds_back):
            return Mark.HELD_BACK
        return Mark.ASKED if answer["asks"] else Mark.REFUSED
    with_figures = [each for each in accepted if each not in holds_back]
    if any(is_same(answer, each, expected) for each in with_figures):
        return Mark.WRONG_TOLD if answer["not_understood"] else Mark.EXACT
    return Mark.WRONG_TOLD if answer["not_understood"] else Mark.WRONG


def _held_back(answer: Mapping[str, Any], expect: Mapping[str, Any]) -> bool:
    if expect.get("asks"):
        return bool(answer["asks"])
    if expect.get("refused"):
        return not answer["asks"]
    told = " ".join(answer["not_understood"]).casefold()
    return all(f"{word}".casefold() in told for word in expect["not_understood"])


def is_same(answer: Mapping[str, Any], expect: Mapping[str, Any], expected: Expected) -> bool:
    """Whether an answer has the figures of an expectation; live usage and prices need only be read so."""
    kind, plan = expect.get("kind", "costs"), answer["question"]
    if kind == "live":
        return plan["kind"] == "live" and _is_same_live(plan, expect)
    if kind == "price":
        words, wanted = f"{plan.get('name', '')}".casefold(), expect["search"]
        wanted = wanted.split() if isinstance(wanted, str) else wanted
        return bool(plan["kind"] == "price" and all(f"{word}".casefold() in words for word in wanted))
    if kind in ("forecast", "anomalies", "budgets", "models") and plan["kind"] != kind:
        return False
    return _same_rows(answer["rows"], expected(expect), is_ordered="order" in expect or "limit" in expect)


def _is_same_live(plan: Mapping[str, Any], expect: Mapping[str, Any]) -> bool:
    filters = {name: [expect[name]] for name in ("cloud", "model") if name in expect}
    usage, minutes = expect.get("measure") == "usage", expect.get("minutes", 0)
    found = (plan.get("filters", {}), plan.get("usage", False), plan.get("minutes", 0), plan["live"] == "day")
    return found == (filters, usage, minutes, "day" in expect)


def _same_rows(found: Sequence[Mapping[str, Any]], wanted: Sequence[Row], *, is_ordered: bool) -> bool:
    if len(found) != len(wanted):
        return False
    try:
        rows = [_shown({name: row[name] for name in want}) for row, want in zip(found, wanted, strict=True)]
    except KeyError:
        return False
    expected = [_shown(row) for row in wanted]
    return rows == expected if is_ordered else sorted(rows, key=repr) == sorted(expected, key=repr)


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in row.items()}


def _plain(value: Any) -> Any:
    """A figure as a number, so that 1.50 is 1.5; other values as they are."""
    if isinstance(value, str | Decimal):
        try:
            return f"{Decimal(value).normalize():f}"
        except InvalidOperation:
            return value
    return value
