from __future__ import annotations

import json
import logging
import os
import time
from argparse import ArgumentTypeError
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from catalog.management import exit_codes
from catalog.management.terminal import CommandWithExamples, printable
from catalog.sync import signals
from costs.alerts.evaluate import evaluate
from costs.errors import RunRefusedError
from costs.store.configured import open_store
from costs.wording import counted
from live import watch
from live.basis import collecting
from live.collect import Collection, Outcome, collect, next_minute
from live.errors import SourceArgumentError
from live.models import LiveSource
from live.sources import chosen_sources

logger = logging.getLogger(__name__)

EXAMPLES = """examples:
  collect_live                                        each minute, until it is stopped
  collect_live --once                                 once, for a scheduler that starts it each minute
  collect_live --once --source cloudwatch://us-east-1 add this source, and read it

exit codes: 0 collected, 1 failed or another collection runs, 2 wrong arguments, 3 collected except for
sources that could not be read. --json prints one object for each collection.
A source that fails is tried again after 1, 2, 4 and up to 30 minutes; --once with --source tries it at once.
"""
MIN_SECONDS, MAX_SECONDS, SECONDS = 10, 3600, 60


class Command(CommandWithExamples):
    help = "Read what the clouds measure of AI usage: tokens and requests of each minute."
    examples = EXAMPLES
    _said = ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--source",
            action="append",
            default=[],
            dest="sources",
            help="a source, or cloudwatch://REGION, monitoring://PROJECT or azure-monitor://SUBSCRIPTION; "
            "may be repeated (default: all that are enabled)",
        )
        how = parser.add_mutually_exclusive_group()
        how.add_argument("--once", action="store_true", help="read once, and end")
        how.add_argument(
            "--every", type=_seconds, default=SECONDS, metavar="SECONDS", help="default: %(default)s"
        )
        parser.add_argument(
            "--with-parent", action="store_true", help="end when the process that started it does"
        )
        parser.add_argument(
            "--no-alerts", action="store_true", help="leave live rules to evaluate_rules, where costs are"
        )
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, once: bool, every: int, with_parent: bool, **options: Any) -> None:
        signals.install()  # Cloud Run sends SIGTERM 10 s before SIGKILL
        if once:
            self._once(**options)
            return
        parent = os.getppid()
        try:
            while not with_parent or os.getppid() == parent:
                self._in_loop(**options)
                _sleep(next_minute(timezone.now(), timedelta(seconds=every)), parent if with_parent else None)
        except KeyboardInterrupt:
            if not with_parent:
                self.stderr.write("Stopped.")

    def _once(self, *, sources: Sequence[str], **options: Any) -> None:
        try:
            chosen = chosen_sources(sources)
            if sources:
                for source in chosen:
                    source.retry_at = None
            found = self._collect(chosen, **options)
        except SourceArgumentError as error:
            raise self._failure(f"{error}", exit_codes.WRONG_ARGUMENTS, **options) from error
        except RunRefusedError as error:
            raise self._failure(f"{error}", exit_codes.FAILED, **options) from error
        except KeyboardInterrupt as error:
            message = "Stopped. Run it again to continue."
            raise self._failure(message, exit_codes.FAILED, **options) from error
        if failed := [each for each in found.outcomes if each.error]:
            code = exit_codes.FAILED if len(failed) == len(found.outcomes) else exit_codes.PARTLY_DONE
            raise CommandError("\n".join(map(_problem, failed)), returncode=code)

    def _in_loop(self, *, sources: Sequence[str], **options: Any) -> None:
        """Collect; what fails is tried again later."""
        try:
            # Sources may be added and disabled meanwhile.
            for outcome in self._collect(chosen_sources(sources), **options).outcomes:
                if outcome.error:
                    logger.warning("%s", _problem(outcome))
            self._said = ""
        except (RunRefusedError, SourceArgumentError) as error:
            # Once, and not each minute.
            if self._said != f"{error}":
                logger.warning("Not collected: %s", error)
            self._said = f"{error}"
        except DatabaseError:
            logger.exception("Not collected")
            close_old_connections()

    def _collect(self, chosen: Sequence[LiveSource], *, verbosity: int, **options: Any) -> Collection:
        found = collect(chosen)
        if options["json"]:
            self.stdout.write(_as_json(found))
        elif verbosity:
            self.stdout.write(_text(found))
        if not options["no_alerts"]:
            self._watch()
        return found

    def _watch(self) -> None:
        """Hold what was collected against live rules; what fails is tried again after the next collection."""
        try:
            if watch.is_needed():
                for why in evaluate(open_store(), rules=watch.RULES).skipped:
                    logger.warning("%s", printable(why))
        except RunRefusedError as error:
            logger.warning("Live rules are not evaluated: %s", error)
        except DatabaseError:
            logger.exception("Live rules are not evaluated")
            close_old_connections()

    def _failure(self, error: str, code: int, **options: Any) -> CommandError:
        if options["json"]:
            self.stdout.write(json.dumps({"status": "failed", "error": error}, ensure_ascii=False))
        return CommandError(error, returncode=code)


def _text(found: Collection) -> str:
    """One line of a collection: what was read, what it took, and what is tried later."""
    read = [each for each in found.outcomes if not each.error]
    calls = sum(sum(each.requests.calls.values()) for each in found.outcomes)
    costs = list(collecting([each.source for each in found.outcomes], found.run.started_at))
    paid = "".join(f"; {each['source']} today {each['cost']} USD at most" for each in costs if each["cost"])
    later = f"; {counted(len(found.waiting), 'source')} tried later" if found.waiting else ""
    return (
        f"{found.run.started_at:%H:%M:%S} {counted(len(read), 'source')} read, "
        f"{counted(found.run.points, 'count')} new or changed, {counted(calls, 'request')}{paid}{later}."
    )


def _as_json(found: Collection) -> str:
    failed = [each for each in found.outcomes if each.error]
    costs = {
        each["source"]: each
        for each in collecting([each.source for each in found.outcomes], found.run.started_at)
    }
    return json.dumps(
        {
            "status": "failed"
            if failed and len(failed) == len(found.outcomes)
            else "partial"
            if failed
            else "completed",
            "counts": found.run.points,
            "sources": [
                {
                    "source": each.source.name,
                    "counts": each.points,
                    "error": each.error or None,
                    "requests": dict(each.requests.calls),
                    "today": costs[each.source.name],
                }
                for each in found.outcomes
            ],
            "waiting": [source.name for source in found.waiting],
        },
        ensure_ascii=False,
    )


def _problem(outcome: Outcome) -> str:
    at = outcome.source.retry_at
    then = f" It is tried again after {at:%H:%M:%S} UTC." if at else ""
    return f"{outcome.source}: {printable(outcome.error)}{then}"


def _sleep(seconds: float, parent: int | None) -> None:
    """Sleep, in steps in which the end of the parent is seen."""
    ends = time.monotonic() + seconds
    while (left := ends - time.monotonic()) > 0 and parent in (None, os.getppid()):
        time.sleep(min(left, 1.0))


def _seconds(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and MIN_SECONDS <= int(text) <= MAX_SECONDS):
        raise ArgumentTypeError(f"{text} is not a number of seconds from {MIN_SECONDS} to {MAX_SECONDS:,}.")
    return int(text)
