from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from catalog.management import exit_codes
from catalog.management.terminal import CommandWithExamples
from costs.store.configured import LAKE
from pricing_site import backup, dated_backups

EXAMPLES = """examples:
  backup /backups/2026-11-28           the database and the costs, while the server serves and jobs write
  backup --dated --keep 14 /backups    into /backups/2026-11-28T020000Z; older ones than 14 are deleted
  backup --without-costs /backups/db   the database only, where the files of costs are kept otherwise

exit codes: 0 complete, 1 failed, 2 wrong arguments, 3 complete except for files of costs that are missing or
damaged here too.
"""


class Command(CommandWithExamples):
    help = "Copy the database and the files of costs into a new folder, for the command restore."
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="a folder that is not there yet")
        parser.add_argument(
            "--dated", action="store_true", help="make a new folder within it, named by the time in UTC"
        )
        parser.add_argument("--keep", type=int, metavar="N", help="with --dated: delete all but the newest N")
        parser.add_argument("--without-costs", action="store_true", help="copy the database only")

    def handle(
        self, *args: Any, folder: Path, dated: bool, keep: int | None, without_costs: bool, **options: Any
    ) -> None:
        if keep is not None and (keep < 1 or not dated):
            raise CommandError(
                "--keep takes a number from 1, with --dated.", returncode=exit_codes.WRONG_ARGUMENTS
            )
        new = dated_backups.new(folder, timezone.now()) if dated else folder
        try:
            has_files = not without_costs and settings.COST_STORE == LAKE
            made = backup.make(new, with_costs=has_files)
            self.stdout.write(f"{new}: the database and {made.files} files of costs, {made.bytes:,} bytes.")
            if settings.COST_STORE != LAKE:
                self.stdout.write(f"Costs are in {settings.COST_STORE}, of which nothing is copied.")
            for old in dated_backups.delete_old(folder, keep) if keep else ():
                self.stdout.write(f"Deleted {old}.")
        except backup.BackupError as error:
            raise CommandError(f"{error}", returncode=exit_codes.FAILED) from error
        if made.missing:
            missing = (
                f"Missing or damaged in COSTS_DIR: {', '.join(made.missing)}. check_costs says what to do."
            )
            raise CommandError(missing, returncode=exit_codes.PARTLY_DONE)
