from __future__ import annotations

import json
import logging
import time
from argparse import ArgumentTypeError
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import DatabaseError, close_old_connections
from django.db.models import QuerySet

from catalog.management import exit_codes
from catalog.management.terminal import CommandWithExamples, printable
from catalog.pricing.answers import utc_text
from catalog.sync import signals
from costs.alerts import causes
from costs.alerts.evaluate import evaluate
from costs.alerts.unsent import Unsent, unsent
from costs.errors import RunRefusedError
from costs.models import Alert, AlertRun
from costs.store.configured import open_store
from costs.wording import counted

logger = logging.getLogger(__name__)

EXAMPLES = """examples:
  evaluate_rules                once, such as after each load_costs
  evaluate_rules --every 60     each hour, until it is stopped
  evaluate_rules --verbosity 2  with the lower thresholds of a budget that has reached higher ones

exit codes: 0 evaluated, and nothing is left to be sent, 1 failed or another evaluation runs, 2 wrong
arguments, 3 evaluated except for rules that failed, or messages are not sent. A month that is not loaded
is printed as not evaluated, and is no failure. --json prints one object for each evaluation: of rules about
costs, and of live rules if there are any; after a failure {"status": "failed", "error": "..."}.
"""
MAX_MINUTES = 1440
_NOT_TRIED = "Its turn has not come."


class Command(CommandWithExamples):
    help = (
        "Look at budgets, anomalies, loads and live rules, and tell people what is wrong, and what no longer."
    )
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

    def _once(self, *, json: bool, verbosity: int, **_: Any) -> None:
        try:
            faults = self._evaluate(as_json=json, verbosity=verbosity)
        except RunRefusedError as error:
            raise self._failure(f"{error}", as_json=json) from error
        except KeyboardInterrupt as error:
            raise self._failure("Stopped. Run it again to continue.", as_json=json) from error
        if faults:
            raise CommandError(faults, returncode=exit_codes.PARTLY_DONE)

    def _in_loop(self, *, json: bool, verbosity: int, **_: Any) -> None:
        """Evaluate; what fails is tried again the next time."""
        try:
            self._evaluate(as_json=json, verbosity=verbosity)
        except RunRefusedError as error:
            logger.warning("Not evaluated: %s", error)
        except DatabaseError:
            logger.exception("Not evaluated")
            close_old_connections()

    def _evaluate(self, *, as_json: bool, verbosity: int) -> str:
        """Evaluate all rules and print; what of it failed, or ""."""
        needed = [name for name, rules in causes.RULES.items() if rules.is_needed()]
        faults = [self._evaluate_set(name, as_json=as_json, verbosity=verbosity) for name in needed]
        return " ".join(filter(None, faults))

    def _evaluate_set(self, rules: str, *, as_json: bool, verbosity: int) -> str:
        run = evaluate(open_store(), rules=rules)
        left = unsent(run)
        self.stdout.write(_as_json(run, left) if as_json else _text(run, left, verbosity))
        count = _count(left)
        are_left = f"{counted(count, 'message')} {'is' if count == 1 else 'are'} not sent." if left else ""
        return " ".join(filter(None, [run.error, are_left]))

    def _failure(self, error: str, *, as_json: bool) -> CommandError:
        if as_json:
            self.stdout.write(json.dumps({"status": "failed", "error": error}, ensure_ascii=False))
        return CommandError(error, returncode=exit_codes.FAILED)


def _text(run: AlertRun, left: Sequence[Unsent], verbosity: int) -> str:
    firing = list(_firing(run))
    shown = [each for each in firing if verbosity > 1 or each.untold != Alert.Untold.COVERED]
    lines = [f"{alert.severity}: {printable(alert.summary)}{_untold(alert)}" for alert in shown]
    lines += [f"not evaluated: {printable(why)}" for why in run.skipped]
    lines += [f"not sent: {printable(_left(each))}" for each in left]
    covered = len(firing) - len(shown)
    also = f" ({covered} not listed, as another says it)" if covered else ""
    counts = [f"{counted(len(firing), 'alert')} firing{also}", f"{run.fired} new", f"{run.resolved} resolved"]
    not_sent = f", {_count(left)} not sent" if left else ""
    return "\n".join([*lines, f"{', '.join(counts)}; {counted(run.sent, 'message')} sent{not_sent}."])


def _firing(run: AlertRun) -> QuerySet[Alert]:
    return Alert.objects.firing(causes.RULES[run.rules].prefixes).order_by("started_at", "id")


def _untold(alert: Alert) -> str:
    return f" (not told: {Alert.Untold(alert.untold).label.lower()})" if alert.untold else ""


def _left(messages: Unsent) -> str:
    """The messages of a channel that are not sent, why, and what becomes of them."""
    at = messages.next_attempt_at
    then = (
        f"tried again by the next evaluation from {at:%Y-%m-%d %H:%M} UTC on"
        if at
        else 'no longer tried ("Send again" in the admin does)'
    )
    what = f"{counted(messages.count, 'message')} by {messages.channel}"
    return f"{what}, {then}: {messages.error or _NOT_TRIED}"


def _count(left: Sequence[Unsent]) -> int:
    return sum(each.count for each in left)


def _as_json(run: AlertRun, left: Sequence[Unsent]) -> str:
    firing = _firing(run)
    names = ("cause", "kind", "severity", "summary", "untold", "is_demo")
    content = {
        "status": "partial" if run.error or left else "completed",
        "rules": run.rules,
        **{name: getattr(run, name) for name in ("fired", "resolved", "sent", "unsent", "skipped")},
        "not_sent": [
            {**asdict(each), "next_attempt_at": each.next_attempt_at and utc_text(each.next_attempt_at)}
            for each in left
        ],
        "firing": [{name: getattr(alert, name) for name in names} for alert in firing],
    }
    return json.dumps(content, ensure_ascii=False)


def _minutes(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= MAX_MINUTES):
        raise ArgumentTypeError(f"{text} is not a number of minutes from 1 to {MAX_MINUTES:,}.")
    return int(text)
