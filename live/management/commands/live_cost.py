from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.core.management.base import CommandParser

from catalog.management.terminal import CommandWithExamples, columns, printable
from costs.store import configured
from costs.wording import counted
from live.answer import CostAnswer, CostRow
from live.cost import live_cost
from live.management import asking
from live.question import NONE

EXAMPLES = """examples:
  live_cost                                   this hour so far, by model and kind of token
  live_cost --minutes 60 --cloud gcp          the last hour on Google Cloud
  live_cost --day 2026-11-28 --json           a day, beside what is billed of it

exit codes: 0 answered, 1 nothing is collected, 2 wrong arguments. Tokens without a price are in no total.
"""
NAMES = ("cloud", "account", "model", "direction", "cache", "tokens", "per million", "cost", "price")
NUMBERS = frozenset(NAMES[5:8])


class Command(CommandWithExamples):
    help = "Say what AI usage costs now: live tokens at the price of the bill, or else of the price list."
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        asking.add_arguments(parser, default="this hour")

    def handle(self, *args: Any, **options: Any) -> None:
        with asking.failing(self.stdout, as_json=options["json"]):
            answer = live_cost(asking.question(options), configured.open_store())
        self.stdout.write(
            json.dumps(answer, ensure_ascii=False) if options["json"] else "\n".join(_lines(answer))
        )


def _lines(answer: CostAnswer) -> Iterator[str]:
    if answer["rows"]:
        yield from columns(NAMES, [_cells(row) for row in answer["rows"]], NUMBERS)
        yield ""
    for group in answer["groups"]:
        amounts = [f"{total['cost']} {total['currency']}" for total in group["totals"]]
        unpriced = int(group["unpriced_tokens"])
        parts = [*amounts, *([f"{unpriced:,} tokens without a price"] if unpriced else [])]
        yield f"{printable(group['name'] or NONE)}: {', '.join(parts)}"
    for total in answer["totals"]:
        bound = " at most" if total["is_upper_bound"] else ""
        yield f"Estimate: {total['cost']} {total['currency']}{bound}"
    if answer["unpriced_tokens"] != "0":
        yield f"Without a price: {int(answer['unpriced_tokens']):,} tokens"
    for currency, amount in (answer["billed"] or {}).items():
        yield f"Billed of this day, in no total above: {amount} {currency}"
    for each in answer["certainty"]:
        if each["model"]:
            of, days = f"{each['model']} on {each['cloud']}", counted(each["days"], "settled day")
            yield f"{of}: within {each['within_percent']} % of the bill on the last {days}"
    yield from asking.basis_lines(answer)


def _cells(row: CostRow) -> list[str]:
    price = row["price"]
    said = f"{price['source']} {price['as_of']}" if price else row["why"] or "-"
    model = row["name"] if row["model"].startswith("(") else row["model"]
    return [
        row["cloud"],
        row["account"],
        model,
        row["direction"] or "-",
        row["cache"] or "-",
        f"{int(row['tokens']):,}",
        price["per_million"] if price else "-",
        f"{row['cost']} {row['currency']}" if row["cost"] else "-",
        said,
    ]
