from __future__ import annotations

import json
from argparse import ArgumentTypeError
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog import iso8601
from catalog.management import exit_codes
from catalog.management.terminal import ExamplesFormatter
from costs.errors import CostError, NotLoadedError
from costs.management import table
from costs.query import Question, ask
from costs.query.answer import CONTRACT
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


class Command(BaseCommand):
    help = "Add up what was billed, by model, customer, day and other dimensions."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(
            prog_name, subcommand, epilog=EXAMPLES, formatter_class=ExamplesFormatter, **kwargs
        )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--measures", nargs="+", default=["billed_cost"], help=", ".join(MEASURES))
        parser.add_argument("--dimensions", nargs="+", default=[], help=", ".join(DIMENSIONS))
        only = "only rows with this value of a dimension; without it if the name begins with not_"
        parser.add_argument(
            "--filter",
            action="append",
            default=[],
            dest="filters",
            metavar="NAME=VALUE",
            type=_filter,
            help=only,
        )
        parser.add_argument("--start", type=_day, help="the first day, in UTC")
        parser.add_argument("--end", type=_day, help="the day after the last")
        order = "a measure or dimension asked for, with asc or desc"
        parser.add_argument("--order-by", default="", metavar='"NAME desc"', help=order)
        parser.add_argument("--limit", type=int, default=DEFAULT_LIMIT, help="rows (default: %(default)s)")
        parser.add_argument("--as-of", type=_moment, help="the costs as they were loaded then")
        parser.add_argument("--json", action="store_true", help="print the answer as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            answer = ask(_question(**options), configured.open_store())
        except CostError as error:
            if options["json"]:
                self.stdout.write(json.dumps(_failure(error), ensure_ascii=False))
            code = exit_codes.FAILED if isinstance(error, NotLoadedError) else exit_codes.WRONG_ARGUMENTS
            raise CommandError(
                " ".join(filter(None, [error.message, error.hint])), returncode=code
            ) from error
        self.stdout.write(json.dumps(answer, ensure_ascii=False) if options["json"] else table.text(answer))


def _question(
    *,
    filters: Sequence[tuple[str, str | None]],
    measures: Sequence[str],
    dimensions: Sequence[str],
    **others: Any,
) -> Question:
    values: dict[str, list[str | None]] = {}
    for name, value in filters:
        values.setdefault(name, []).append(value)
    names = ("start", "end", "order_by", "limit", "as_of")
    return Question(measures, dimensions, values, **{name: others[name] for name in names})


def _failure(error: CostError) -> dict[str, Any]:
    """The error as the tool query_costs answers it."""
    said = {"code": error.code, "message": error.message, "hint": error.hint or None}
    return {"contract": CONTRACT, "error": {**said, "candidates": error.candidates}}


def _filter(text: str) -> tuple[str, str | None]:
    name, is_there, value = text.partition("=")
    if not is_there:
        raise ArgumentTypeError(f"{text!r} is not NAME=VALUE, such as cloud=aws.")
    return name, None if value == "null" else value


def _day(text: str) -> date:
    day = _parsed(text)
    if isinstance(day, datetime):
        raise ArgumentTypeError("must be a date, such as 2026-10-01.")
    return day


def _moment(text: str) -> datetime:
    """A time in UTC; a date is its end."""
    parsed = _parsed(text)
    return parsed if isinstance(parsed, datetime) else datetime.combine(parsed, time.max, UTC)


def _parsed(text: str) -> date | datetime:
    try:
        return iso8601.parse(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{error}.") from None
