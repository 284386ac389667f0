from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.core.management.base import CommandParser

from catalog.management.terminal import CommandWithExamples, columns, printable
from live.answer import UsageAnswer, UsageRow
from live.management import asking
from live.question import NONE
from live.usage import live_usage

EXAMPLES = """examples:
  live_usage                                  the last hour, by model
  live_usage --minutes 5 --cloud aws          the last five minutes on AWS
  live_usage --by customer                    of the calls that were sent, by customer
  live_usage --day 2026-11-28 --json          a day, as the tool live_usage answers

exit codes: 0 answered, 1 nothing is collected, 2 wrong arguments.
"""
NAMES = (
    "cloud",
    "account",
    "model",
    "input",
    "cached",
    "cache writes",
    "output",
    "requests",
    "throttles",
    "ms",
)
NUMBERS = frozenset(NAMES[3:])


class Command(CommandWithExamples):
    help = "Say which models are used now: tokens and requests as the clouds measure them."
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        asking.add_arguments(parser, default="60")

    def handle(self, *args: Any, **options: Any) -> None:
        with asking.failing(self.stdout, as_json=options["json"]):
            answer = live_usage(asking.question(options))
        self.stdout.write(
            json.dumps(answer, ensure_ascii=False) if options["json"] else "\n".join(_lines(answer))
        )


def _lines(answer: UsageAnswer) -> Iterator[str]:
    if answer["rows"]:
        yield from columns(NAMES, [_cells(row) for row in answer["rows"]], NUMBERS)
        yield ""
    for group in answer["groups"]:
        tokens, requests = int(group["tokens"]), int(group["requests"])
        yield f"{printable(group['name'] or NONE)}: {tokens:,} tokens, {requests:,} requests"
    yield f"{int(answer['tokens']):,} tokens."
    yield from asking.basis_lines(answer)


def _cells(row: UsageRow) -> list[str]:
    counts = (
        row["input_tokens"],
        row["cached_input_tokens"],
        row["cache_write_tokens"],
        row["output_tokens"],
        row["requests"],
        row["throttles"],
        row["latency_ms"],
    )
    model = row["name"] if row["model"].startswith("(") else row["model"]
    return [
        row["cloud"],
        row["account"],
        model,
        *("-" if each is None else f"{int(each):,}" for each in counts),
    ]
