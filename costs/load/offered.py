"""What a source offers to a run, and what of it that is loaded it offers no more."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from costs.errors import LoadError
from costs.load.report import LoadReport, amounts
from costs.load.sources import count_calls
from costs.models import CostLoad, CostSource
from costs.models.loads import CostLoadQuerySet
from costs.providers.estimate_source import EstimateSource
from costs.providers.registry import open_source
from costs.providers.source import Delivery
from costs.store.base import Doubt
from costs.store.stored_loads import LoadStore

_NO_MORE = "the cloud was asked again, and no longer has the estimate"


@dataclass(frozen=True, slots=True)
class Offered:
    """What a source offers.

    Args:
        deliveries: what is to be loaded.
        known_months: of estimates, the months of which the cloud has told all accounts.
    """

    deliveries: Sequence[Delivery]
    known_months: Collection[str] = ()


def offered(source: CostSource, store: LoadStore, period: str | None, report: LoadReport) -> Offered:
    """What a source offers; what it says beside it is added to the report.

    Args:
        source: the source.
        store: which keeps what it fetches.
        period: the only month to look for; None for all.
        report: of the run.

    Raises:
        LoadError: it cannot be read, or has nothing.
    """
    _refuse_own_files(source, store.root)
    fetched = store.fetched(source)
    opened = open_source(source.kind, source.name, source.location, fetched, source.identity())
    try:
        all_ = list(opened.deliveries())
    finally:
        # They are made, and cost what they cost, in a dry run and in a load that fails too.
        report.notes = opened.notes
        if isinstance(opened, EstimateSource):
            count_calls(source, opened.calls)
    found = [delivery for delivery in all_ if period in (None, delivery.period)]
    known = opened.known_months() if isinstance(opened, EstimateSource) else set[str]()
    # A cloud that has nothing any more has answered.
    if not found and not (period in known if period else known):
        raise LoadError(f"There is no delivery{f' of {period}' if period else ''}.")
    return Offered(found, known)


def gone(source: CostSource, deliveries: Sequence[Delivery], period: str | None) -> list[CostLoad]:
    """The current loads of a source, or of a month of it, that it does not offer any more."""
    still = {(delivery.period, delivery.account) for delivery in deliveries}
    return [load for load in current_of(source, period) if (load.billing_period, load.account) not in still]


def current_of(source: CostSource, period: str | None) -> CostLoadQuerySet:
    """The current loads of a source, or of a month of it."""
    current = CostLoad.objects.current().filter(source=source)
    return current.filter(billing_period=period) if period else current


def month_of(load: CostLoad) -> str:
    """Its month, and its account if it is of one, in words."""
    return f"{load.billing_period}{f' of {load.account}' if load.account else ''}"


def doubt_lost(estimates: Iterable[CostLoad], lost: Collection[str]) -> None:
    """Let answers doubt estimates that a cloud was asked for and has no more, until it has them again."""
    for load in estimates:
        doubts = [doubt for doubt in load.doubts if not doubt["says"].startswith(_NO_MORE)]
        if load.pk in lost:
            withdrawal = f"load_costs --source {load.source_id} --period {load.billing_period} --withdraw"
            says = (
                f"{_NO_MORE}{f' of account {load.account}' if load.account else ''}, so that "
                f"{amounts(load.billed_by_currency)} may be wrong; {withdrawal} takes the month out of all "
                "sums, and the next load_costs brings back what the cloud has."
            )
            doubts.append(asdict(Doubt(says)))
        if doubts != load.doubts:
            CostLoad.objects.filter(pk=load.pk).update(doubts=doubts)


def _refuse_own_files(source: CostSource, root: Path) -> None:
    """A folder that has our own files, or is among them, would load them as a bill."""
    folder, lake = Path(source.location).resolve(), root.resolve()
    if source.kind == CostSource.Kind.FOLDER and (folder in (lake, *lake.parents) or lake in folder.parents):
        raise LoadError(f"{folder} overlaps COSTS_DIR, {lake}: keep exports in a folder of their own.")
