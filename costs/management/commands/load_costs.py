from __future__ import annotations

import json
import logging
import re
from argparse import ArgumentTypeError
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.core.management.base import CommandError, CommandParser
from tqdm import tqdm

from catalog.management import exit_codes
from catalog.management.terminal import CommandWithExamples
from catalog.pricing.decimals import plain
from catalog.sync import signals
from costs.errors import LoadError, LoadRefusedError, SourceArgumentError
from costs.load.job import load, no_progress
from costs.load.months import Progress
from costs.load.report import LoadReport, amounts, changes
from costs.load.sources import chosen_sources, forget_unloaded, loaded_source
from costs.load.withdraw import Effect, effect, withdraw
from costs.models import CostLoad, CostSource
from costs.reports.warm import warm
from costs.store.configured import open_loads

logger = logging.getLogger(__name__)

EXAMPLES = """examples:
  load_costs                                      all sources, what is new of them
  load_costs --source ~/exports/aws-focus         a folder, which becomes the source aws-focus
  load_costs --source aws-focus --period 2026-10  one month of one source
  load_costs --dry-run                            what would change, in rows and money
  load_costs --source aws-focus --withdraw        take a wrong source, or a --period of it, out of all sums

exit codes: 0 complete, 1 failed, 2 wrong arguments, 3 complete except for months or sources that could
not be loaded. --json prints one object; after a failure {"status": "failed", "error": "..."}.
"""
AGAIN = "The next load_costs loads what the source still offers, unless you disable it in the admin."


class Command(CommandWithExamples):
    help = "Load cost data of clouds. What is loaded already is left alone."
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        sources = "a source by its name, all (the default), or a folder of cost data"
        parser.add_argument("--source", default="all", help=sources)
        parser.add_argument("--period", type=_month, help="only this billing month, as 2026-10")
        withdraw_ = "take what is loaded of a source out of all sums, and load nothing"
        parser.add_argument("--withdraw", action="store_true", help=withdraw_)
        parser.add_argument("--dry-run", action="store_true", help="show what would change without writing")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        signals.install()  # Cloud Run sends SIGTERM 10 s before SIGKILL
        try:
            if options["withdraw"]:
                self._withdraw(**options)
                return
            reports = self._load(**options)
        except CommandError as error:
            if options["json"]:
                self.stdout.write(json.dumps({"status": "failed", "error": f"{error}"}, ensure_ascii=False))
            raise
        if options["json"]:
            self.stdout.write(_as_json(reports))
        else:
            self.stdout.write("\n".join(filter(None, (report.summary() for report in reports))))
        _raise_problems(reports)

    def _load(self, *, source: str, period: str | None, dry_run: bool, **_: Any) -> list[LoadReport]:
        known = set(CostSource.objects.values_list("pk", flat=True))
        sources: Sequence[CostSource] = []
        try:
            sources = chosen_sources(source, make=not dry_run)
            with self._progress() as progress:
                reports = [_report(each, period, progress, dry_run=dry_run) for each in sources]
                if any(report.has_changed for report in reports) and not dry_run:
                    progress("the pages")
                    warm(open_loads())
                return reports
        except SourceArgumentError as error:
            raise CommandError(f"{error}", returncode=exit_codes.WRONG_ARGUMENTS) from error
        except KeyboardInterrupt as error:
            raise CommandError("Stopped. Loaded months are kept. Run it again to continue.") from error
        finally:
            for each in sources:
                if each.pk not in known:
                    forget_unloaded(each)

    def _withdraw(self, *, source: str, period: str | None, dry_run: bool, **options: Any) -> None:
        found = loaded_source(source)
        loads = CostLoad.objects.current().filter(source=found).select_related("source")
        loads = loads.filter(billing_period=period) if period else loads
        if found is None or not loads:
            message = f"Nothing is loaded of {source}{f' of {period}' if period else ''}."
            raise CommandError(
                f"{message} Name a source with --source.", returncode=exit_codes.WRONG_ARGUMENTS
            )
        changed = effect(open_loads(), loads)
        withdrawn = list(loads) if dry_run else withdraw(loads)
        if not dry_run:
            _settle()
        show = _withdrawn_json if options["json"] else _withdrawn_text
        self.stdout.write(show(withdrawn, changed, dry_run=dry_run))

    @contextmanager
    def _progress(self) -> Iterator[Progress]:
        """On a terminal, the month that is being loaded."""
        # Only if there is a terminal: tqdm swallows an interrupt that comes while it acquires its lock.
        if not self.stderr.isatty():
            yield no_progress
            return
        with tqdm(bar_format="{desc} {elapsed}", leave=False) as line:
            yield line.set_description_str


def _settle() -> None:
    try:
        open_loads().settle()
    except LoadError as error:
        behind = "Answers are without it, but unified_costs in BigQuery has it until the next load_costs."
        raise CommandError(f"{behind} {error}", returncode=exit_codes.PARTLY_DONE) from error


def _withdrawn_text(loads: Sequence[CostLoad], changed: Effect, *, dry_run: bool) -> str:
    would = "Would be: " if dry_run else ""
    less = {load.pk: f"{amounts(load.billed_by_currency)} less" for load in changed.less}
    lines = [f"{would}{load} withdrawn: {less.get(load.pk, 'it did not count')}." for load in loads]
    lines += [
        f"{would}{load} counts again, as an estimate: {amounts(load.billed_by_currency)} more."
        for load in changed.more
    ]
    if changed.more or len(less) < len(loads):
        lines.append(f"{would}All sums together: {changes(changed.difference)}.")
    if any(load.source.is_enabled for load in loads):
        lines.append(AGAIN)
    return "\n".join(lines)


def _withdrawn_json(loads: Sequence[CostLoad], changed: Effect, *, dry_run: bool) -> str:
    did_count = {load.pk for load in changed.less}
    content = {
        "status": "completed",
        "dry_run": dry_run,
        "withdrawn": [{**_as_record(load), "did_count": load.pk in did_count} for load in loads],
        "counts_again": [*map(_as_record, changed.more)],
        "difference": {currency: plain(amount) for currency, amount in changed.difference.items()},
    }
    return json.dumps(content)


def _as_record(load: CostLoad) -> dict[str, Any]:
    return {"source": load.source_id, "period": load.billing_period, "load": load.pk, "billed": load.billed}


def _report(source: CostSource, period: str | None, progress: Progress, *, dry_run: bool) -> LoadReport:
    try:
        return load(source, period=period, dry_run=dry_run, progress=progress)
    except LoadRefusedError as error:
        return LoadReport(source.name, dry_run, error=str(error))
    except Exception as error:
        # One source must not keep the others from being loaded.
        logger.exception("Loading %s failed", source.name)
        return LoadReport(source.name, dry_run, error=f"It failed by {type(error).__name__}: {error}")


def _raise_problems(reports: Sequence[LoadReport]) -> None:
    problems = [problem for report in reports for problem in report.problems()]
    if not problems:
        return
    has_succeeded = any(report.has_succeeded for report in reports)
    kept = "What could not be loaded stays as it was."
    code = exit_codes.PARTLY_DONE if has_succeeded else exit_codes.FAILED
    raise CommandError("\n".join([*problems, kept]), returncode=code)


def _as_json(reports: Sequence[LoadReport]) -> str:
    failed = any(report.problems() for report in reports)
    has_succeeded = any(report.has_succeeded for report in reports)
    status = ("partial" if has_succeeded else "failed") if failed else "completed"
    content = {"status": status, "sources": [report.as_json() for report in reports]}
    return json.dumps(content, ensure_ascii=False)


def _month(text: str) -> str:
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", text):
        raise ArgumentTypeError(f"{text} is not a month such as 2026-10.")
    return text
