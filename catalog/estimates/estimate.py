"""Prices a file: read in batches, but with tiers and free allowances given once over all of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone

from catalog.errors import CatalogEmptyError, CatalogError
from catalog.estimates.request import FileRequest
from catalog.models import SAMPLE
from catalog.pricing.answers import CalculateAnswer
from catalog.pricing.calculate import PAGE, GroupBy, check_months, summary
from catalog.pricing.entries import Entry, read_entries
from catalog.pricing.estimate_id import estimate_id
from catalog.pricing.freshness import of_services
from catalog.pricing.lines import lines_of
from catalog.pricing.list_prices import Snapshot
from catalog.pricing.priced import price
from catalog.pricing.whose import is_of_community
from catalog.providers.sample.source import SampleSource

BATCH = 500

Progress = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class Options:
    """How a file is priced; as the arguments of calculate."""

    months: int = 1
    compare: bool = False
    group_by: GroupBy | None = None


@dataclass(frozen=True, slots=True)
class Estimate:
    """A priced file.

    `answer` is that of calculate about all its items, on one page; its lines are of the items at
    `positions`. `errors` say what is wrong with the `refused` items that it leaves out.
    """

    request: FileRequest
    answer: CalculateAnswer
    positions: tuple[int, ...]
    errors: tuple[CatalogError, ...]
    refused: int

    @property
    def is_partial(self) -> bool:
        return self.answer["total"]["partial"]

    @property
    def is_priced(self) -> bool:
        """Whether anything of it has a price."""
        return self.answer["total"]["amount"] is not None


def estimate(
    request: FileRequest, snapshot: Snapshot, options: Options, progress: Progress = lambda _: None
) -> Estimate:
    """Price the items of a file.

    Args:
        request: the file.
        snapshot: the time whose prices apply.
        options: how it is priced.
        progress: is called with the number of each batch of items that is read.

    Raises:
        InvalidArgumentError: the months are out of range.
        CatalogEmptyError: no sync has completed.
    """
    check_months(options.months)
    if snapshot.latest is None:
        raise CatalogEmptyError(
            "The catalog is empty; no prices have been synced yet.", hint="Run sync_catalog."
        )
    entries, errors = _read(request, snapshot, progress)
    priced = price(list(entries.values()), options.months)
    by: GroupBy | None = options.group_by or ("region" if len(priced) > PAGE else None)
    answer = summary(priced, priced, options.months, snapshot, by)
    for start in range(0, len(priced), BATCH):
        batch = priced[start : start + BATCH]
        answer["items"] += lines_of(batch, snapshot, detailed=False, compare=options.compare)
    answer["estimate_id"] = estimate_id(request.items, options.months, snapshot.as_of)
    refused = len(request.items) - len(entries)
    answer["total"]["partial"] |= bool(refused or request.gaps or request.unread)
    if (notice := _notice(snapshot)) and not is_of_community(answer):
        answer["assumptions"].insert(0, notice)
    positions = [number for number, each in zip(entries, priced, strict=True) if each.costs]
    return Estimate(request, answer, tuple(positions), tuple(errors), refused)


def _read(
    request: FileRequest, snapshot: Snapshot, progress: Progress
) -> tuple[dict[int, Entry], list[CatalogError]]:
    entries: dict[int, Entry] = {}
    errors: list[CatalogError] = []
    items = list(enumerate(request.items))
    for start in range(0, len(items), BATCH):
        batch = dict(items[start : start + BATCH])
        found, wrong = read_entries(batch, snapshot, request.names.__getitem__)
        entries |= {position: found[position] for position in batch if position in found}
        errors += wrong
        progress(len(batch))
    return entries, errors


def _notice(snapshot: Snapshot) -> str:
    """What to know about how current the prices are."""
    if snapshot.latest is None:
        return ""
    if snapshot.latest.source == SAMPLE:
        return SampleSource().notice()
    return of_services(snapshot.services.values(), snapshot.latest).warning(timezone.now())
