from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.core.management.base import CommandParser

from catalog.management.terminal import CommandWithExamples, columns
from costs.management import asking
from costs.query.snapshot import take
from costs.reports.budgets import BudgetAnswer, BudgetRow, budget_status
from costs.store import configured

EXAMPLES = """examples:
  budget_status                       all budgets
  budget_status team-a --json         one, as the tool budget_status answers
  budget_status --as-of 2026-10-31    as it was, by the costs and limits of then

exit codes: 0 answered, 1 nothing is loaded, 2 wrong arguments. Budgets are made in the admin.
"""
NAMES = ("budget", "period", "limit", "spent", "%", "forecast", "forecast %", "state")
NUMBERS = frozenset(NAMES[2:7])


class Command(CommandWithExamples):
    help = "Say what is spent of budgets, and what will have been when the month or quarter ends."
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", nargs="?", help="a budget (default: all)")
        asking.add_as_of(parser)
        parser.add_argument("--json", action="store_true", help="print the answer as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        with asking.failing(self.stdout, as_json=options["json"]):
            costs = take(configured.open_store(), options["as_of"])
            answer = budget_status(costs, name=options["name"])
        self.stdout.write(
            json.dumps(answer, ensure_ascii=False) if options["json"] else "\n".join(_lines(answer))
        )


def _lines(answer: BudgetAnswer) -> Iterator[str]:
    if answer["is_demo"]:
        yield "DEMO: made-up costs"
    if answer["budgets"]:
        yield from columns(NAMES, [_cells(row) for row in answer["budgets"]], NUMBERS)
        yield ""
    yield from (f"{row['name']}: {row['hint']}" for row in answer["budgets"] if row["hint"])
    yield f"As of {answer['as_of']}"
    if answer["hint"]:
        yield answer["hint"]


def _cells(row: BudgetRow) -> list[str]:
    amounts = (row["spent"], row["percent"], row["forecast"], row["forecast_percent"])
    shown = ["-" if amount is None else amount for amount in amounts]
    period = row["period"]["start"]
    return [
        row["name"],
        f"{row['unit']} from {period}",
        f"{row['limit']} {row['currency']}",
        *shown,
        _state(row),
    ]


def _state(row: BudgetRow) -> str:
    if row["is_over"]:
        return f"over since {row['over_since']}"
    if row["is_over"] is None:
        return "not known"
    return "will be over" if row["will_be_over"] else "within"
