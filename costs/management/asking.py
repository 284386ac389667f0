"""What the commands that ask about costs have in common: arguments, and how they fail."""

from __future__ import annotations

import json
from argparse import ArgumentTypeError
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from typing import Any

from django.core.management.base import CommandError, CommandParser, OutputWrapper

from catalog import iso8601
from catalog.management import exit_codes
from costs.errors import CostError, NotLoadedError
from costs.query.answer import CONTRACT
from costs.query.dimensions import value_of

Filters = dict[str, list[str | None]]


def add_arguments(parser: CommandParser, *, limit: int) -> None:
    """The arguments that say which charges are meant, and how many rows of the answer are printed."""
    add_filters(parser)
    add_window(parser)
    parser.add_argument("--limit", type=int, default=limit, help="rows (default: %(default)s)")
    add_form(parser)


def add_filters(parser: CommandParser) -> None:
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


def add_window(parser: CommandParser) -> None:
    parser.add_argument("--start", type=day, help="the first day, in UTC")
    parser.add_argument("--end", type=day, help="the day after the last")


def add_form(parser: CommandParser) -> None:
    """As of when the costs are meant, and the form of the answer."""
    add_as_of(parser)
    parser.add_argument("--json", action="store_true", help="print the answer as JSON")


def add_as_of(parser: CommandParser) -> None:
    parser.add_argument("--as-of", type=_moment, help="the costs as they were loaded then")


def filters(pairs: Sequence[tuple[str, str | None]]) -> Filters:
    """The values by name."""
    values: Filters = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return values


@contextmanager
def failing(stdout: OutputWrapper, *, as_json: bool) -> Iterator[None]:
    """End the command with a sentence if a question cannot be answered, and with the error as JSON."""
    try:
        yield
    except CostError as error:
        if as_json:
            stdout.write(json.dumps(_failure(error), ensure_ascii=False))
        code = exit_codes.FAILED if isinstance(error, NotLoadedError) else exit_codes.WRONG_ARGUMENTS
        raise CommandError(" ".join(filter(None, [error.message, error.hint])), returncode=code) from error


def _failure(error: CostError) -> dict[str, Any]:
    """The error as the tools answer it."""
    said = {"code": error.code, "message": error.message, "hint": error.hint or None}
    return {"contract": CONTRACT, "error": {**said, "candidates": error.candidates}}


def _filter(text: str) -> tuple[str, str | None]:
    name, is_there, value = text.partition("=")
    if not is_there:
        raise ArgumentTypeError(f"{text!r} is not NAME=VALUE, such as cloud=aws.")
    return name, value_of(value)


def day(text: str) -> date:
    parsed = _parsed(text)
    if isinstance(parsed, datetime):
        raise ArgumentTypeError("must be a date, such as 2026-10-01.")
    return parsed


def _moment(text: str) -> datetime:
    """A time in UTC; a date is its end."""
    parsed = _parsed(text)
    return parsed if isinstance(parsed, datetime) else datetime.combine(parsed, time.max, UTC)


def _parsed(text: str) -> date | datetime:
    try:
        return iso8601.parse(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{error}.") from None
