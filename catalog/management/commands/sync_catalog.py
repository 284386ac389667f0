from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from tqdm import tqdm
from tqdm.contrib.logging import logging_redirect_tqdm

from catalog.errors import SourceError, SyncRefusedError
from catalog.models import PricingUpdate
from catalog.providers.records import ServiceRecord
from catalog.providers.registry import open_source
from catalog.providers.source import Source
from catalog.sync import signals
from catalog.sync.backfill import backfill
from catalog.sync.dry_run import dry_run
from catalog.sync.report import SyncResult
from catalog.sync.run import sync
from catalog.sync.scope import Scope, Task


class Command(BaseCommand):
    help = "Copy a price list into the database. Exit code 2: complete except for services that failed."

    def add_arguments(self, parser: CommandParser) -> None:
        sources = "api (Google's, the default; reads GOOGLE_API_KEY), sample (bundled) or a catalog folder"
        parser.add_argument("--source", default="api", help=sources)
        parser.add_argument("--service", nargs="+", default=(), metavar="ID", help="only these services")
        parser.add_argument("--if-empty", action="store_true", help="do nothing if a sync has completed")
        parser.add_argument("--dry-run", action="store_true", help="show what would change without writing")
        since = "add past prices from this date or time on (api only)"
        parser.add_argument("--since", type=_date_or_time, help=since)
        parser.add_argument("--until", type=_date_or_time, help="end of the past to add (default: now)")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, source: str, if_empty: bool, **options: Any) -> None:
        if if_empty and PricingUpdate.objects.latest_completed():
            return
        signals.install()  # Cloud Run sends SIGTERM 10 s before SIGKILL
        task = Task(settings.SYNC_TASK_INDEX, settings.SYNC_TASK_COUNT)
        try:
            with self._log_beside_bar(), open_source(source, readers=task.count) as prices:
                result = self._run(prices, Scope(task, options["service"]), **options)
        except (SourceError, SyncRefusedError) as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt as error:
            raise CommandError("Stopped. Finished services are kept. Run it again to continue.") from error
        self.stdout.write(result.as_json() if options["json"] else result.summary())
        if result.failures:
            raise CommandError("The services that failed keep their previous prices.", returncode=2)

    def _run(
        self,
        prices: Source,
        scope: Scope,
        *,
        since: datetime | None,
        until: datetime | None,
        **options: Any,
    ) -> SyncResult:
        if since is None and until is None:
            run = dry_run if options["dry_run"] else sync
            return run(prices, scope, progress=self._progress)
        until = until or timezone.now()
        if options["dry_run"] or since is None or since >= until:
            raise CommandError("--since must be earlier than --until, and excludes --dry-run.")
        return backfill(prices, scope, since, until, progress=self._progress)

    def _log_beside_bar(self) -> AbstractContextManager[None]:
        # Only if there is a bar: tqdm swallows an interrupt that comes while it acquires its lock.
        return logging_redirect_tqdm() if self.stderr.isatty() else nullcontext()

    def _progress(self, services: Sequence[ServiceRecord]) -> Iterator[ServiceRecord]:
        yield from tqdm(services, unit="service", disable=not self.stderr.isatty())


def _date_or_time(text: str) -> datetime:
    """An ISO 8601 date or time, in UTC unless it has a zone."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not an ISO 8601 date or time, such as 2026-01-31.") from None
    return time if time.tzinfo else time.replace(tzinfo=UTC)
