from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from catalog.management import exit_codes
from catalog.management.terminal import CommandWithExamples
from pricing_site import backup

EXAMPLES = """examples:
  backup /backups/2026-11-28   the database and the costs, while the server serves and jobs write

exit codes: 0 complete, 1 failed, 2 wrong arguments, 3 complete except for files of costs that are missing
here too.
"""


class Command(CommandWithExamples):
    help = "Copy the database and the files of costs into a new folder, for the command restore."
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="a folder that is not there yet")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        try:
            made = backup.make(folder)
        except backup.BackupError as error:
            raise CommandError(f"{error}", returncode=exit_codes.FAILED) from error
        self.stdout.write(f"{folder}: the database and {made.files} files of costs, {made.bytes:,} bytes.")
        if made.missing:
            missing = f"Missing in COSTS_DIR: {', '.join(made.missing)}. check_costs says what to do."
            raise CommandError(missing, returncode=exit_codes.PARTLY_DONE)
