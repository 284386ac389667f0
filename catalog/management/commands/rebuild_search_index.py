from __future__ import annotations

from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand
from tqdm import tqdm

from catalog.models import Sku
from catalog.search.index.rebuild import rebuild_served


class Command(BaseCommand):
    help = "Read all SKUs again with the current vocabulary and make the search index anew."

    def handle(self, *args: Any, **options: Any) -> None:
        begun = monotonic()
        # Each SKU counts twice: it is read, then indexed. No bar without a terminal.
        with tqdm(total=2 * Sku.objects.count(), unit=" SKUs", disable=None) as bar:
            done = rebuild_served(bar.update)
        self.stdout.write(
            f"Read {done.skus} SKUs, {done.changed} of them changed, and indexed them"
            f" in {monotonic() - begun:.1f} s."
        )
