from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from catalog.management import exit_codes
from catalog.management.terminal import CommandWithExamples
from catalog.sync import signals
from costs.errors import RunRefusedError
from live.collect import collect
from live.management import demo
from live.models import LiveSource

EXAMPLES = """examples:
  demo_live              the use of the demo's company since midnight; collect_live goes on
  demo_live --if-empty   only if there are no sources yet, as script/run does
  demo_live --remove     take away the demo, and nothing else

exit codes: 0 done, 1 failed, 2 wrong arguments. Once a real source is there, the demo counts no more.
"""
REFUSAL = "There are real sources of live usage: {}. The demo does not count beside them."


class Command(CommandWithExamples):
    help = "Collect made-up live usage of three clouds, to try out live_usage and live_cost."
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        either = parser.add_mutually_exclusive_group()
        either.add_argument("--if-empty", action="store_true", help="do nothing if there are sources already")
        either.add_argument("--remove", action="store_true", help="delete its sources and counts")

    def handle(self, *args: Any, remove: bool, if_empty: bool, **options: Any) -> None:
        signals.install()
        if remove:
            self.stdout.write("The demo is removed." if demo.remove() else "There was no demo.")
            return
        if if_empty and LiveSource.objects.exists():
            return
        if real := demo.real_sources():
            raise CommandError(REFUSAL.format(", ".join(real)), returncode=exit_codes.FAILED)
        try:
            found = collect(demo.install(timezone.now()))
        except RunRefusedError as error:
            raise CommandError(f"{error}", returncode=exit_codes.FAILED) from error
        self.stdout.write(f"Collected made-up live usage: {found.run.points:,} counts of three clouds.")
