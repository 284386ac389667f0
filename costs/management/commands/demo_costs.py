from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from catalog.management import exit_codes
from catalog.management.terminal import CommandWithExamples
from catalog.sync import signals
from costs.errors import LoadError, LoadRefusedError
from costs.load.report import LoadReport, Outcome, amounts
from costs.management import demo
from costs.providers.demo import planted
from costs.store.configured import LAKE
from costs.wording import counted

EXAMPLES = """examples:
  demo_costs              load the made-up bills, or bring them up to today
  demo_costs --if-empty   only if there are no costs yet, as script/run does
  demo_costs --remove     take away the demo, and nothing else

exit codes: 0 complete, 1 failed, 2 wrong arguments, 3 complete except for months that could not be loaded.
"""
REFUSAL = (
    "There are real sources of costs: {}. The demo does not count beside them. Load it into a database of "
    "its own (set DATABASE_URL and COSTS_DIR). If it is loaded already, --remove takes it away."
)
ELSEWHERE = "Costs are in {}: made-up ones are for files only. Unset COST_STORE to try the demo."


class Command(CommandWithExamples):
    help = "Load made-up bills of three clouds and three months, to try out questions about costs."
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        either = parser.add_mutually_exclusive_group()
        if_empty = "do nothing if the demo is loaded, or if there are sources of real costs"
        either.add_argument("--if-empty", action="store_true", help=if_empty)
        either.add_argument("--remove", action="store_true", help="delete its sources, loads and files")

    def handle(self, *args: Any, **options: Any) -> None:
        signals.install()
        try:
            self._run(**options)
        except (LoadRefusedError, LoadError) as error:
            raise CommandError(f"{error}", returncode=exit_codes.FAILED) from error
        except KeyboardInterrupt as error:
            raise CommandError("Stopped. Run it again to continue.") from error

    def _run(self, *, remove: bool, if_empty: bool, verbosity: int, **_: Any) -> None:
        if remove:
            self.stdout.write("The demo is removed." if demo.remove() else "There was no demo.")
            return
        real = demo.real_sources()
        is_in_files = settings.COST_STORE == LAKE
        if if_empty and (real or demo.is_loaded() or not is_in_files):
            return
        if not is_in_files:
            raise CommandError(ELSEWHERE.format(settings.COST_STORE), returncode=exit_codes.FAILED)
        if real:
            raise CommandError(REFUSAL.format(", ".join(real)), returncode=exit_codes.FAILED)
        self._install(demo.current_day(), is_brief=verbosity == 0)

    def _install(self, today: date, *, is_brief: bool) -> None:
        reports = demo.install(today)
        if any(report.has_succeeded for report in reports):
            self.stdout.write(_brief(reports) if is_brief else "\n".join(_lines(reports, today)))
        _raise_problems(reports)


def _brief(reports: Sequence[LoadReport]) -> str:
    periods = sorted({month.period for report in reports for month in report.months})
    return f"Loaded the demo: made-up bills of three clouds, {periods[0]} to {periods[-1]}."


def _lines(reports: Sequence[LoadReport], today: date) -> Iterator[str]:
    yield f"Made-up bills up to {today - timedelta(days=1)} are loaded. Every answer marks them as a demo."
    yield from _bills(reports)
    yield "\nPlanted in them:"
    yield from (f"  {sentence}" for sentence in planted.sentences(today))
    yield "\nAsk next:"
    yield from (f"  {settings.MANAGE_COMMAND} query_costs {question}" for question in demo.questions(today))
    yield f'  {settings.MANAGE_COMMAND} ask "Which customer spent most on Claude last month?"'
    yield "Agents ask the same with the tools query_costs and explain_cost."
    yield "\nOnce a bill of your own is loaded, the demo counts no more. To delete it:"
    yield f"  {settings.MANAGE_COMMAND} demo_costs --remove"


def _bills(reports: Sequence[LoadReport]) -> Iterator[str]:
    """A line for each cloud and month, with its sum and currency."""
    bills = [
        (report.source.removeprefix("demo-"), month.period, amounts(month.billed), counted(month.rows, "row"))
        for report in reports
        for month in report.months
        if month.outcome is not Outcome.FAILED
    ]
    width = max((len(billed) for _, _, billed, _ in bills), default=0)
    for cloud, period, billed, rows in bills:
        yield f"  {cloud:<5}  {period}  {billed:>{width}}  {rows:>10}"


def _raise_problems(reports: Sequence[LoadReport]) -> None:
    problems = [problem for report in reports for problem in report.problems()]
    if problems:
        some = any(report.has_succeeded for report in reports)
        raise CommandError(
            "\n".join(problems), returncode=exit_codes.PARTLY_DONE if some else exit_codes.FAILED
        )
