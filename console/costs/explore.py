"""The page that asks any question about costs: a form, whose address is the question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode

from catalog.errors import CatalogError
from console.costs import charts, drill
from console.costs.access import for_readers
from console.costs.asking import arguments, command, query_of, read_question
from console.costs.figures import Cell, cell
from console.costs.filters import FILTERED, pairs, said, said_of, values_of
from console.costs.moments import Moment, moment_of
from console.costs.panels import table_of
from console.pages import Page
from costs.explain import Explanation, explain
from costs.query import Question, answer_from
from costs.query.dimensions import DIMENSIONS, NONE
from costs.query.question import EXCLUDES, MAX_DIMENSIONS, MEASURES
from costs.reports.shown import Column, columns
from costs.store import configured

LIMITS = (20, 100, 500, 1000)
# So many values of a dimension are offered with their money.
MAX_OFFERED = 40
_PARTS: Sequence[tuple[str, str, str]] = (
    ("meter", "Meter", "text"),
    ("service", "Service", "text"),
    ("quantity", "Quantity", "tokens"),
    ("unit", "Unit", "text"),
    ("unit_price", "Unit price", "exact"),
    ("cost", "Cost", "money"),
    ("tokens", "Tokens", "tokens"),
    ("requests", "Requests", "count"),
    ("charges", "Charges", "count"),
    ("load", "Load", "text"),
    ("file", "File", "text"),
)


@dataclass(frozen=True, slots=True)
class Answered:
    """A row of the answer, with where it leads."""

    cells: Sequence[Cell]
    into: str
    explained: str


def explore(request: HttpRequest) -> Page:
    """Answer the question of the address, and offer what to ask next.

    Raises:
        CatalogError: the question cannot be read or answered.
    """
    moment = moment_of(request, _with_added(request))
    question = read_question(moment.sent, moment.period)
    answer = answer_from(question, moment.costs)
    has_currency = len(answer["totals"]) > 1
    titles = columns(question.dimensions, question.measures, has_currency=has_currency)
    rows = [_answered(question, titles, row) for row in answer["rows"]]
    context = {
        **moment.context("costs-explore"),
        **_form(question, moment),
        "columns": titles,
        "rows": rows,
        "totals": [_total(titles, total) for total in answer["totals"]] if question.dimensions else [],
        "total_links": [(total["currency"], drill.explained(question, total)) for total in answer["totals"]],
        "charts": charts.of_answer("answer", question, answer, moment.costs),
        "command": command(question),
        "arguments": arguments(question),
        "left": {"Unmapped": answer["unmapped"], "Unattributed": answer["unattributed"]},
        "explains": drill.explained_measure(question).replace("_", " "),
    }
    shown = {"columns": titles, "rows": answer["rows"], "currency": answer["currency"]}
    return Page("console/costs/explore.html", {**answer}, table_of(shown), context)


def _with_added(request: HttpRequest) -> Any:
    """The address, with the filter that the form adds; without a value, its values are offered."""
    sent = request.GET.copy()
    name, value = sent.get("add", "").strip(), sent.get("value", "").strip()
    excludes = EXCLUDES if sent.get("is") == "not" else ""
    if name in FILTERED and value:
        sent.appendlist(f"{excludes}{name}", value)
    for each in ("add", "value", "is"):
        sent.pop(each, None)
    return sent


def _answered(question: Question, titles: Sequence[Column], row: Mapping[str, Any]) -> Answered:
    cells = [cell(column, row[column["name"]]) for column in titles]
    if not question.dimensions:
        return Answered(cells, "", drill.explained(question, row))
    return Answered(cells, drill.into(question, row), drill.explained(question, row))


def _total(titles: Sequence[Column], total: Mapping[str, Any]) -> list[Cell]:
    return [
        cell(column, total[column["name"]])
        if column["name"] in total
        else Cell("text", "" if place else "Total", "", "" if place else column["title"])
        for place, column in enumerate(titles)
    ]


def _form(question: Question, moment: Moment) -> dict[str, Any]:
    """What the form shows: the question as it is, and what can be chosen."""
    dimensions = [*question.dimensions, *[""] * MAX_DIMENSIONS][:MAX_DIMENSIONS]
    orders = [*question.measures, *dict.fromkeys([*question.dimensions, "currency"])]
    order = question.order()
    return {
        "question": question,
        "measures": [(name, name.replace("_", " "), name in question.measures) for name in MEASURES],
        "dimensions": [(number, chosen) for number, chosen in enumerate(dimensions, start=1)],
        "all_dimensions": [(name, name.replace("_", " ")) for name in DIMENSIONS],
        "filterable": [(name, name.replace("_", " ")) for name in FILTERED],
        "orders": [(f"{name} {way}", _order_words(name, way)) for name in orders for way in ("desc", "asc")],
        "order": f"{order.by} {'desc' if order.descending else 'asc'}" if question.order_by else "",
        "limits": sorted({*LIMITS, question.limit}),
        "filter_pairs": [*pairs(question.filters)],
        "adding": _adding(question, moment),
    }


def _order_words(name: str, way: str) -> str:
    words = "largest first" if name in MEASURES else "Z to A"
    if way == "asc":
        words = "smallest first" if name in MEASURES else "A to Z"
    return f"{name.replace('_', ' ')}, {words}"


def _adding(question: Question, moment: Moment) -> dict[str, Any] | None:
    """The values of the dimension that a filter is to be added for, the dearest first, each a link."""
    name = moment.asked.get("add", "").strip()
    if name not in FILTERED or moment.asked.get("value", "").strip():
        return None
    measure = drill.explained_measure(question)
    filters = {each: values for each, values in question.filters.items() if each != name}
    offered = Question((measure,), (name,), filters, question.start, question.end, limit=MAX_OFFERED)
    answer = answer_from(offered, moment.costs)
    excludes = EXCLUDES if moment.asked.get("is") == "not" else ""
    links = [
        (
            said(name, row[name]),
            cell(_column(measure), row[measure]),
            _plus(question, f"{excludes}{name}", row[name]),
        )
        for row in answer["rows"]
    ]
    return {
        "dimension": name.replace("_", " "),
        "name": name,
        "excludes": excludes,
        "links": links,
        "left_out": answer["rows_left_out"],
    }


def _column(measure: str) -> Column:
    [column] = columns((), (measure,), has_currency=False)
    return column


def _plus(question: Question, name: str, value: str | None) -> str:
    added = [*query_of(question), (name, NONE if value is None else value)]
    return f"?{urlencode(added)}"


@for_readers
def offered_values(request: HttpRequest) -> HttpResponse:
    """The values of a dimension, as options that a browser suggests while somebody types."""
    name = request.GET.get("add", "")
    values: Sequence[str] = []
    if name in FILTERED:
        try:
            values = values_of(name, moment_of(request).costs)
        except CatalogError:
            values = []
    return render(request, "console/costs/values.html", {"values": values})


def explain_figure(request: HttpRequest) -> Page:
    """Show which charges a sum is made of, as the tool explain_cost answers.

    Raises:
        CatalogError: it is not one sum of one currency.
    """
    moment = moment_of(request)
    question = read_question(moment.sent, moment.period)
    found = explain(question, configured.open_store(), question.limit)
    columns = [_titled(each, found) for each in _PARTS if _has(each[0], found)]
    context = {
        **moment.context("costs-explore"),
        "columns": columns,
        "rows": [[_part(column, row) for column in columns] for row in found["rows"]],
        "figure": cell(_column(found["figure"]["measure"]), found["figure"]["value"]),
        "measure": found["figure"]["measure"].replace("_", " "),
        "left_out": cell(_column(found["figure"]["measure"]), found["value_left_out"]),
        "explained_filters": [(name, said_of(name, value)) for name, value in pairs(question.filters)],
        "explore": f"{urlencode(query_of(question))}",
    }
    names = [*found["rows"][0]] if found["rows"] else [name for name, *_ in _PARTS]
    table = table_of(
        {
            "columns": [{"name": name, "title": name, "kind": _csv_kind(name)} for name in names],
            "rows": found["rows"],
            "currency": found["currency"],
        }
    )
    return Page("console/costs/explain.html", {**found}, table, context)


def _csv_kind(name: str) -> str:
    kinds = {each: kind for each, _, kind in _PARTS}
    return "price" if kinds.get(name) == "exact" else kinds.get(name, "text")


def _titled(part: tuple[str, str, str], found: Explanation) -> dict[str, str]:
    name, title, kind = part
    currency = f", {found['currency']}" if kind in ("money", "exact") and found["currency"] else ""
    return {"name": name, "title": f"{title}{currency}", "kind": kind}


def _has(name: str, found: Explanation) -> bool:
    """Whether a column has anything, so that tokens are not a column of searches."""
    return name == "cost" or any(row.get(name) is not None for row in found["rows"])


def _part(column: Mapping[str, str], row: Mapping[str, Any]) -> Cell:
    value = row[column["name"]]
    if column["kind"] == "exact":
        return Cell("price", value or "unknown", value, column["title"])
    return cell(column, value)
