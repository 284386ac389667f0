"""What the commands that ask about live usage have in common."""

from __future__ import annotations

import json
from argparse import ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import CommandError, CommandParser, OutputWrapper

from catalog import iso8601
from catalog.management import exit_codes
from costs.errors import CostError
from costs.management.asking import day
from live.answer import CONTRACT, LiveBasis
from live.errors import NoLiveDataError
from live.question import BASES, CLOUDS, GROUPS, MAX_MINUTES, LiveQuestion


def add_arguments(parser: CommandParser, *, default: str) -> None:
    parser.add_argument("--cloud", default="", metavar="CLOUD", help=f"only {', '.join(CLOUDS)}")
    parser.add_argument("--model", default="", help="only this model, by its id or the cloud's name of it")
    time = parser.add_mutually_exclusive_group()
    time.add_argument(
        "--minutes", type=int, help=f"the last so many, up to {MAX_MINUTES} (default: {default})"
    )
    time.add_argument("--hour", type=_moment, help="the hour of this time, in UTC")
    time.add_argument("--day", type=day, help="this day, in UTC")
    parser.add_argument("--customer", default="", help="only calls for this customer, or (none)")
    parser.add_argument("--feature", default="", help="only calls for this feature")
    parser.add_argument("--by", default="", choices=GROUPS, help="group calls by customer or feature")
    parser.add_argument(
        "--basis", default="", choices=BASES, help="what clouds measure, or the calls that were sent to us"
    )
    parser.add_argument("--json", action="store_true", help="print the answer as JSON")


@contextmanager
def failing(stdout: OutputWrapper, *, as_json: bool) -> Iterator[None]:
    """End the command with a sentence if a question cannot be answered, and with the error as JSON."""
    try:
        yield
    except CostError as error:
        if as_json:
            said = {"code": error.code, "message": error.message, "hint": error.hint or None}
            content = {"contract": CONTRACT, "error": {**said, "candidates": error.candidates}}
            stdout.write(json.dumps(content, ensure_ascii=False))
        code = exit_codes.FAILED if isinstance(error, NoLiveDataError) else exit_codes.WRONG_ARGUMENTS
        raise CommandError(" ".join(filter(None, [error.message, error.hint])), returncode=code) from error


def question(options: dict[str, Any]) -> LiveQuestion:
    names = ("cloud", "model", "minutes", "hour", "day", "customer", "feature", "by", "basis")
    return LiveQuestion(**{name: options[name] for name in names})


def basis_lines(answer: LiveBasis) -> Iterator[str]:
    """Of which time the figures are, how late they are, and what is missing."""
    lags = ", ".join(
        f"{cloud} {'never read' if lag is None else f'{lag} s'}"
        for cloud, lag in answer["lag_seconds"].items()
    )
    of = f" Basis: {answer['basis']}."
    yield f"{answer['start']} to {answer['end']}, as of {answer['as_of']}. Lag: {lags or '-'}.{of}"
    yield "Complete." if answer["complete"] else "Not complete."
    for gap in answer["missing"]:
        yield f"Missing of {gap['source']}: {gap['start']} to {gap['end']}. {gap['why']}"
    for each in answer["collecting"]:
        if each["cost"]:
            yield f"Asking {each['source']} today: {each['calls']:,} requests, {each['cost']} USD at most."
    if answer["hint"]:
        yield answer["hint"]


def _moment(text: str) -> datetime:
    try:
        moment = iso8601.parse(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{error}.") from None
    if not isinstance(moment, datetime):
        raise ArgumentTypeError("must be a time, such as 2026-11-28T14:00Z.")
    return moment.astimezone(UTC)
