"""A question in the address of a page, on the command line and as the arguments of a tool."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import QueryDict
from django.urls import reverse

from catalog.errors import InvalidArgumentError
from console.costs.filters import pairs, read_filters
from console.costs.period import Period
from costs.query.dimensions import DIMENSIONS
from costs.query.periods import Window
from costs.query.question import DEFAULT_LIMIT, MEASURES, Question

Pairs = list[tuple[str, str]]


def read_question(sent: QueryDict, period: Period) -> Question:
    """The question of an address.

    Raises:
        InvalidArgumentError: limit is not a number.
        CostError: it cannot be asked.
    """
    dimensions = [*dict.fromkeys(name for name in sent.getlist("dimensions") if name.strip())]
    measures = [*dict.fromkeys(name for name in sent.getlist("measures") if name.strip())] or ["billed_cost"]
    return Question(
        measures,
        dimensions,
        read_filters(sent),
        period.window.start,
        period.window.end,
        _order(sent.get("order_by", "").strip(), measures, dimensions),
        _limit(sent.get("limit", "").strip()),
    )


def _order(order_by: str, measures: list[str], dimensions: list[str]) -> str:
    """The order, unless it is by a measure or dimension that somebody has just taken out of the form."""
    by = order_by.partition(" ")[0]
    is_left = by in {*MEASURES, *DIMENSIONS} - {*measures, *dimensions, "currency"}
    return "" if is_left else order_by


def _limit(text: str) -> int:
    if not text:
        return DEFAULT_LIMIT
    if not (text.isascii() and text.isdigit() and len(text) <= 4):  # noqa: PLR2004 as the largest
        raise InvalidArgumentError(f"limit cannot be {text[:60]!r}.", hint="Send a number from 1 to 1000.")
    return int(text)


def query_of(question: Question, period: Mapping[str, str] | None = None) -> Pairs:
    """The question as an address has it, with its window or what a period calls it."""
    found = [("measures", name) for name in question.measures]
    found += [("dimensions", name) for name in question.dimensions]
    found += pairs(question.filters)
    found += _window(question.window).items() if period is None else period.items()
    if question.order_by:
        found.append(("order_by", question.order_by))
    if question.limit != DEFAULT_LIMIT:
        found.append(("limit", f"{question.limit}"))
    return found


def explore(question: Question, period: Mapping[str, str] | None = None) -> str:
    """The address that asks the question."""
    return f"{reverse('costs-explore')}?{urlencode(query_of(question, period))}"


def _window(window: Window) -> dict[str, str]:
    named = {"start": window.start, "end": window.end}
    return {name: f"{day}" for name, day in named.items() if day} or {"all": "1"}


def arguments(question: Question) -> str:
    """The arguments of the tool query_costs, as JSON."""
    found: dict[str, Any] = {"measures": [*question.measures]}
    if question.dimensions:
        found["dimensions"] = [*question.dimensions]
    if question.filters:
        found["filters"] = {name: [*values] for name, values in question.filters.items()}
    found |= {"start": f"{question.start}"} if question.start else {}
    found |= {"end": f"{question.end}"} if question.end else {}
    found |= {"order_by": question.order_by} if question.order_by else {}
    found |= {"limit": question.limit} if question.limit != DEFAULT_LIMIT else {}
    return json.dumps(found, ensure_ascii=False)


def command(question: Question) -> str:
    """The line that asks the same in a shell."""
    return f"{settings.MANAGE_COMMAND} query_costs {shlex.join(_words(question))}"


def _words(question: Question) -> Iterator[str]:
    yield from ("--measures", *question.measures)
    if question.dimensions:
        yield from ("--dimensions", *question.dimensions)
    for name, value in pairs(question.filters):
        yield from ("--filter", f"{name}={value}")
    for name, day in (("--start", question.start), ("--end", question.end)):
        if day:
            yield from (name, f"{day}")
    if question.order_by:
        yield from ("--order-by", question.order_by)
    if question.limit != DEFAULT_LIMIT:
        yield from ("--limit", f"{question.limit}")
