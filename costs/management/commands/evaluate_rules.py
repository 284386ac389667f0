from __future__ import annotations

import json
import logging
import time
from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import DatabaseError, close_old_connections

from catalog.management import exit_codes
from catalog.management.terminal import CommandWithExamples, printable
from catalog.sync import signals
from costs.alerts.evaluate import evaluate
from costs.errors import RunRefusedError
from costs.models import Alert, AlertRun
from costs.store.configured import open_store
from costs.wording import counted

logger = logging.getLogger(__name__)

EXAMPLES = """examples:
  evaluate_rules                once, such as after each load_costs
  evaluate_rules --every 60     each hour, until it is stopped

exit codes: 0 evaluated, 1 failed or another evaluation runs, 2 wrong arguments, 3 evaluated except for
rules that failed. --json prints one object for each evaluation; after a failure {"status": "failed",
"error": "..."}.
"""
MAX_MINUTES = 1440


class Command(CommandWithExamples):
    help = "Look at budgets, anomalies and loads, and tell people what is wrong and what no longer is."
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--every", type=_minutes, metavar="MINUTES", help="again and again, until stopped"
        )
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, every: int | None, **options: Any) -> None:
        signals.install()  # Cloud Run sends SIGTERM 10 s before SIGKILL
        if every is None:
            self._once(**options)
            return
        try:
            while True:
                self._in_loop(**options)
                time.sleep(every * 60)
        except KeyboardInterrupt:
            self.stderr.write("Stopped.")

    def _once(self, *, json: bool, **_: Any) -> None:
        try:
            run = self._evaluate(as_json=json)
        except RunRefusedError as error:
            raise self._failure(f"{error}", as_json=json) from error
        except KeyboardInterrupt as error:
            raise self._failure("Stopped. Run it again to continue.", as_json=json) from error
        if run.error:
            raise CommandError(run.error, returncode=exit_codes.PARTLY_DONE)

    def _in_loop(self, *, json: bool, **_: Any) -> None:
        """Evaluate; what fails is tried again the next time."""
        try:
            self._evaluate(as_json=json)
        except RunRefusedError as error:
            logger.warning("Not evaluated: %s", error)
        except DatabaseError:
            logger.exception("Not evaluated")
            close_old_connections()

    def _evaluate(self, *, as_json: bool) -> AlertRun:
        run = evaluate(open_store())
        self.stdout.write(_as_json(run) if as_json else _text(run))
        return run

    def _failure(self, error: str, *, as_json: bool) -> CommandError:
        if as_json:
            self.stdout.write(json.dumps({"status": "failed", "error": error}, ensure_ascii=False))
        return CommandError(error, returncode=exit_codes.FAILED)


def _text(run: AlertRun) -> str:
    firing = Alert.objects.firing().order_by("started_at", "id")
    lines = [f"{alert.severity}: {printable(alert.summary)}{_untold(alert)}" for alert in firing]
    lines += [f"not evaluated: {printable(why)}" for why in run.skipped]
    counts = [f"{counted(len(firing), 'alert')} firing", f"{run.fired} new", f"{run.resolved} resolved"]
    unsent = f", {run.unsent} not sent" if run.unsent else ""
    return "\n".join([*lines, f"{', '.join(counts)}; {counted(run.sent, 'message')} sent{unsent}."])


def _untold(alert: Alert) -> str:
    return f" (not told: {Alert.Untold(alert.untold).label.lower()})" if alert.untold else ""


def _as_json(run: AlertRun) -> str:
    firing = Alert.objects.firing().order_by("started_at", "id")
    names = ("cause", "kind", "severity", "summary", "untold", "is_demo")
    content = {
        "status": "partial" if run.error else "completed",
        **{name: getattr(run, name) for name in ("fired", "resolved", "sent", "unsent", "skipped")},
        "firing": [{name: getattr(alert, name) for name in names} for alert in firing],
    }
    return json.dumps(content, ensure_ascii=False)


def _minutes(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= MAX_MINUTES):
        raise ArgumentTypeError(f"{text} is not a number of minutes from 1 to {MAX_MINUTES:,}.")
    return int(text)
