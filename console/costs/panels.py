"""A panel on a page: its table, its charts, its notes, and where it leads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from catalog.nearest import nearest
from console.costs import charts, drill
from console.costs.asking import explore
from console.costs.figures import NUMBERS, Cell, cell
from console.costs.filters import pairs
from console.costs.moments import Moment, basis
from console.pages import Page, Table
from costs.errors import InvalidQuestionError, TooLargeError
from costs.panels import PANELS, Drawing, Panel
from costs.query.dimensions import DIMENSIONS, NONE
from costs.query.question import Question
from costs.reports.shown import Column, about
from costs.reports.warm import kept_panel

# A longer table is folded below its chart.
MAX_OPEN = 12
# Longer tables are cut: the CSV has the rest.
MAX_SHOWN = 200
MONEY = ("money", "price", "change")
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Look:
    """What a template shows of a panel.

    Args:
        name: of the panel.
        shown: what costs.reports.show answers, the JSON.
        charts: of each currency.
        rows: the cells of each row.
        totals: the cells of each total.
        links: addresses: csv and json of this panel, and explore if it has a question.
        error: why there is nothing to see.
    """

    name: str
    shown: Mapping[str, Any]
    charts: Sequence[charts.Chart]
    rows: Sequence[Sequence[Cell]]
    totals: Sequence[Sequence[Cell]]
    links: Mapping[str, str]
    error: str = ""

    @property
    def is_folded(self) -> bool:
        return bool(self.charts) and len(self.rows) > MAX_OPEN

    @property
    def caption(self) -> str:
        """The currency of the amounts, if rows do not have it."""
        names = {column["name"] for column in self.shown["columns"]}
        currency = self.shown.get("currency")
        has_money = any(column["kind"] in MONEY for column in self.shown["columns"])
        return f"Amounts in {currency}." if currency and has_money and "currency" not in names else ""

    @property
    def cut(self) -> int:
        """How many rows the page leaves out."""
        return len(self.shown["rows"]) - len(self.rows)


def look(panel: Panel, moment: Moment, *, hides_hint: bool = False) -> Look:
    """Show a panel; one that has too many rows says so, and the others of the page stay."""
    try:
        shown: dict[str, Any] = {**kept_panel(panel.name, moment.period.window, moment.costs, moment.filters)}
    except (TooLargeError, InvalidQuestionError) as error:
        said = " ".join(filter(None, [error.message, error.hint]))
        about_it = {**about(panel), "columns": [], "rows": [], "notes": [], "error": said}
        return Look(panel.name, about_it, [], [], [], {}, said)
    if hides_hint:
        shown["hint"] = None
    if panel.question and not shown["rows"] and (missing := moment.missing):
        shown["empty"] = missing
    return Look(
        panel.name,
        shown,
        _charts(panel, shown, moment),
        _rows(panel, shown, moment),
        _totals(shown),
        _links(panel, moment),
    )


def _charts(panel: Panel, shown: Mapping[str, Any], moment: Moment) -> list[charts.Chart]:
    if panel.question is None or panel.report or panel.drawing is Drawing.TABLE:
        return []
    return charts.of_answer(
        panel.name, panel.asked(moment.period.window, moment.filters), shown, moment.costs
    )


def _rows(panel: Panel, shown: Mapping[str, Any], moment: Moment) -> list[list[Cell]]:
    columns: Sequence[Column] = shown["columns"]
    asked = None
    if panel.question and not panel.report:
        asked = panel.asked(moment.period.window, moment.filters)
    return [[*_cells(columns, row, asked, moment)] for row in shown["rows"][:MAX_SHOWN]]


def _cells(columns: Sequence[Column], row: Row, asked: Question | None, moment: Moment) -> Iterator[Cell]:
    """The cells of a row, the first of which leads to what it is made of."""
    for place, column in enumerate(columns):
        href = _leads_to(asked, row, moment) if asked and not place else ""
        yield cell(column, row.get(column["name"]), href)


def _leads_to(asked: Question, row: Row, moment: Moment) -> str:
    if asked.dimensions == ("customer",):
        if row["customer"] == NONE:
            return ""  # in an address, the word is no customer
        query = [*moment.period.query.items(), ("customer", row["customer"] or NONE)]
        return f"{reverse('costs-customers')}?{urlencode(query)}"
    return drill.into(asked, row)


def _totals(shown: Mapping[str, Any]) -> list[list[Cell]]:
    """A line below the rows for each currency; of a table without dimensions, the rows are the totals."""
    columns: Sequence[Column] = shown["columns"]
    if not columns or columns[0]["name"] not in DIMENSIONS or columns[0]["name"] == "currency":
        return []
    return [[*_total_cells(columns, total)] for total in shown["totals"]]


def _total_cells(columns: Sequence[Column], total: Row) -> Iterator[Cell]:
    for place, column in enumerate(columns):
        name = column["name"]
        if name in total:
            yield cell(column, total[name])
        else:
            yield Cell("text", "" if place else "Total", "", "" if place else column["title"])


def _links(panel: Panel, moment: Moment) -> dict[str, str]:
    own = urlencode([("panel", panel.name), *moment.period.query.items(), *pairs(moment.filters)])
    found = {"json": f".json?{own}", "csv": f".csv?{own}"}
    if panel.question:
        asked = panel.asked(moment.period.window, moment.filters)
        found["explore"] = explore(asked, moment.period.query)
    return found


def board(
    request: HttpRequest,
    moment: Moment,
    name: str,
    panels: Sequence[str],
    template: str,
    **context: Any,
) -> Page:
    """A page of panels. Its JSON has all of them, its CSV one: that which `panel` in the address names.

    Raises:
        InvalidQuestionError: the page has no such panel.
    """
    wanted = request.GET.get("panel", "").strip()
    if wanted and wanted not in panels:
        raise InvalidQuestionError(
            f"This page has no panel {wanted[:60]!r}.",
            hint=f"Send one of {', '.join(panels)}.",
            candidates=nearest(wanted, panels),
        )
    looks = [look(PANELS[each], moment, hides_hint=place > 0) for place, each in enumerate(panels)]
    asked = [each for each in looks if each.name == wanted] or looks
    answer = {**basis(moment), "panels": [each.shown for each in asked]}
    named = {each.name.replace("-", "_"): each for each in looks}
    stem = request.path.rstrip("/")
    context = {**moment.context(name), "looks": named, "stem": stem, **context}
    return Page(template, answer, table_of(asked[0].shown), context)


def table_of(shown: Mapping[str, Any]) -> Table:
    """The rows as CSV, always with their currency; a change has two columns."""
    columns: list[Column] = [*shown.get("columns", [])]
    has_money = any(column["kind"] in ("money", "price") for column in columns)
    if has_money and not any(column["name"] == "currency" for column in columns):
        columns.append({"name": "currency", "title": "Currency", "kind": "text"})
    names = [name for column in columns for name in _names(column)]
    numbers = frozenset(name for column in columns if column["kind"] in NUMBERS for name in _names(column))
    return Table(names, ([*_values(columns, row, shown.get("currency"))] for row in shown["rows"]), numbers)


def _names(column: Column) -> tuple[str, ...]:
    name = column["name"]
    return (name, f"{name}_percent") if column["kind"] == "change" else (name,)


def _values(columns: Sequence[Column], row: Row, currency: str | None) -> Iterator[str | None]:
    for column in columns:
        value = row.get(column["name"])
        if column["kind"] == "change":
            yield from (value["absolute"], value["percent"]) if value else (None, None)
        elif column["name"] == "currency":
            yield value or currency
        else:
            yield None if value is None else f"{value}"
