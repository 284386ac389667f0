from __future__ import annotations

import json
from argparse import ArgumentTypeError
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time
from functools import partial
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from tqdm import tqdm
from tqdm.contrib.logging import logging_redirect_tqdm

from catalog import iso8601
from catalog.accuracy import check as accuracy
from catalog.changes.record import record
from catalog.errors import SourceError, SyncArgumentError, SyncRefusedError
from catalog.management import exit_codes
from catalog.management.terminal import CommandWithExamples
from catalog.models import PricingUpdate, Sku
from catalog.pricing.freshness import offer
from catalog.pricing.resources import machine_store
from catalog.providers.records import EVERY_PROVIDER, PROVIDERS
from catalog.providers.registry import API, open_source, providers_of
from catalog.search.index import schema
from catalog.search.index.rebuild import rebuild_served
from catalog.sync import dry_run as dry
from catalog.sync import signals
from catalog.sync.backfill import backfill
from catalog.sync.report import Outcomes, SyncResult
from catalog.sync.run import Progress, no_progress, sync
from catalog.sync.scope import Scope, Task

EXAMPLES = """examples:
  sync_catalog                                        all of Google Cloud, the models of AWS and Azure
  sync_catalog --provider aws                         the models of AWS alone
  sync_catalog --service "Compute Engine"             one service
  sync_catalog --source sample --if-empty             the bundled sample, once
  sync_catalog --dry-run --json                       what would change, as JSON
  sync_catalog --since 2026-01-01 --until 2026-03-01  adds past prices

exit codes: 0 complete, 1 failed, 2 wrong arguments, 3 complete except for services or SKUs that
could not be read. --json prints one object; after a failure {"status": "failed", "error": "..."}.
Each provider has a run of its own, and a fault of one leaves the others as they are. --service and --since
are of Google Cloud unless --provider says otherwise.
"""


class Command(CommandWithExamples):
    help = "Copy a price list into the database. Only changes are written."
    examples = EXAMPLES

    def add_arguments(self, parser: CommandParser) -> None:
        sources = "api (the providers' own, the default), sample (bundled) or a folder of recorded answers"
        parser.add_argument("--source", default=API, help=sources)
        whose = "only the list of gcp (reads GOOGLE_API_KEY), aws or azure; all is the default"
        parser.add_argument("--provider", choices=[*PROVIDERS, EVERY_PROVIDER], help=whose)
        parser.add_argument("--service", nargs="+", default=(), help="only these services, by name or id")
        parser.add_argument("--if-empty", action="store_true", help="do nothing if a sync has completed")
        parser.add_argument("--dry-run", action="store_true", help="show what would change without writing")
        since = "add past prices from this date or time on (api only)"
        parser.add_argument("--since", type=_date_or_time, help=since)
        parser.add_argument("--until", type=_date_or_time, help="end of the past to add (default: now)")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["if_empty"] and PricingUpdate.objects.latest_completed():
            return
        signals.install()  # Cloud Run sends SIGTERM 10 s before SIGKILL
        try:
            outcomes = self._run_all(**options)
        except CommandError as error:
            if options["json"]:
                self.stdout.write(json.dumps({"status": "failed", "error": f"{error}"}, ensure_ascii=False))
            raise
        if not options["dry_run"]:
            _tend_search_index()
            machine_store.renew()
            record()
            accuracy.record(outcomes.results[-1].update)
        self.stdout.write(outcomes.as_json() if options["json"] else outcomes.summary())
        if problems := outcomes.problems():
            kept = "What could not be read keeps its previous prices."
            raise CommandError("\n".join([*problems, kept]), returncode=exit_codes.PARTLY_DONE)

    def _run_all(self, *, source: str, provider: str | None, **options: Any) -> Outcomes:
        """A run for each provider; of several, one that fails does not keep the others from being read.

        Raises:
            CommandError: an argument is wrong, or all of them failed.
        """
        outcomes = Outcomes()
        try:
            providers = providers_of(source, provider)
            if options["service"] or options["since"]:
                providers = providers[:1]
            for each in providers:
                self._run(outcomes, each, source=source, **options)
                if not outcomes.results and Sku.objects.from_sample().exists():
                    break  # the sample stays until Google's list, the first, can be read
        except SyncArgumentError as error:
            raise CommandError(f"{error}", returncode=exit_codes.WRONG_ARGUMENTS) from error
        except KeyboardInterrupt as error:
            raise CommandError("Stopped. Finished services are kept. Run it again to continue.") from error
        if not outcomes.results:
            raise CommandError("\n".join(outcomes.problems()), returncode=exit_codes.FAILED)
        return outcomes

    def _run(self, outcomes: Outcomes, provider: str, *, source: str, **options: Any) -> None:
        run = _chosen_run(**options)
        task = Task(settings.SYNC_TASK_INDEX, settings.SYNC_TASK_COUNT)
        scope = Scope(task, options["service"])
        try:
            with self._bar(scope) as progress, open_source(source, provider, readers=task.count) as prices:
                outcomes.results.append(run(prices, scope, progress=progress))
        except SyncArgumentError:
            raise
        except (SourceError, SyncRefusedError) as error:
            outcomes.failures[provider] = f"{error}"

    @contextmanager
    def _bar(self, scope: Scope) -> Iterator[Progress]:
        """A progress bar of SKUs on a terminal; as many are expected as the catalog offers now."""
        # Only if there is a terminal: tqdm swallows an interrupt that comes while it acquires its lock.
        if not self.stderr.isatty():
            yield no_progress
            return
        latest = PricingUpdate.objects.latest_completed()
        total = offer(latest).skus if latest and scope.is_whole else None
        with logging_redirect_tqdm(), tqdm(total=total, unit=" SKUs") as bar:
            yield bar.update


def _tend_search_index() -> None:
    """Make an index of earlier code anew; merge the segments that the sync left in one of this code."""
    if schema.is_current():
        schema.merge()
    else:
        rebuild_served()


def _chosen_run(
    *, dry_run: bool, since: datetime | None, until: datetime | None, **_: Any
) -> Callable[..., SyncResult]:
    """The function that does what the arguments ask for, with the same arguments as `sync`."""
    if since is None and until is None:
        return dry.dry_run if dry_run else sync
    until = until or timezone.now()
    if dry_run or since is None or since >= until:
        raise SyncArgumentError("--since must be earlier than --until, and excludes --dry-run.")
    return partial(backfill, since=since, until=until)


def _date_or_time(text: str) -> datetime:
    """An ISO 8601 time, or the start of a date, in UTC."""
    try:
        parsed = iso8601.parse(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{error}.") from None
    return parsed if isinstance(parsed, datetime) else datetime.combine(parsed, time.min, UTC)
