from __future__ import annotations

import json
from typing import Any

from django.core.management.base import CommandParser

from catalog.management.terminal import CommandWithExamples
from costs.management import asking, table
from costs.query import Question, ask
from costs.query.dimensions import DIMENSIONS
from costs.query.question import DEFAULT_LIMIT, MEASURES
from costs.store import configured

EXAMPLES = """examples:
  query_costs                                          everything that was billed
  query_costs --dimensions cloud month                 by cloud and month
  query_costs --measures billed_cost tokens cost_per_million_tokens --dimensions model \\
    --start 2026-10-01 --end 2026-11-01                the models of October
  query_costs --dimensions customer --filter cloud=aws --filter not_customer=null --limit 10
                                                       the ten dearest customers on AWS
  query_costs --measures billed_cost change --dimensions service \\
    --start 2026-10-01 --end 2026-11-01 --order-by "change desc" --json
                                                       what rose since September, as JSON

A filter repeated with another value takes both; null is where a row has no value.
exit codes: 0 answered, 1 nothing is loaded, 2 wrong arguments.
--json prints what the tool query_costs answers.
"""


class Command(CommandWithExamples):
    help = "Add up what was billed, by model, customer, day and other dimensions."
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--measures", nargs="+", default=["billed_cost"], help=", ".join(MEASURES))
        parser.add_argument("--dimensions", nargs="+", default=[], help=", ".join(DIMENSIONS))
        asking.add_arguments(parser, limit=DEFAULT_LIMIT)
        order = "a measure or dimension asked for, with asc or desc"
        parser.add_argument("--order-by", default="", metavar='"NAME desc"', help=order)

    def handle(self, *args: Any, **options: Any) -> None:
        with asking.failing(self.stdout, as_json=options["json"]):
            answer = ask(_question(**options), configured.open_store())
        self.stdout.write(json.dumps(answer, ensure_ascii=False) if options["json"] else table.text(answer))


def _question(**options: Any) -> Question:
    names = ("measures", "dimensions", "start", "end", "order_by", "limit", "as_of")
    return Question(filters=asking.filters(options["filters"]), **{name: options[name] for name in names})
