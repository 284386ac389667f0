"""An answer about costs as a table for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from costs.query import Answer
from costs.wording import counted, printable

NOTHING = "-"
TOTAL = "total"


def text(answer: Answer) -> str:
    """The rows and totals of an answer in columns, and below them what it says beside."""
    return "\n".join([*_demo(answer), *_table(answer), *_notes(answer)])


def _demo(answer: Answer) -> Iterator[str]:
    if answer["is_demo"]:
        yield "DEMO: made-up costs"


def _table(answer: Answer) -> Iterator[str]:
    if not answer["rows"]:
        return
    names = list(answer["rows"][0])
    measures = {name for name in answer["totals"][0] if name != "currency"}
    label = next((name for name in names if name not in measures and name != "currency"), None)
    # Rows without a dimension are totals already.
    rows = [*answer["rows"], *(answer["totals"] if label else [])]
    cells = [[_cell(row, name, label) for name in names] for row in rows]
    widths = [max(map(len, column)) for column in zip(names, *cells, strict=True)]
    for line in [names, ["-" * width for width in widths], *cells]:
        padded = [
            cell.rjust(width) if name in measures else cell.ljust(width)
            for cell, width, name in zip(line, widths, names, strict=True)
        ]
        yield "  ".join(padded).rstrip()


def _cell(row: Mapping[str, Any], name: str, label: str | None) -> str:
    if name not in row:
        return TOTAL if name == label else ""
    value = row[name]
    if isinstance(value, dict):
        percent = f" ({value['percent']} %)" if value["percent"] is not None else ""
        return f"{value['absolute']}{percent}"
    return NOTHING if value is None else printable(f"{value}")


def _notes(answer: Answer) -> Iterator[str]:
    yield ""
    if answer["rows_left_out"]:
        more = answer["rows_left_out"]
        yield f"{counted(more, 'more row')}, which the total counts too."
    for name in ("unmapped", "unattributed"):
        amounts: Sequence[str] = [f"{amount} {currency}" for currency, amount in answer[name].items()]
        if amounts:
            yield f"{name.capitalize()}: {', '.join(amounts)}"
    if answer["currency"]:
        yield f"Currency: {answer['currency']}"
    if answer["is_estimate"]:
        yield "Some of these costs are estimates."
    loads = ", ".join(load["load"] for load in answer["loads"])
    yield f"As of {answer['as_of']}, from loads {loads or NOTHING}"
    if answer["hint"]:
        yield answer["hint"]
