"""Deletes the charges of loads that others have replaced long ago, and what killed runs have left."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from costs.models import CostLoad
from costs.store.stored_loads import LoadStore

# What was touched since then may still be written.
_LONGEST_LOAD = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Swept:
    """What was deleted, or would be.

    Args:
        loads: the loads whose charges are gone; their rows stay.
        bytes: the size of what was deleted.
        folders: the number of folders that killed runs have left.
    """

    loads: list[CostLoad]
    bytes: int
    folders: int


def sweep(store: LoadStore, older_than: timedelta, *, dry_run: bool = False) -> Swept:
    """Delete the charges of loads that were replaced that long ago.

    Args:
        store: where they are.
        older_than: how long replaced loads are kept for answers as of a past moment.
        dry_run: whether to only say which.
    """
    before = timezone.now() - older_than
    replaced = CostLoad.objects.filter(status=CostLoad.Status.SUPERSEDED, current_until__lt=before)
    loads = list(replaced.exclude(path="").order_by("current_until"))
    size = sum(map(store.size, loads))
    abandoned = store.abandoned(min(before, timezone.now() - _LONGEST_LOAD))
    if not dry_run:
        for load in loads:
            # If this is killed in between, the next sweep finds the row again.
            store.discard(load)
            CostLoad.objects.filter(pk=load.pk).update(path="")
        for folder in abandoned:
            shutil.rmtree(folder, ignore_errors=True)
    return Swept(loads, size, len(abandoned))
