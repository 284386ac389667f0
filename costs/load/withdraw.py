"""Takes loads out of all sums: the way back from a wrong one. Answers as of a past moment still have them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from catalog.pricing.decimals import EXACT
from costs.models import CostLoad

if TYPE_CHECKING:
    # It brings DuckDB, which a server loads at the first question.
    from costs.store.stored_loads import LoadStore


@dataclass(frozen=True, slots=True)
class Effect:
    """What it changes in all sums that loads are withdrawn.

    Args:
        less: those of them that count.
        more: estimates that count again, since what they gave way to is gone.
    """

    less: Sequence[CostLoad]
    more: Sequence[CostLoad]

    @property
    def difference(self) -> dict[str, Decimal]:
        """By how much all sums together change, by currency."""
        found: dict[str, Decimal] = {}
        for sign, loads in ((-1, self.less), (1, self.more)):
            for load in loads:
                for currency, amount in load.billed_by_currency.items():
                    found[currency] = EXACT.add(found.get(currency, Decimal(0)), sign * amount)
        return found


def effect(store: LoadStore, loads: Collection[CostLoad]) -> Effect:
    """What withdrawing current loads would change."""
    ids = {load.pk for load in loads}
    before, after = store.counted(), store.counted(without=ids)
    had = {load.pk for load in before}
    return Effect([load for load in before if load.pk in ids], [load for load in after if load.pk not in had])


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
