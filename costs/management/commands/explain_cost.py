from __future__ import annotations

import json
from typing import Any

from django.core.management.base import CommandParser

from catalog.management.terminal import CommandWithExamples
from costs.explain import DEFAULT_LIMIT, explain
from costs.management import asking, table
from costs.query import Question
from costs.query.question import SUMS
from costs.store import configured

EXAMPLES = """examples:
  explain_cost                                         what everything that was billed is made of
  explain_cost --filter customer=acme --start 2026-10-01 --end 2026-11-01
                                                       the cost of a customer in October
  explain_cost --measure tokens --filter model=claude-sonnet-4-6 --json
                                                       the tokens of a model, as JSON

The dimensions of a row of query_costs become filters. If the figure is in several currencies, filter by
currency. A filter repeated with another value takes both; null is where a row has no value.
exit codes: 0 answered, 1 nothing is loaded, 2 wrong arguments.
--json prints what the tool explain_cost answers.
"""


class Command(CommandWithExamples):
    help = "Show the meters, quantities, unit prices and loads that a sum of query_costs is made of."
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        sums = f"the sum to explain (default: %(default)s): {', '.join(SUMS)}"
        parser.add_argument("--measure", default="billed_cost", help=sums)
        asking.add_arguments(parser, limit=DEFAULT_LIMIT)

    def handle(self, *args: Any, **options: Any) -> None:
        with asking.failing(self.stdout, as_json=options["json"]):
            found = explain(_question(**options), configured.open_store(), options["limit"])
        self.stdout.write(
            json.dumps(found, ensure_ascii=False) if options["json"] else table.explained(found)
        )


def _question(**options: Any) -> Question:
    names = ("start", "end", "as_of")
    filters = asking.filters(options["filters"])
    return Question([options["measure"]], filters=filters, **{name: options[name] for name in names})
