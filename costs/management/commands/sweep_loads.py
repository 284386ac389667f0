from __future__ import annotations

from argparse import ArgumentTypeError
from datetime import timedelta
from typing import Any

from django.core.management.base import CommandParser
from django.template.defaultfilters import filesizeformat

from catalog.management.terminal import CommandWithExamples
from costs.store.configured import open_loads
from costs.store.sweep import sweep
from costs.wording import counted

DAYS = 90
EXAMPLES = """examples:
  sweep_loads                  files that were replaced more than 90 days ago
  sweep_loads --older-than 30  an answer as of a moment 40 days ago may then be refused
  sweep_loads --dry-run        what would be deleted
"""


class Command(CommandWithExamples):
    help = "Delete the cost files that newer loads have replaced. Current ones always stay."
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        days = f"keep what was replaced within so many days (default: {DAYS})"
        parser.add_argument("--older-than", type=_days, default=DAYS, metavar="DAYS", help=days)
        parser.add_argument("--dry-run", action="store_true", help="show what would be deleted")

    def handle(self, *args: Any, **options: Any) -> None:
        swept = sweep(open_loads(), timedelta(days=options["older_than"]), dry_run=options["dry_run"])
        for load in swept.loads:
            self.stdout.write(f"{load}, {load.end}")
        verb = "Would delete" if options["dry_run"] else "Deleted"
        left = f" and {counted(swept.folders, 'folder')} of killed runs" if swept.folders else ""
        size = filesizeformat(swept.bytes).replace("\xa0", " ")
        self.stdout.write(f"{verb} {counted(len(swept.loads), 'replaced file')}, {size}{left}.")


def _days(text: str) -> int:
    if not text.isdecimal():
        raise ArgumentTypeError(f"{text} is not a whole number of days.")
    return int(text)
