from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from tqdm import tqdm

from catalog.management import exit_codes
from catalog.management.terminal import CommandWithExamples
from catalog.pricing.decimals import plain
from costs.errors import StoreUnavailableError
from costs.load.report import amounts
from costs.models import CostLoad
from costs.store.configured import open_loads
from costs.store.move import Moved, MoveError, move
from costs.store.stored_loads import LoadStore
from costs.wording import counted

EXAMPLES = """examples:
  move_costs bigquery://PROJECT/DATASET                 from the store of COST_STORE
  move_costs bigquery://PROJECT/DATASET --dry-run       how many loads lack there
  move_costs lake --from bigquery://PROJECT/DATASET     back to files in COSTS_DIR

It copies all loads, replaced ones too, and proves that each has the same rows and sums in both. It may be
stopped and run again. Nothing else changes: set COST_STORE afterwards.
exit codes: 0 all are the same there, 1 one is not or cannot be copied, 2 wrong arguments.
"""


class Command(CommandWithExamples):
    help = "Copy all loaded costs to another store, and prove that its sums are the same."
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("to", help="lake, or bigquery://PROJECT/DATASET")
        parser.add_argument("--from", dest="source", help="where they are (default: COST_STORE)")
        parser.add_argument("--dry-run", action="store_true", help="copy nothing, count what lacks")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, to: str, source: str | None, dry_run: bool, **options: Any) -> None:
        here = source or settings.COST_STORE
        if here == to:
            raise CommandError(f"Costs are in {to} already.", returncode=exit_codes.WRONG_ARGUMENTS)
        try:
            moved = self._move(open_loads(here), open_loads(to), dry_run=dry_run)
        except StoreUnavailableError as error:
            message = f"{error.message} {error.hint}".strip()
            raise CommandError(message, returncode=exit_codes.WRONG_ARGUMENTS) from error
        except MoveError as error:
            raise CommandError(f"{error}", returncode=exit_codes.FAILED) from error
        except KeyboardInterrupt as error:
            raise CommandError("Stopped. What was copied stays. Run it again to continue.") from error
        show = _as_json if options["json"] else _as_text
        self.stdout.write(show(moved, to, dry_run=dry_run))

    def _move(self, source: LoadStore, target: LoadStore, *, dry_run: bool) -> Moved:
        with tqdm(unit=" loads", leave=False, disable=not self.stderr.isatty()) as line:

            def progress(load: CostLoad, left: int) -> None:
                line.total = line.n + left
                line.set_description_str(f"{load.source_id} {load.billing_period}")
                line.update()

            return move(source, target, progress, dry_run=dry_run)


def _as_text(moved: Moved, to: str, *, dry_run: bool) -> str:
    if dry_run:
        return f"Would copy {counted(moved.copied, 'load')}; {moved.there:,} are there."
    loads = f"{counted(moved.copied + moved.there, 'load')} with {counted(moved.rows, 'row')}"
    return (
        f"{loads} are the same in {to}; {moved.there:,} were there before. Those that count have "
        f"{amounts(moved.billed)}.\n"
        f"Set COST_STORE={to} for the server and all jobs, and restart them."
    )


def _as_json(moved: Moved, to: str, *, dry_run: bool) -> str:
    billed = {currency: plain(amount) for currency, amount in moved.billed.items()}
    counts = {"copied": moved.copied, "there": moved.there, "rows": moved.rows, "billed": billed}
    return json.dumps({"status": "completed", "dry_run": dry_run, "to": to, **counts})
