from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from catalog.management import exit_codes
from catalog.management.terminal import CommandWithExamples

# As pyproject.toml pins it. Its other versions have larger numbers and older boards.
PACKAGE = "grafana-foundation-sdk==1769699241"
EXAMPLES = """examples:
  export_grafana                     write the boards and their provisioning to deploy/grafana
  export_grafana --out /etc/grafana  elsewhere

exit codes: 0 written, 1 failed, 2 wrong arguments.
"""


class Command(CommandWithExamples):
    help = "Write boards of Grafana about costs, and what Grafana needs to serve them."
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        default = settings.BASE_DIR / "deploy" / "grafana"
        parser.add_argument("--out", type=Path, default=default, metavar="DIR", help="the folder")

    def handle(self, *args: Any, out: Path, **options: Any) -> None:
        try:
            export = importlib.import_module("costs.grafana.export")
        except ModuleNotFoundError as error:
            if not f"{error.name}".startswith("grafana_foundation_sdk"):
                raise
            python = settings.MANAGE_COMMAND.removesuffix(" manage.py")
            needed = f'Boards need a package that is not installed: {python} -m pip install "{PACKAGE}"'
            raise CommandError(needed, returncode=exit_codes.FAILED) from error
        try:
            paths = export.write(out)
        except OSError as error:
            reason = f"{error.filename} cannot be written: {error.strerror}."
            raise CommandError(reason, returncode=exit_codes.FAILED) from error
        for path in paths:
            self.stdout.write(f"{path}")
