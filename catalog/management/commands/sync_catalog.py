from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm
from tqdm.contrib.logging import logging_redirect_tqdm

from catalog.errors import SourceError, SyncRefusedError
from catalog.models import PricingUpdate
from catalog.records import ServiceRecord
from catalog.sources import open_source
from catalog.sync import sync


class Command(BaseCommand):
    help = "Copy a price list into the database. Exit code 2: complete but for services that failed."

    def add_arguments(self, parser: CommandParser) -> None:
        sources = "api (Google's, the default; GOOGLE_API_KEY), sample (bundled) or a catalog folder"
        parser.add_argument("--source", default="api", help=sources)
        parser.add_argument("--if-empty", action="store_true", help="do nothing if a sync has completed")

    def handle(self, *args: Any, source: str, if_empty: bool, **options: Any) -> None:
        if if_empty and PricingUpdate.objects.latest_completed():
            return
        try:
            with logging_redirect_tqdm():
                result = sync(open_source(source), progress=self._progress)
        except (SourceError, SyncRefusedError) as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt as error:
            raise CommandError("Stopped. What was written stands; run it again to go on.") from error
        self.stdout.write(result.summary())
        if result.failures:
            raise CommandError("The services named above keep the prices they had.", returncode=2)

    def _progress(self, services: Sequence[ServiceRecord]) -> Iterator[ServiceRecord]:
        yield from tqdm(services, unit="service", disable=not self.stderr.isatty())
