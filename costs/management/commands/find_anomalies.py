from __future__ import annotations

import json
from typing import Any

from django.core.management.base import CommandParser

from catalog.management.terminal import CommandWithExamples
from costs.management import asking, report_table
from costs.query.snapshot import take
from costs.reports.find_anomalies import find_anomalies
from costs.reports.judged_months import DEFAULT_DIMENSIONS
from costs.store import configured

EXAMPLES = """examples:
  find_anomalies                                       what was odd in the last 30 days, and why
  find_anomalies --start 2026-10-01 --end 2026-11-01   in October
  find_anomalies --dimensions customer region --filter cloud=aws --json
                                                       by customer and region on AWS, as JSON

A filter repeated with another value takes both; null is where a row has no value.
exit codes: 0 answered, 1 nothing is loaded, 2 wrong arguments.
--json prints what the tool find_anomalies answers.
"""


class Command(CommandWithExamples):
    help = "Find days that cost unusually much or little, and what explains them in money."
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        by = "by whose values to look, beside the whole (default: %(default)s)"
        parser.add_argument("--dimensions", nargs="+", default=[*DEFAULT_DIMENSIONS], help=by)
        asking.add_filters(parser)
        asking.add_window(parser)
        asking.add_form(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        with asking.failing(self.stdout, as_json=options["json"]):
            costs = take(configured.open_store(), options["as_of"])
            names = ("start", "end", "dimensions")
            sent = {name: options[name] for name in names}
            answer = find_anomalies(costs, filters=asking.filters(options["filters"]), **sent)
        self.stdout.write(
            json.dumps(answer, ensure_ascii=False) if options["json"] else report_table.anomalies(answer)
        )
