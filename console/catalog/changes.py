"""What each sync changed: the list of syncs, and the changes of one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.http import HttpRequest

from catalog.changes import read
from catalog.models import PricingUpdate, SkuChange
from catalog.pricing.answers import utc_text
from catalog.pricing.decimals import plain
from catalog.pricing.list_prices import ListPrice
from console.arguments import link, page_number
from console.pages import Page, Table

# The kinds in the order of a run's changes, with what a section of them is called.
MOVES = "Prices that moved"
SECTIONS = {
    **dict.fromkeys(SkuChange.MOVES, MOVES),
    SkuChange.Kind.WITHDRAWN: "Withdrawn SKUs",
    SkuChange.Kind.RETURNED: "SKUs that are listed again",
    SkuChange.Kind.NEW: "New SKUs",
}
RUN_COLUMNS = (
    "update_id",
    "completed_at",
    "source",
    *SkuChange.Kind.values,
    "loaded",
    "services_loaded",
    "largest_sku_id",
    "largest_change_percent",
)
CHANGE_COLUMNS = (
    "kind",
    "sku_id",
    "display_name",
    "service",
    "price_before_usd",
    "usage_unit_before",
    "price_usd",
    "usage_unit",
    "change_percent",
)
NUMBERS = frozenset({"price_before_usd", "price_usd", "change_percent", "largest_change_percent"})


def changes(request: HttpRequest) -> Page:
    """Show the syncs that changed something, the latest first."""
    page = page_number(request.GET)
    found, has_more = read.runs(page)
    answer = {"page": page, "runs": [_run(each) for each in found]}
    only_loads = page == 1 and not has_more and all(_is_load(each.update) for each in found)
    context = {
        "is_new": only_loads,
        "newer": link(request.GET, page=f"{page - 1}") if page > 1 else "",
        "older": link(request.GET, page=f"{page + 1}") if has_more else "",
    }
    return Page("console/changes.html", answer, Table(RUN_COLUMNS, _run_rows(answer), NUMBERS), context)


def run_changes(request: HttpRequest, run: int) -> Page:
    """Show the changes of one sync.

    Raises:
        NotFoundError: no changes are known of this sync.
    """
    page = page_number(request.GET)
    update = read.run(run)
    pages = max(1, -(-_listed(update) // read.CHANGES))
    rows = [_change(each) for each in read.changes(update, page)] if page <= pages else []
    answer = {**_counts(update), "page": page, "pages": pages, "changes": rows}
    sections = groupby(rows, key=lambda row: SECTIONS[row["kind"]])
    context = {
        "sections": [(title, list(each)) for title, each in sections],
        "moves": MOVES,
        "starts": list(_starts(update)),
        "newer": link(request.GET, page=f"{page - 1}") if page > 1 else "",
        "older": link(request.GET, page=f"{page + 1}") if page < pages else "",
    }
    return Page("console/run.html", answer, Table(CHANGE_COLUMNS, _change_rows(rows), NUMBERS), context)


def counted(counts: Mapping[str, int]) -> str:
    """What changed, in a sentence: "3 dearer, 1 new SKU"."""
    words = [f"{counts[kind]:,} {kind}" for kind in SkuChange.Kind.values if counts.get(kind)]
    if skus := counts.get("loaded"):
        words.append(f"first load: {_number(skus, 'SKU')} of {_number(counts['services_loaded'], 'service')}")
    text = ", ".join(words)
    return text[:1].upper() + text[1:]


def _number(count: int, thing: str) -> str:
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def _counts(update: PricingUpdate) -> dict[str, Any]:
    counts: dict[str, int] = update.changes or {}
    names = (*SkuChange.Kind.values, "loaded", "services_loaded")
    return {
        "update_id": update.pk,
        "completed_at": utc_text(update.completed_at) if update.completed_at else None,
        "source": update.source,
        "summary": counted(counts) or "Nothing changed",
        "counts": {name: counts.get(name, 0) for name in names},
    }


def _is_load(update: PricingUpdate) -> bool:
    return not _listed(update)


def _listed(update: PricingUpdate) -> int:
    """The number of a run's changes that are listed: the first load of a service is not."""
    counts: dict[str, int] = update.changes or {}
    return sum(counts.get(kind, 0) for kind in SkuChange.Kind.values)


def _starts(update: PricingUpdate) -> Iterator[tuple[str, int, int]]:
    """The sections that a run has, each with its number of changes and the page where it starts."""
    counts: dict[str, int] = update.changes or {}
    before = 0
    for title, kinds in groupby(SECTIONS, key=lambda kind: SECTIONS[kind]):
        if number := sum(counts.get(kind, 0) for kind in kinds):
            yield title, number, before // read.CHANGES + 1
            before += number


def _run(found: read.RunChanges) -> dict[str, Any]:
    largest = [
        {
            "sku_id": row.sku_id,
            "display_name": row.sku.display_name,
            "service": row.sku.service.display_name,
            "change_percent": row.change_percent,
        }
        for row in found.largest
    ]
    return {**_counts(found.update), "largest": largest}


def _change(found: read.Change) -> dict[str, Any]:
    row, move = found.row, found.move
    return {
        "kind": row.kind,
        "sku_id": row.sku_id,
        "display_name": row.sku.display_name,
        "service": row.sku.service.display_name,
        "before": _price(found.before, move.before if move else None),
        "after": _price(found.after, move.after if move else None),
        "change_percent": row.change_percent,
    }


def _price(price: ListPrice | None, amount: Decimal | None) -> dict[str, str] | None:
    if price is None or amount is None:
        return None
    unit = price.usage_unit
    return {"amount": plain(amount), "usage_unit": unit.code, "usage_unit_description": unit.description}


def _run_rows(answer: Mapping[str, Any]) -> Iterator[Sequence[str | None]]:
    for run in answer["runs"]:
        largest = run["largest"][0] if run["largest"] else {"sku_id": None, "change_percent": None}
        counts = [str(count) for count in run["counts"].values()]
        started = (str(run["update_id"]), run["completed_at"], run["source"])
        yield *started, *counts, largest["sku_id"], largest["change_percent"]


def _change_rows(rows: Sequence[Mapping[str, Any]]) -> Iterator[Sequence[str | None]]:
    nothing = {"amount": None, "usage_unit": None}
    for row in rows:
        before, after = row["before"] or nothing, row["after"] or nothing
        named = (row["kind"], row["sku_id"], row["display_name"], row["service"])
        prices = (before["amount"], before["usage_unit"], after["amount"], after["usage_unit"])
        yield *named, *prices, row["change_percent"]
