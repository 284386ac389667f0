from __future__ import annotations

import json
import sys
from argparse import ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from tqdm import tqdm

from catalog import iso8601
from catalog.errors import CatalogEmptyError, CatalogError
from catalog.estimates.estimate import BATCH, Estimate, Options, Progress, estimate
from catalog.estimates.files import MAX_BYTES, read_file
from catalog.estimates.report import as_csv, as_json
from catalog.management import estimate_text, exit_codes
from catalog.management.terminal import CommandWithExamples
from catalog.pricing.list_prices import snapshot

EXAMPLES = """examples:
  estimate machines.csv                          a table, with the total and what is missing from it
  estimate machines.csv --out priced.csv         each line with its cost
  estimate usage.json --months 12 --json         what the tool calculate answers
  estimate plan.json --compare                   a Terraform plan, also as spot and with commitments
  terraform show -json plan | estimate -         the same from a pipe

A CSV file has the arguments of an item of the tool calculate as its columns:
  label,resource,region,quantity,hours,usage_type
  web,n2-standard-8,europe-west3,3,,1y

exit codes: 0 all is priced, 1 nothing is, 2 wrong arguments or file, 3 something is missing from the
total. --json prints one object; after a failure {"status": "failed", "error": "..."}.
"""
OUTPUTS = (".csv", ".json")


class Command(CommandWithExamples):
    help = "Price a file of usage and resources: CSV, JSON, or a Terraform plan as JSON."
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="FILE.csv, FILE.json, the output of terraform show -json, or -")
        parser.add_argument("--out", type=_output, help="write all lines to this .csv or .json file")
        parser.add_argument("--as-of", type=_moment, help="prices at this date or time (default: now)")
        parser.add_argument("--months", type=int, default=1, help="number of such months (default: 1)")
        parser.add_argument("--compare", action="store_true", help="also price all ways to buy resources")
        by = ("label", "region", "resource")
        parser.add_argument("--group-by", choices=by, help="also add up what has this in common")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = self._estimate(**options)
            if out := options["out"]:
                _write(found, out)
        except CommandError as error:
            if options["json"]:
                self.stdout.write(json.dumps({"status": "failed", "error": f"{error}"}, ensure_ascii=False))
            raise
        self.stdout.write(_json(found) if options["json"] else estimate_text.text(found))
        if not found.is_priced:
            raise CommandError("Nothing is priced.", returncode=exit_codes.FAILED)
        if found.is_partial:
            raise CommandError("The total lacks something.", returncode=exit_codes.PARTLY_DONE)

    def _estimate(self, *, file: str, as_of: datetime | None, months: int, **options: Any) -> Estimate:
        chosen = Options(months, options["compare"], options["group_by"])
        if options["out"] and options["out"].resolve() == Path(file).resolve():
            raise CommandError(f"--out would overwrite {file}.", returncode=exit_codes.WRONG_ARGUMENTS)
        try:
            request = read_file(_content(file))
            with self._bar(len(request.items)) as progress:
                return estimate(request, snapshot(as_of), chosen, progress)
        except CatalogError as error:
            is_empty = isinstance(error, CatalogEmptyError)
            code = exit_codes.FAILED if is_empty else exit_codes.WRONG_ARGUMENTS
            said = " ".join(filter(None, [error.message, error.hint]))
            raise CommandError(said, returncode=code) from error
        except KeyboardInterrupt as error:
            raise CommandError("Stopped. Nothing was written.") from error

    @contextmanager
    def _bar(self, total: int) -> Iterator[Progress]:
        """A progress bar of items on a terminal, if they are many."""
        # Only if there is a terminal: tqdm swallows an interrupt that comes while it acquires its lock.
        if total <= BATCH or not self.stderr.isatty():
            yield lambda _: None
            return
        with tqdm(total=total, unit=" items") as bar:
            yield bar.update


def _content(file: str) -> bytes:
    """The content of a file, one byte too many at most, or of the standard input."""
    try:
        if file == "-":
            return sys.stdin.buffer.read(MAX_BYTES + 1)
        with Path(file).open("rb") as opened:
            return opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise CommandError(
            f"{file} cannot be read: {error.strerror}.", returncode=exit_codes.WRONG_ARGUMENTS
        ) from error


def _json(found: Estimate) -> str:
    return json.dumps(as_json(found), ensure_ascii=False)


def _write(found: Estimate, path: Path) -> None:
    content = as_csv(found) if path.suffix.lower() == ".csv" else _json(found) + "\n"
    try:
        path.write_text(content, encoding="utf-8", newline="")
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.") from error


def _output(text: str) -> Path:
    path = Path(text)
    if path.suffix.lower() not in OUTPUTS:
        raise ArgumentTypeError(f"{text} is not a .csv or .json file.")
    return path


def _moment(text: str) -> datetime:
    """A time in UTC; a date is its end."""
    try:
        parsed = iso8601.parse(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{error}.") from None
    return parsed if isinstance(parsed, datetime) else datetime.combine(parsed, time.max, UTC)
