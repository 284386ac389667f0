from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from catalog.management import exit_codes
from catalog.management.terminal import CommandWithExamples
from costs.store.configured import LAKE
from pricing_site import backup

EXAMPLES = """examples:
  restore /backups/2026-11-28          into the database of DATABASE_URL and the folder COSTS_DIR, both empty
  restore --without-costs /backups/db  into the database only

exit codes: 0 complete, 1 failed and nothing is changed, 2 wrong arguments, 3 complete except for files of
costs that the backup lacks or that are damaged in it.
"""


class Command(CommandWithExamples):
    help = "Copy what the command backup saved into an empty database and an empty folder of costs."
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="a folder that backup made")
        parser.add_argument("--without-costs", action="store_true", help="restore the database only")

    def handle(self, *args: Any, folder: Path, without_costs: bool, **options: Any) -> None:
        try:
            has_files = not without_costs and settings.COST_STORE == LAKE
            restored = backup.restore(folder, with_costs=has_files)
        except backup.BackupError as error:
            raise CommandError(f"{error}", returncode=exit_codes.FAILED) from error
        self.stdout.write(f"Restored the database and {restored.files} files of costs. Run migrate next.")
        if restored.missing:
            files = ", ".join(restored.missing)
            missing = f"Missing or damaged in the backup: {files}. check_costs says what to do."
            raise CommandError(missing, returncode=exit_codes.PARTLY_DONE)
