from __future__ import annotations

import json
from typing import Any

from django.core.management.base import CommandParser

from catalog.management.terminal import CommandWithExamples
from costs.management import asking, report_table
from costs.query.snapshot import take
from costs.reports.compare_models import compare_models
from costs.store import configured

EXAMPLES = """examples:
  compare_models --filter model=claude-sonnet-4-6      its tokens at every other model and cloud
  compare_models --filter model=gpt-5-mini --filter customer=acme --start 2026-10-01 --end 2026-11-01
                                                       those of a customer in October
  compare_models --filter model=gpt-5 --candidates "gpt-5.4 on azure" gemini-2.5-pro --json
                                                       two models alone, as JSON

exit codes: 0 answered, 1 nothing is loaded, 2 wrong arguments.
--json prints what the tool compare_models answers.
"""


class Command(CommandWithExamples):
    help = "Price the tokens that a model used at every other model and cloud."
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--candidates", nargs="+", default=[], help="models to compare with (default: all)"
        )
        asking.add_filters(parser)
        asking.add_window(parser)
        asking.add_form(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        with asking.failing(self.stdout, as_json=options["json"]):
            costs = take(configured.open_store(), options["as_of"])
            sent = {name: options[name] for name in ("start", "end", "candidates")}
            answer = compare_models(costs, filters=asking.filters(options["filters"]), **sent)
        self.stdout.write(
            json.dumps(answer, ensure_ascii=False) if options["json"] else report_table.comparison(answer)
        )
