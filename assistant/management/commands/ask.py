from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.core.management.base import CommandError, CommandParser

from assistant.ask import Answer, ask
from assistant.management import table
from catalog.errors import CatalogError
from catalog.management import exit_codes
from catalog.management.terminal import CommandWithExamples
from costs.management import asking

EXAMPLES = """examples:
  ask "How much did we spend yesterday?"
  ask "Which customer spent most on Claude last month, and how does that compare with the month before?"
  ask "What share of acme's spend was AWS in October?"
  ask "Are we over budget?"                    budgets, forecasts, unusual days and list prices too
  ask "and by cloud?" --follow 1f0c2a9be4d37708
                                               about the answer with this id, which each answer ends with
  ask "tokens by model last week" --json       {id, question, rows, answer, not_understood, asks, ...}

It says which words it did not understand, and then gives no figure; where two readings differ it asks.
exit codes: 0 answered, 1 no figure: not understood, asked back or nothing loaded, 2 wrong arguments.
"""


class Command(CommandWithExamples):
    help = "Answer a question in words about costs or prices, with figures from the engine."
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("question", help="the question, in English")
        parser.add_argument("--json", action="store_true", help="print the answer as JSON")
        parser.add_argument(
            "--follow", default="", metavar="ID", help="the answer that the question is about"
        )
        day = 'the day that "yesterday" is seen from, in UTC (default: today)'
        parser.add_argument("--today", type=asking.day, metavar="DATE", help=day)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            answer = ask(None, options["question"], today=options["today"], follow=options["follow"])
        except CatalogError as error:
            said = " ".join(filter(None, [error.message, error.hint]))
            raise CommandError(said, returncode=exit_codes.WRONG_ARGUMENTS) from error
        as_json = options["json"]
        self.stdout.write(json.dumps(answer, ensure_ascii=False) if as_json else "\n".join(_lines(answer)))
        if answer["question"] is None or answer["error"]:
            raise SystemExit(exit_codes.FAILED)


def _lines(answer: Answer) -> Iterator[str]:
    yield answer["answer"]
    if answer["rows"]:
        yield ""
        yield from table.lines(answer["rows"], answer["totals"])
    yield ""
    yield f"Follow with: --follow {answer['id']}"
