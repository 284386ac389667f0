"""Takes loads out of all sums: the way back from a wrong one. Answers as of a past moment still have them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from costs.models import CostLoad


def withdraw(loads: Iterable[CostLoad]) -> list[CostLoad]:
    """Supersede loads by nothing; return those that were still current."""
    with transaction.atomic():
        return [load for load in loads if _end(load)]


def _end(load: CostLoad) -> bool:
    now = timezone.now()
    # Later than its beginning, whatever the clock says, as when a load is replaced.
    load.current_until = max(now, (load.current_from or now) + timedelta(microseconds=1))
    load.status = CostLoad.Status.SUPERSEDED
    current = CostLoad.objects.filter(pk=load.pk, status=CostLoad.Status.CURRENT)
    return bool(current.update(status=load.status, current_until=load.current_until, replaced_by=None))
