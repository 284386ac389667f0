from __future__ import annotations

import json
from typing import Any

from django.core.management.base import CommandParser

from catalog.management.terminal import CommandWithExamples
from costs.management import asking, report_table
from costs.query.snapshot import take
from costs.reports.forecasts import forecast_costs
from costs.store import configured

EXAMPLES = """examples:
  forecast_costs                                       what this month will have cost
  forecast_costs --filter customer=acme                the same of a customer
  forecast_costs --until 2027-01-01                    what December 2026 will cost
  forecast_costs --start 2026-10-01 --until 2027-01-01 --json
                                                       the quarter, as JSON

A filter repeated with another value takes both; null is where a row has no value.
exit codes: 0 answered, 1 nothing is loaded, 2 wrong arguments.
--json prints what the tool forecast_costs answers.
"""


class Command(CommandWithExamples):
    help = "Forecast what a month will have cost, with a band and the error of past forecasts."
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        asking.add_filters(parser)
        start = "the first day, in UTC (default: the first of the last month of the period)"
        parser.add_argument("--start", type=asking.day, help=start)
        until = "the day after the last (default: the end of this month)"
        parser.add_argument("--until", type=asking.day, help=until)
        asking.add_form(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        with asking.failing(self.stdout, as_json=options["json"]):
            costs = take(configured.open_store(), options["as_of"])
            filters = asking.filters(options["filters"])
            answer = forecast_costs(filters, options["until"], costs, options["start"])
        self.stdout.write(
            json.dumps(answer, ensure_ascii=False) if options["json"] else report_table.forecast(answer)
        )
