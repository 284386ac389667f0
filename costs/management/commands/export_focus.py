from __future__ import annotations

import json
import re
from argparse import ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from tqdm import tqdm

from catalog.management import exit_codes
from catalog.management.terminal import CommandWithExamples
from catalog.sync import signals
from costs.errors import CostError, ExportError, LoadError, NotLoadedError
from costs.export.export import Wanted, export
from costs.export.report import Report
from costs.focus.columns import LATEST, VERSIONS
from costs.management import asking
from costs.query.periods import Window
from costs.store.configured import open_loads
from costs.store.copying import Progress

EXAMPLES = """examples:
  export_focus costs.parquet                          all that is loaded, in FOCUS 1.4
  export_focus october.csv.gz --period 2026-10        a billing month, as compressed CSV
  export_focus aws.csv --focus 1.2 --source aws-focus what a reader of FOCUS 1.2 takes, of one source
  export_focus costs.parquet --own-columns --force    with models, tokens and customers, over the old file
  export_focus then.parquet --as-of 2026-11-01        as it was loaded then

The file is CSV or Parquet by its name: .csv, .csv.gz or .parquet. It gets its name when it is whole and
proven: read again, it has the rows and sums of what is loaded.
exit codes: 0 written, 1 nothing is loaded or it cannot be written, 2 wrong arguments.
--json prints one object; after a failure {"status": "failed", "error": "..."}.
"""


class Command(CommandWithExamples):
    help = "Write what is loaded as one FOCUS file, CSV or Parquet."
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the file, such as costs.parquet")
        parser.add_argument(
            "--focus", choices=VERSIONS, default=LATEST, help="version of FOCUS (default: %(default)s)"
        )
        months, sources = "only these billing months, as 2026-10", "only these sources"
        parser.add_argument("--period", nargs="+", default=[], type=_month, metavar="MONTH", help=months)
        parser.add_argument("--source", nargs="+", default=[], metavar="NAME", help=sources)
        asking.add_window(parser)
        asking.add_as_of(parser)
        own = "add our columns, whose names begin with x_: models, tokens, customers, estimates"
        parser.add_argument("--own-columns", action="store_true", help=own)
        parser.add_argument("--force", action="store_true", help="replace the file if it is there")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        signals.install()
        try:
            report = self._export(**options)
        except CommandError as error:
            if options["json"]:
                self.stdout.write(json.dumps({"status": "failed", "error": f"{error}"}, ensure_ascii=False))
            raise
        self.stdout.write(
            json.dumps(report.as_json(), ensure_ascii=False) if options["json"] else report.text()
        )

    def _export(self, *, file: Path, force: bool, **options: Any) -> Report:
        try:
            with self._progress() as progress:
                return export(open_loads(), _wanted(**options), file, force=force, progress=progress)
        except (ExportError, LoadError) as error:
            raise CommandError(f"{error}", returncode=exit_codes.FAILED) from error
        except CostError as error:
            code = exit_codes.FAILED if isinstance(error, NotLoadedError) else exit_codes.WRONG_ARGUMENTS
            message = " ".join(filter(None, [error.message, error.hint]))
            raise CommandError(message, returncode=code) from error
        except KeyboardInterrupt as error:
            raise CommandError("Stopped. No file was written.") from error

    @contextmanager
    def _progress(self) -> Iterator[Progress]:
        """On a terminal, how much of the file is written."""
        # Only if there is a terminal: tqdm swallows an interrupt that comes while it acquires its lock.
        if not self.stderr.isatty():
            yield lambda _: None
            return
        with tqdm(total=100, bar_format="{percentage:3.0f} % {bar} {elapsed}", leave=False) as line:
            yield lambda percent: (line.update(percent - line.n), None)[1]


def _wanted(**options: Any) -> Wanted:
    return Wanted(
        version=options["focus"],
        own=options["own_columns"],
        sources=options["source"],
        periods=options["period"],
        window=Window(options["start"], options["end"]),
        as_of=options["as_of"],
    )


def _month(text: str) -> str:
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", text):
        raise ArgumentTypeError(f"{text} is not a month such as 2026-10.")
    return text
