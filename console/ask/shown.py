"""An answer as the page shows it: its sentences, table and charts, what it asks back, and where it leads."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.core import signing
from django.urls import reverse
from django.utils.dateparse import parse_datetime

from assistant.reading.plan import WEEK, Kind, Plan
from assistant.reading.words import MAX_CHARACTERS
from console.ask.tables import Shown as Rows
from console.ask.tables import table_of
from console.costs import charts
from console.costs.asking import arguments, command, explore
from console.costs.figures import Cell
from console.costs.filters import pairs
from console.pages import Table

SALT = "console.ask"
# Some programs cut a longer address when they pass it on.
MAX_ADDRESS = 1800
# A longer table is folded where a chart shows it too.
MAX_UNFOLDED = 12
_FIGURE = re.compile(r"(?<![\w.-])-?\d+(?:\.\d+)?(?![\w-]|\.\d)")
_ROUNDED = frozenset({"money", "tokens", "count", "change"})
# The page of costs that shows the same, by kind.
_PAGES = {
    Kind.FORECAST: "costs",
    Kind.ANOMALIES: "costs-anomalies",
    Kind.BUDGETS: "costs-budgets",
    Kind.MODELS: "costs-models",
    Kind.LIVE: "live",
}


@dataclass(frozen=True, slots=True)
class Reply:
    """A reading to choose: how to say it, and what the form sends for it."""

    says: str
    value: str


@dataclass(frozen=True, slots=True)
class Query:
    """What a question was read as, and where the same is asked.

    Args:
        as_json: the question as JSON.
        tool: the tool that answers it.
        arguments: of the tool query_costs, "" if another answers.
        command: in a shell, "" if there is none.
        page: the address of the page that shows the charges or the report.
        share: the address that asks it anew, "" if it would be too long.
    """

    as_json: str
    tool: str
    arguments: str
    command: str
    page: str
    share: str


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer with what the template needs of it."""

    answer: Mapping[str, Any]
    asks: Sequence[tuple[str, Sequence[Reply]]]
    sentence: Sequence[tuple[str, str]]
    table: Rows | None
    values: Sequence[str]
    charts: Sequence[charts.Chart]
    query: Query | None
    as_text: str
    as_of: datetime | None

    @property
    def is_folded(self) -> bool:
        return bool(self.charts and self.table and len(self.table.rows) > MAX_UNFOLDED)

    @property
    def is_cut(self) -> bool:
        """Whether a chart over time would lack rows."""
        timed = any(each["kind"] == "day" for each in self.table.columns) if self.table else False
        return timed and bool(self.answer["rows_left_out"])

    @property
    def caption(self) -> str:
        """The currency of amounts that have no column for it."""
        currency = self.answer["basis"].get("currency")
        names = {each["name"] for each in self.table.columns} if self.table else set()
        has_money = any(each["kind"] == "money" for each in self.table.columns) if self.table else False
        return f"Amounts in {currency}." if currency and has_money and "currency" not in names else ""


def shown(answer: Mapping[str, Any], text: str = "") -> Shown:
    """An answer as the page shows it.

    Args:
        answer: as assistant.ask has it; its rows are null if they were too many to be kept.
        text: the question in words.
    """
    plan = Plan.from_json(answer["question"]) if answer["question"] else None
    rows = answer["rows"] or []
    table = table_of(plan, rows, answer["totals"]) if plan and rows else None
    values = [*rows[0]["values"]] if plan and plan.kind is Kind.COUNT and rows else []
    return Shown(
        answer,
        [*_asks(answer["asks"])],
        _rounded(answer["answer"], table),
        table,
        values,
        _charts(plan, answer) if plan and rows else [],
        _query(plan, answer["question"]) if plan else None,
        "\n".join(_lines(text, answer["answer"], table)),
        parse_datetime(answer["basis"].get("as_of") or ""),
    )


def _asks(asks: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, Sequence[Reply]]]:
    """A reading is chosen by its words, so that the conversation has them, or else by its number."""
    all_says = [" ".join(choice["says"].split()).casefold() for ask in asks for choice in ask["choices"]]
    number = 0
    for ask in asks:
        replies = []
        for choice in ask["choices"]:
            number += 1
            says = " ".join(choice["says"].split())
            is_clear = all_says.count(says.casefold()) == 1 and len(says) <= MAX_CHARACTERS
            is_clear = is_clear and says == choice["says"] and not says.isdecimal()
            replies.append(Reply(says, says if is_clear else f"{number}"))
        yield ask["ask"], replies


def _rounded(text: str, table: Rows | None) -> list[tuple[str, str]]:
    """The sentences in parts: text, and each figure of the table rounded as there, with its exact digits."""
    cells = [found for row in ((*table.rows, *table.totals) if table else ()) for found in row]
    # A change has its per cent behind it.
    known = {
        found.exact: found.text.partition(" (")[0]
        for found in cells
        if found.kind in _ROUNDED and found.exact
    }
    parts: list[tuple[str, str]] = []
    at = 0
    for match in _FIGURE.finditer(text):
        exact = match[0]
        if exact in known and known[exact] != exact:
            parts += [(text[at : match.start()], ""), (known[exact], exact)]
            at = match.end()
    return [*parts, (text[at:], "")]


def _charts(plan: Plan, answer: Mapping[str, Any]) -> list[charts.Chart]:
    """The charts of sums; none over time if the answer leaves rows out, for a day would lack a part."""
    if plan.kind is not Kind.COSTS or plan.compare or plan.average:
        return []
    question = plan.question()
    is_timed = question.time is not None and question.time.name in question.dimensions
    if is_timed and answer["rows_left_out"]:
        return []
    rows = [{**row, "day": row[WEEK]} if WEEK in row else row for row in answer["rows"]]
    drawn = {**answer, "rows": rows, "currency": answer["basis"].get("currency")}
    found = charts.of_answer(f"chart-{answer['id'] or 'shared'}", question, drawn)
    return [_weekly(chart) for chart in found] if WEEK in plan.by else found


def _weekly(chart: charts.Chart) -> charts.Chart:
    """A chart of Mondays, without the days between."""
    kept = [at for at, day in enumerate(chart["labels"]) if date.fromisoformat(day).weekday() == 0]
    series = [{**each, "values": [each["values"][at] for at in kept]} for each in chart["series"]]
    return {**chart, "labels": [chart["labels"][at] for at in kept], "series": series}


def _query(plan: Plan, question: Mapping[str, Any]) -> Query:
    is_costs = plan.kind in (Kind.COSTS, Kind.SHARE, Kind.COUNT)
    asked = plan.question() if is_costs else None
    return Query(
        json.dumps(question, ensure_ascii=False, indent=2),
        question["tool"],
        arguments(asked) if asked else "",
        command(asked) if asked else "",
        explore(asked) if asked else _page(plan),
        _share(question),
    )


def _page(plan: Plan) -> str:
    """The address of the page that shows a report."""
    if plan.kind is Kind.PRICE:
        return f"{reverse('search')}?{urlencode({'q': plan.name})}"
    query = [*pairs(plan.filters)] if plan.kind is not Kind.BUDGETS else []
    if plan.kind in (Kind.ANOMALIES, Kind.MODELS) and plan.window.start and plan.window.end:
        query += [("start", f"{plan.window.start}"), ("end", f"{plan.window.end}")]
    address = reverse(_PAGES[plan.kind])
    return f"{address}?{urlencode(query)}" if query and plan.kind is not Kind.LIVE else address


def _share(question: Mapping[str, Any]) -> str:
    """The address of a question. It is signed, so that nothing else comes to the engine by it."""
    address = reverse("ask-shared", args=[signing.dumps(question, salt=SALT, compress=True)])
    return address if len(address) <= MAX_ADDRESS else ""


def shared_question(token: str) -> Mapping[str, Any] | None:
    """The question of such an address; None if it is none of this server."""
    try:
        found: Mapping[str, Any] = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    return found


def _lines(text: str, answer: str, table: Rows | None) -> Iterator[str]:
    """The answer as text to copy, with exact figures, and its table for a spreadsheet."""
    yield from (each for each in (text, answer) if each)
    if table:
        yield ""
        yield "\t".join(each["title"] for each in table.columns)
        yield from ("\t".join(_copied(each) for each in row) for row in (*table.rows, *table.totals))


def _copied(shown_cell: Cell) -> str:
    value = shown_cell.exact if shown_cell.is_number and shown_cell.exact else shown_cell.text
    return value.replace("\t", " ").replace("\n", " ")


def csv_of(answer: Mapping[str, Any]) -> Table:
    """The rows of an answer, all that they have; lists and objects as JSON."""
    rows = answer["rows"] or []
    names = [*dict.fromkeys(name for row in rows for name in row)] or ["answer"]
    if not rows:
        return Table(names, [[answer["answer"]]])
    texts = [[_csv_text(row.get(name)) for name in names] for row in rows]
    numbers = frozenset(name for at, name in enumerate(names) if all(_is_figure(row[at]) for row in texts))
    return Table(names, texts, numbers)


def _csv_text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _is_figure(text: str | None) -> bool:
    return text is None or bool(_FIGURE.fullmatch(text))
