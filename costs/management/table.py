"""Answers about costs as tables for a terminal."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from costs.explain import Explanation
from costs.query import Answer
from costs.query.answer import Basis
from costs.query.question import COSTS
from costs.wording import counted, printable

NOTHING = "-"
TOTAL = "total"
_PARTS = ("cloud", "service", "meter", "quantity", "unit", "unit_price")
_NUMBERS = frozenset({"quantity", "unit_price", "cost", "tokens", "requests", "charges"})


def text(answer: Answer) -> str:
    """The rows and totals of an answer in columns, and below them what it says beside."""
    return "\n".join([*demo(answer), *_answered(answer), *_notes(answer)])


def explained(found: Explanation) -> str:
    """A figure, its parts in columns, and below them what the answer says beside."""
    figure = found["figure"]
    value = NOTHING if figure["value"] is None else f"{figure['value']} {_unit(found)}".strip()
    return "\n".join([*demo(found), f"{figure['measure']}: {value}", *_parts(found), "", *basis_lines(found)])


def _unit(found: Explanation) -> str:
    return found["currency"] or "" if found["figure"]["measure"] in COSTS else ""


def demo(answer: Basis) -> Iterator[str]:
    if answer["is_demo"]:
        yield "DEMO: made-up costs"


def _answered(answer: Answer) -> Iterator[str]:
    if not answer["rows"]:
        return
    names = list(answer["rows"][0])
    measures = {name for name in answer["totals"][0] if name != "currency"}
    label = next((name for name in names if name not in measures and name != "currency"), None)
    # Rows without a dimension are totals already.
    rows = [*answer["rows"], *(answer["totals"] if label else [])]
    yield from columns(names, [[_cell(row, name, label) for name in names] for row in rows], measures)


def _parts(found: Explanation) -> Iterator[str]:
    if not found["rows"]:
        return
    measure = found["figure"]["measure"]
    names = [*_PARTS, "cost", *([] if measure in COSTS else [measure]), "charges", "load"]
    yield ""
    yield from columns(names, [[_cell(row, name, None) for name in names] for row in found["rows"]], _NUMBERS)
    if found["rows_left_out"]:
        left = f"{found['value_left_out']} {_unit(found)}".strip()
        yield f"\n{counted(found['rows_left_out'], 'more row')}: {left}."


def columns(names: Sequence[str], cells: Sequence[Sequence[str]], right: Collection[str]) -> Iterator[str]:
    """A table; the columns `right` are numbers."""
    widths = [max(map(len, column)) for column in zip(names, *cells, strict=True)]
    for line in [names, ["-" * width for width in widths], *cells]:
        padded = [
            cell.rjust(width) if name in right else cell.ljust(width)
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
    yield from basis_lines(answer)


def basis_lines(answer: Basis) -> Iterator[str]:
    if answer["is_estimate"]:
        yield "Some of these costs are estimates."
    loads = ", ".join(load["load"] for load in answer["loads"])
    yield f"As of {answer['as_of']}, from loads {loads or NOTHING}"
    if answer["hint"]:
        yield answer["hint"]
    if cost := answer.get("query_cost"):
        price = f"{cost['usd_per_tib']} USD per TiB, {cost['price_source']}"
        billed = f"{cost['billed_bytes']:,} bytes, {cost['usd']} USD"
        yield f"BigQuery bills for this question: {billed} at {price}."
