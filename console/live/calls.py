"""The calls that were sent to the intake, on the live page: another basis than the metrics above them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from console.costs.figures import Cell, cell
from console.live.totals import total
from costs.reports.shown import Column, column
from live.calls_now import CallsNow, CallsPart, CallsRow
from live.question import CALLS, NONE

PARTS = (("last_hour", "Calls of the last 60 minutes"), ("this_day", "Calls of the day so far"))
GROUPS = (("customers", "Customer", "customer"), ("features", "Feature", "feature"))


def of_calls(answer: CallsNow | None) -> dict[str, Any]:
    """What the template shows of calls; nothing if none were sent."""
    if answer is None:
        return {"calls": None, "call_parts": []}
    parts: Mapping[str, Any] = {**answer}
    return {"calls": answer, "call_parts": [_part(key, title, parts[key]) for key, title in PARTS]}


def _part(key: str, title: str, part: CallsPart) -> dict[str, Any]:
    groups: Mapping[str, Any] = {**part}
    unpriced = int(part["unpriced_tokens"])
    return {
        "key": key,
        "title": title,
        "part": part,
        "tokens": cell(column("tokens", "Tokens", "tokens"), part["tokens"]),
        "totals": [total(each, is_whole=not unpriced) for each in part["totals"]],
        "unpriced": unpriced,
        "unpriced_cell": cell(column("unpriced", "Tokens", "tokens"), part["unpriced_tokens"]),
        "groups": [
            {
                "title": f"{title}, by {one}",
                "one": one,
                "columns": _columns(name),
                "is_told": any(row["name"] for row in groups[group]),
                "rows": [_cells(_columns(name), row) for row in groups[group]],
                "left_out": groups[f"{group}_left_out"],
            }
            for group, name, one in GROUPS
        ],
    }


def _columns(name: str) -> Sequence[Column]:
    return (
        column("name", name, "text"),
        column("tokens", "Tokens", "tokens"),
        column("cost", "Cost", "money"),
        column("currency", "Currency", "text"),
        column("said", "Price", "text"),
    )


def _cells(columns: Sequence[Column], row: CallsRow) -> list[Cell]:
    price = ("at most" if row["is_upper_bound"] else "known") if row["currency"] else "not known"
    shown: Mapping[str, Any] = {
        **row,
        "name": row["name"] or NONE,
        "currency": row["currency"] or "",
        "said": price,
    }
    return [cell(each, shown[each["name"]]) for each in columns]


def rows_of(answer: CallsNow | None) -> Iterator[dict[str, Any]]:
    """The rows of the CSV: each customer and each feature, which are two cuts of the same calls."""
    parts: Mapping[str, Any] = {**answer} if answer else {}
    for key, _ in PARTS if parts else ():
        for group, _, one in GROUPS:
            for row in parts[key][group]:
                yield {
                    **row,
                    "name": None,
                    "part": key,
                    "basis": CALLS,
                    "by": one,
                    "group": row["name"] or NONE,
                }
