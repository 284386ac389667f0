"""An estimate as JSON, as CSV and as text for a terminal."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any, TypeGuard, cast

from catalog.errors import CatalogError
from catalog.estimates.estimate import Estimate
from catalog.pricing.answers import CostItem, NotPriced, ResourceLine
from catalog.spreadsheet import cell

# Errors that are told in full; the rest is counted.
MAX_ERRORS = 100
CSV_COLUMNS = (
    *("label", "sku_id", "resource", "region", "usage_type", "quantity", "unit", "hours"),
    *("cost_usd", "status", "message"),
)
# Columns of --compare, one for each way to buy.
_COMPARED = "usd_a_month_"
# Columns that hold numbers of ours only, which may be negative.
NUMBERS = frozenset(("quantity", "hours", "cost_usd"))

Row = dict[str, str]


def as_json(estimate: Estimate) -> dict[str, Any]:
    """What calculate answers, and what there is to know about the file."""
    request = estimate.request
    status = ("partial" if estimate.is_partial else "complete") if estimate.is_priced else "failed"
    return {
        "status": status,
        **estimate.answer,
        "refused": {
            "items": estimate.refused,
            "errors": [_error(each) for each in estimate.errors[:MAX_ERRORS]],
        },
        "gaps": list(request.gaps),
        "unread": [asdict(each) for each in request.unread],
        "free": [asdict(each) for each in request.free],
        "notes": list(request.notes),
    }


def _error(error: CatalogError) -> dict[str, Any]:
    said = {"code": error.code, "message": error.message, "hint": error.hint or None}
    return said | {"candidates": error.candidates}


def as_csv(estimate: Estimate) -> str:
    """A row for each line, item without a price, error, and thing that the file leaves open."""
    out = io.StringIO()
    found = list(rows(estimate))
    columns = dict.fromkeys((*CSV_COLUMNS, *(name for row in found for name in row)))
    writer = csv.DictWriter(out, list(columns), restval="")
    writer.writeheader()
    for row in found:
        writer.writerow({name: _cell(name, value) for name, value in row.items()})
    return out.getvalue()


def _cell(name: str, value: str) -> str:
    return cell(value, is_number=name in NUMBERS or name.startswith(_COMPARED))


def rows(estimate: Estimate) -> Iterator[Row]:
    """The rows of a CSV file, by its columns."""
    answer, request = estimate.answer, estimate.request
    yield from map(line_row, answer["items"])
    yield from map(_unpriced_row, answer["not_priced"])
    for error in estimate.errors[:MAX_ERRORS]:
        yield {"status": "refused", "message": sentence(error)}
    for gap in request.gaps:
        yield {"status": "open", "message": gap}
    for unread in request.unread:
        yield {"resource": unread.type, "quantity": f"{unread.count}", "status": "not read"}


def is_resource(line: CostItem | ResourceLine) -> TypeGuard[ResourceLine]:
    """Whether a line is of a resource, and not of a SKU."""
    return "components" in line


def resource_lines(lines: Sequence[CostItem | ResourceLine]) -> Iterator[ResourceLine]:
    """The lines that are of resources."""
    return filter(is_resource, lines)


def line_row(line: CostItem | ResourceLine) -> Row:
    """A line of an answer as a row."""
    row: Row = {
        "label": line["label"] or "",
        "region": line["region"] or "",
        "quantity": line["quantity"],
        "cost_usd": line["cost"] or "",
    }
    for resource in resource_lines([line]):
        return row | _resource_row(resource)
    item = cast("CostItem", line)
    notes = " ".join(item["notes"])
    return row | {"sku_id": item["sku_id"], "unit": item["unit"], "status": "priced", "message": notes}


def _resource_row(line: ResourceLine) -> Row:
    ways = line.get("alternatives", [])
    return {
        "resource": line["resource"],
        "usage_type": line["usage_type"],
        "hours": line["hours"],
        "status": _status(line),
        "message": " ".join((*questions(line), *line["notes"])),
        **{f"{_COMPARED}{way['usage_type']}": way["monthly"] or "" for way in ways},
    }


def _status(line: ResourceLine) -> str:
    if line["ambiguous_in"]:
        return "to choose"
    return "partial" if line["partial"] else "priced"


def questions(line: ResourceLine) -> Iterator[str]:
    for choice in line["ambiguous_in"] or ():
        yield f"{choice['ask']} {', '.join(choice['values'])}".strip()


def sentence(error: CatalogError) -> str:
    """An error with what to do about it: its candidates by name, or its hint."""
    names = [f"{next(iter(each.values()))}" for each in error.candidates if isinstance(each, dict) and each]
    return (
        f"{error.message} Nearest: {', '.join(names)}." if names else f"{error.message} {error.hint}".strip()
    )


def _unpriced_row(row: NotPriced) -> Row:
    return {
        "label": row["label"] or "",
        "sku_id": row.get("sku_id", ""),
        "resource": row.get("resource", ""),
        "status": "not priced",
        "message": row["message"],
    }


def problems(estimate: Estimate) -> list[str]:
    """Sentences about what is missing from the total, each error and each gap as one."""
    unread: Sequence[str] = [f"{each.type} ({each.count})" for each in estimate.request.unread]
    return [
        *(
            f"{row['label']}: {row['message']}" if row["label"] else row["message"]
            for row in estimate.answer["not_priced"]
        ),
        *(sentence(error) for error in estimate.errors[:MAX_ERRORS]),
        *estimate.request.gaps,
        *([f"Types that are not read: {', '.join(unread)}."] if unread else []),
    ]
