"""The page of what is used and costs now. It is whole without JavaScript; with it, it renews itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.dateparse import parse_datetime

from accounts.models import User
from catalog.pricing.decimals import exact_sum, plain
from console.costs.charts import MAX_SERIES, OTHERS, Chart
from console.costs.figures import Cell, cell
from console.costs.moments import TABS
from console.live.calls import of_calls, rows_of
from console.live.rules import of_person
from console.live.totals import total
from console.pages import Page, Table
from costs.query.dimensions import UNMAPPED
from costs.reports.shown import Column, column
from costs.store import configured
from live.calls_now import CallsNow, kept_calls
from live.errors import NoLiveDataError
from live.now import kept_now
from live.now_answer import ModelNow, NowAnswer
from live.question import METRICS
from live.words import SERVICES
from tools.errors import from_catalog_error

# The parts of an answer: their keys, titles, and what their figures are of.
PARTS = (
    ("per_hour", "Now, an hour", "an hour"),
    ("this_hour", "This hour so far", "this hour"),
    ("this_day", "This day so far", "this day, in UTC"),
)
NOT_COLLECTED = 503
_CSV = (
    *("part", "cloud", "model", "name", "tokens", "cost", "currency", "is_upper_bound", "prices", "why"),
    *("basis", "by", "group"),
)


def live(request: HttpRequest) -> Page:
    """Show what is used and costs now, this hour and this day; apart from it, what calls cost."""
    store = configured.open_store()
    calls = kept_calls(store)
    try:
        answer = kept_now(store)
    except NoLiveDataError as error:
        return _not_collected(error, calls)
    context = {
        **_context(),
        **of_calls(calls),
        "parts": [_part(key, title, of, answer) for key, title, of in PARTS],
        "late": [each["says"] for each in answer["clouds"] if each["is_late"]],
        "unknown": [each for each in answer["per_hour"]["clouds"] if not each["known"]],
        "billed": [
            (cell(column("billed", "Billed", "money"), amount), name)
            for name, amount in answer["this_day"]["billed"].items()
        ],
        "at": parse_datetime(answer["as_of"]),
        **of_person(cast("User", request.user)),
    }
    return Page("console/live/live.html", {**answer, "calls": calls}, _table(answer, calls), context)


def _not_collected(error: NoLiveDataError, calls: CallsNow | None) -> Page:
    """Without metrics: how to have them, and the calls, if some were sent."""
    said = from_catalog_error(error)
    context = {**_context(), **of_calls(calls), "error": error, "manage": settings.MANAGE_COMMAND}
    if calls:
        return Page("console/live/empty.html", {"error": said, "calls": calls}, _table(None, calls), context)
    table = Table(("error", "hint"), [(error.message, error.hint)])
    return Page("console/live/empty.html", {"error": said}, table, context, NOT_COLLECTED)


def _context() -> dict[str, Any]:
    tabs = [(reverse(each), title, each == "live") for each, title in TABS]
    return {"tabs": tabs, "carried": "", "streams": settings.LIVE_STREAMS}


def _part(key: str, title: str, of: str, answer: NowAnswer) -> dict[str, Any]:
    """A part as the template shows it."""
    part: Mapping[str, Any] = {**answer}[key]  # type: ignore[assignment]
    rows: Sequence[ModelNow] = part["rows"]
    columns = _columns(of)
    return {
        "key": key,
        "title": title,
        "of": of,
        "part": part,
        "totals": [total(each, is_whole=part["complete"]) for each in part["totals"]],
        "tokens": cell(column("tokens", "Tokens", "tokens"), part["tokens"]),
        "unpriced": int(part["unpriced_tokens"]),
        "unpriced_cell": cell(column("unpriced", "Tokens", "tokens"), part["unpriced_tokens"]),
        "charts": [*_charts(key, rows, part["totals"])],
        "columns": columns,
        "rows": [_cells(columns, row) for row in rows],
    }


def _columns(of: str) -> Sequence[Column]:
    return (
        column("service", "Service", "text"),
        column("shown", "Model", "text"),
        column("tokens", f"Tokens, {of}", "tokens"),
        column("cost", f"Cost, {of}", "money"),
        column("currency", "Currency", "text"),
        column("said", "Price", "text"),
    )


def _cells(columns: Sequence[Column], row: ModelNow) -> list[Cell]:
    bound = ", at most" if row["is_upper_bound"] else ""
    shown: Mapping[str, Any] = {
        **row,
        "service": SERVICES.get(row["cloud"], row["cloud"]),
        "shown": _name(row),
        "currency": row["currency"] or "",
        "said": row["why"] or f"{' and '.join(row['prices'])}{bound}",
    }
    return [cell(each, shown[each["name"]]) for each in columns]


def _name(row: ModelNow) -> str:
    return f"{row['name']} (no model)" if row["model"] == UNMAPPED else f"{row['model']}"


def _charts(key: str, rows: Sequence[ModelNow], totals: Sequence[Mapping[str, Any]]) -> Iterator[Chart]:
    """Bars of the models that cost most, one chart for each currency."""
    for each in totals:
        currency = each["currency"]
        found = [row for row in rows if row["currency"] == currency and Decimal(row["cost"] or 0)]
        if not found:
            continue
        bars = [
            (f"{_name(row)} · {SERVICES.get(row['cloud'], row['cloud'])}", Decimal(row["cost"] or 0))
            for row in found
        ]
        bars, rest = (
            bars[:MAX_SERIES],
            Decimal(each["cost"]) - exact_sum(cost for _, cost in bars[:MAX_SERIES]),
        )
        bars += [(OTHERS, rest)] if rest else []
        yield {
            "id": f"{key}-{currency}",
            "data_id": f"{key}-{currency}-data",
            "unit": currency,
            "currency": currency,
            "measure": "cost",
            "kind": "bars",
            "labels": [name for name, _ in bars],
            "series": [{"name": "", "values": [plain(cost) for _, cost in bars]}],
        }


def _table(answer: NowAnswer | None, calls: CallsNow | None) -> Table:
    """The rows of metrics, and those of calls: `basis` says which, as they have tokens in common."""
    parts: Mapping[str, Any] = {**answer} if answer else {}
    rows = [
        {**row, "part": key, "basis": METRICS} for key, *_ in PARTS if parts for row in parts[key]["rows"]
    ]
    rows += rows_of(calls)
    return Table(
        _CSV, [[_text(row.get(name)) for name in _CSV] for row in rows], frozenset({"tokens", "cost"})
    )


def _text(value: Any) -> str | None:
    if isinstance(value, list):
        return " ".join(value)
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value
