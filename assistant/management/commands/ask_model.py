from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from typing import Any

from django.core.management.base import CommandError, CommandParser

from assistant.management import table
from assistant.model import turn
from assistant.model.events import Event, Reason
from catalog.errors import CatalogError
from catalog.management import exit_codes
from catalog.management.terminal import CommandWithExamples

EXAMPLES = """examples:
  ask_model "Why did AI cost more in November than in October?"
  ask_model "And what would it cost on a cheaper model?" --follow 1f0c2a9be4d37708
                                               about the answer with this id, which each answer ends with
  ask_model "Review last month" --json         each event as a line of JSON (docs/ask-model.md)

It needs ANTHROPIC_API_KEY, ASK_MODEL and ASK_MODEL_PRICE, and costs what its last line says; ask needs none
of them. A figure that is in no row is marked. Ctrl-C stops it.
exit codes: 0 answered, 1 not or not whole, 2 wrong arguments or no model is set up.
"""


class Command(CommandWithExamples):
    help = "Answer a question through a language model, with figures from the engine."
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("question", help="the question")
        parser.add_argument(
            "--follow", default="", metavar="ID", help="the answer that the question is about"
        )
        parser.add_argument("--json", action="store_true", help="print each event as a line of JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        try:
            events = turn.run(None, options["question"], follow=options["follow"], stop=stop)
            reason = self._show(events, as_json=options["json"])
        except CatalogError as error:
            said = " ".join(filter(None, [error.message, error.hint]))
            raise CommandError(said, returncode=exit_codes.WRONG_ARGUMENTS) from error
        if reason != Reason.ANSWERED:
            sys.exit(exit_codes.FAILED)

    def _show(self, events: Iterator[Event], *, as_json: bool) -> str:
        last: Event = {}
        for last in events:
            for text in [f"{json.dumps(last, ensure_ascii=False)}\n"] if as_json else _shown(last):
                self.stdout.write(text, ending="")
                self.stdout.flush()
        return f"{last['reason']}"


def _shown(event: Event) -> Iterator[str]:
    """An event as people read it."""
    kind = event["event"]
    if kind == "text":
        yield event["text"]
    elif kind == "tool":
        yield f"\n[{event['name']} {json.dumps(event['arguments'], ensure_ascii=False)}]\n"
    elif kind == "rows" and event["rows"]:
        yield "".join(f"{each}\n" for each in table.lines(event["rows"], event["totals"]))
    elif kind == "tool_error":
        yield f"[refused: {event['message']}]\n"
    elif kind == "retry":
        yield f"[{event['why']} Again in {event['seconds']} s.]\n"
    elif kind == "cost":
        most = "at most " if event["is_upper_bound"] else ""
        yield f"\n\nThis cost {most}{event['usd']} USD of {event['day_limit_usd']} USD a day"
        yield f" ({event['day_usd']} USD today, by {event['price_source']}).\n"
    elif kind == "done":
        yield f"{event['says']}\n" if event["says"] else ""
        yield f"Follow with: --follow {event['id']}\n"
