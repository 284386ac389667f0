"""Copies all loads from one store to another, and proves that both say the same of each.

Which loads count is said by rows that both stores share. So the copies count once COST_STORE names the other
store, and until then nothing has changed. It may be stopped and begun again: what is there is only proved.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.db import transaction

from catalog.pricing.decimals import EXACT
from costs.errors import CostError, LoadError, NotLoadedError
from costs.models import CostLoad
from costs.store.facts import Facts
from costs.store.stored_loads import LoadStore, as_month, named
from costs.wording import counted

# Called with each load before it is copied, and how many are left.
Progress = Callable[[CostLoad, int], object]


class MoveError(Exception):
    """Loads that cannot be copied, or are not the same in both stores; the message is a sentence."""


@dataclass(slots=True)
class Moved:
    """What was copied.

    Args:
        copied: how many loads.
        there: how many were there already.
        rows: of all of them.
        billed: their BilledCost by currency, of the loads that count now.
    """

    copied: int = 0
    there: int = 0
    rows: int = 0
    billed: dict[str, Decimal] = field(default_factory=dict)


def move(source: LoadStore, target: LoadStore, progress: Progress, *, dry_run: bool = False) -> Moved:
    """Copy what the target lacks, and prove the rest.

    Args:
        source: where all loads are.
        target: where they shall be.
        progress: called before each load.
        dry_run: whether to only count what lacks.

    Raises:
        MoveError: a load cannot be copied, or is not the same there. Nothing of it stays there.
    """
    moved, digests = Moved(), dict[str, str]()
    try:
        # Loads may come while others are copied.
        while left := [load for load in _published() if load.pk not in digests]:
            for number, load in enumerate(left):
                progress(load, len(left) - number)
                is_there = target.has(load)
                digests[load.pk] = load.sha256 if dry_run else _moved(source, target, load)
                _count(moved, load, is_there=is_there)
        if not dry_run:
            _note(digests)
            target.settle()
        # Estimates that gave way are copied, and do not count.
        _add_counting(moved, source)
    except LoadError as error:
        raise MoveError(f"{error}") from error
    except CostError as error:
        raise MoveError(" ".join(filter(None, [error.message, error.hint]))) from error
    return moved


def _published() -> list[CostLoad]:
    """The loads whose charges were not swept, oldest month first."""
    found = CostLoad.objects.filter(status__in=CostLoad.PUBLISHED).exclude(path="")
    return list(found.order_by("billing_period", "source_id", "current_from"))


def _moved(source: LoadStore, target: LoadStore, load: CostLoad) -> str:
    """Copy a load, unless the same is there, and prove it; the SHA-256 of what the target has."""
    if not source.has(load):
        raise MoveError(f"{source.name_of(load)}, of {named(load)}, is missing: check_costs says what to do.")
    here = source.facts(as_month(load))
    if not _is_of(load, here):
        raise MoveError(f"{source.name_of(load)}, of {named(load)}, has other rows or money than its load.")
    if target.has(load):
        if _is_same(target, load, here):
            return load.sha256
        # It was stopped as it was copied.
        target.discard(load)
    digest = target.take(load, source.file(load))
    there = target.facts(replace(as_month(load), sha256=digest))
    if here == there:
        return digest
    target.discard(load)
    raise MoveError(
        f"{target.name_of(load)}, of {named(load)}, was not the same as {source.name_of(load).lower()}: "
        f"{_difference(here, there)}. It was deleted, and nothing has changed. Run it again."
    )


def _is_same(target: LoadStore, load: CostLoad, here: Sequence[Facts]) -> bool:
    try:
        return target.facts(as_month(load)) == here
    except NotLoadedError:
        # Of a file whose bytes are others.
        return False


def _is_of(load: CostLoad, rows: Sequence[Facts]) -> bool:
    """Whether these are the rows and the money of a load."""
    billed = {f"{fact['BillingCurrency'] or ''}": fact["sum_BilledCost"] or Decimal(0) for fact in rows}
    return sum(fact["charges"] for fact in rows) == load.rows and billed == load.billed_by_currency


def _difference(here: Sequence[Facts], there: Sequence[Facts]) -> str:
    """The first thing that is not the same."""
    if len(here) != len(there):
        return f"{counted(len(there), 'group')} instead of {len(here)} by currency"
    for one, other in zip(here, there, strict=True):
        for name in one:
            if one[name] != other[name]:
                return f"{name} is {other[name]} instead of {one[name]} in {one['BillingCurrency']}"
    return "nothing that can be named"


def _count(moved: Moved, load: CostLoad, *, is_there: bool) -> None:
    moved.there += is_there
    moved.copied += not is_there
    moved.rows += load.rows


def _add_counting(moved: Moved, source: LoadStore) -> None:
    for load in source.counted():
        for currency, amount in load.billed_by_currency.items():
            moved.billed[currency] = EXACT.add(moved.billed.get(currency, Decimal(0)), amount)


def _note(digests: Mapping[str, str]) -> None:
    """A file may be of other bytes with the same charges, if another version of DuckDB has written it."""
    with transaction.atomic():
        for load_id, digest in digests.items():
            CostLoad.objects.filter(pk=load_id).exclude(sha256=digest).update(sha256=digest)
