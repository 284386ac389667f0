"""What every answer about live usage says beside its figures: of which time, how current, how complete."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from catalog.pricing.decimals import exact_sum, plain
from costs.wording import counted, quoted
from live.answer import CONTRACT, Collecting, LiveBasis, MissingMinutes, utc
from live.counts import Count, counts, names_of_now
from live.errors import NoLiveDataError
from live.freshness import Freshness, Gap, freshness, gaps
from live.models import LiveRequests, LiveSource
from live.question import CALLS, METRICS, NONE, LiveQuestion
from live.rates import MEAN, UNCACHED, Price
from live.sources import called_clouds, counting, of_calls

_DEMO = "These figures are made up: the demo of a company, until a real source is collected."
_CALLS = "These are the calls that were sent to the intake, and no others; the clouds' metrics are not in it."
_BOUND = "Cached input is counted at the price of other input where it is not told: an upper bound."
_DEARER = (
    "Input of which is not told what was cached has the price of other input; what was written to a cache "
    "costs more."
)
_MEAN = "Input of which is not told what was cached has the mean price of cached and other input on the bill."
_MAX_NAMED = 5


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what was counted in its time, which its answer is made of.

    Args:
        left_out: the clouds without metrics whose calls of that time are not counted.
    """

    question: LiveQuestion
    now: datetime
    start: datetime
    end: datetime
    sources: Sequence[LiveSource]
    counts: Sequence[Count]
    freshness: Sequence[Freshness]
    gaps: Sequence[Gap]
    basis: str = METRICS
    left_out: Sequence[str] = ()

    @property
    def is_demo(self) -> bool:
        """Whether all that was counted is made up: it never stands beside what is real."""
        return all(source.is_demo for source in self.sources)

    @property
    def is_current(self) -> bool:
        """Whether all sources were read, and of late. Which calls were not sent, nobody knows."""
        return self.basis == METRICS and not self.left_out and not self.is_lacking

    @property
    def is_lacking(self) -> bool:
        """Whether minutes were not read, or not of late."""
        return bool(self.gaps) or any(each.is_late for each in self.freshness)


def look(question: LiveQuestion, now: datetime | None = None) -> Asked:
    """What was counted in the time of a question.

    Args:
        question: of which time, cloud and model.
        now: the time; None for the clock's.

    Raises:
        NoLiveDataError: there is no source of the cloud.
        InvalidLiveQuestionError: the time is in the future, or was too long ago.
    """
    now = now or timezone.now()
    start, end = question.window(now)
    basis_ = _chosen(question)
    sources = _sources(question, basis_)
    found = counts(sources, start, end, names_of_now())
    # Nobody waits for calls.
    measured = sources if basis_ == METRICS else ()
    return Asked(
        question,
        now,
        start,
        end,
        sources,
        [count for count in found if _is_asked(question, count)],
        [freshness(source, now) for source in measured if source.is_enabled],
        gaps(measured, start, end, now),
        basis_,
        _left_out(question, start, end) if basis_ == METRICS else (),
    )


def _chosen(question: LiveQuestion) -> str:
    """The basis of an answer: what is asked for, else metrics, unless only calls are of the cloud."""
    if question.basis or question.is_of_calls:
        return question.basis or CALLS
    measured = [source for source in counting() if not source.is_demo]
    if not measured:
        return CALLS if any(not source.is_demo for source in of_calls()) else METRICS
    is_measured = any(question.cloud in ("", source.cloud) for source in measured)
    return METRICS if is_measured or question.cloud not in called_clouds() else CALLS


def _left_out(question: LiveQuestion, start: datetime, end: datetime) -> Sequence[str]:
    """The clouds with calls that a question is of and metrics do not tell."""
    measured = counting()
    clouds = {source.cloud for source in measured}
    others = {cloud: sources for cloud, sources in called_clouds().items() if cloud not in clouds}
    sources = [source for of in others.values() for source in of]
    if not sources or all(source.is_demo for source in measured):
        return ()
    found = counts(sources, start, end, names_of_now())
    return sorted({each.cloud for each in found if each.cloud in others and _is_asked(question, each)})


def _sources(question: LiveQuestion, basis_: str) -> Sequence[LiveSource]:
    if basis_ == CALLS:
        if sources := of_calls():
            return sources
        hint = "docs/intake.md says how OpenTelemetry and LiteLLM send them."
        raise NoLiveDataError("No calls were sent to the intake.", hint=hint)
    sources = [source for source in counting() if question.cloud in ("", source.cloud)]
    if not sources:
        of = f" of {question.cloud}" if question.cloud else ""
        sent = question.cloud in called_clouds() if question.cloud else bool(of_calls())
        hint = "Ask the operator to run the command collect_live."
        raise NoLiveDataError(
            f"No live usage{of} is collected.",
            hint=f"Calls were sent: ask with basis {CALLS}." if sent else hint,
        )
    return sources


def basis(asked: Asked, *, is_complete: bool, hints: Sequence[str] = ()) -> LiveBasis:
    """The fields that answers have in common.

    Args:
        asked: what was counted.
        is_complete: whether nothing else is missing of the figures.
        hints: what else is to be said.
    """
    said = [*_hints(asked), *hints]
    return {
        "contract": CONTRACT,
        "start": utc(asked.start),
        "end": utc(asked.end),
        "as_of": utc(asked.now),
        "basis": asked.basis,
        "lag_seconds": _lags(asked.freshness),
        "complete": is_complete and asked.is_current,
        "missing": [_missing(gap) for gap in asked.gaps],
        "collecting": collecting(asked.sources, asked.now),
        "is_estimate": True,
        "is_demo": asked.is_demo,
        "hint": " ".join(said) or None,
    }


def cache_hints(prices: Iterable[Price]) -> Sequence[str]:
    """What prices take for granted of input of which is not told what was cached."""
    found = list(prices)
    said = [_BOUND] if any(price.is_upper_bound for price in found) else []
    said += [_DEARER] if any(UNCACHED in each.assumes and not each.is_upper_bound for each in found) else []
    return said + ([_MEAN] if any(MEAN in each.assumes for each in found) else [])


def collecting(sources: Sequence[LiveSource], now: datetime) -> list[Collecting]:
    """What asking the clouds took today, by source."""
    found: list[Collecting] = []
    for source in sources:
        rows = list(LiveRequests.objects.filter(source=source, day=now.date()))
        costs = [row.cost for row in rows if row.cost is not None]
        sources_ = dict.fromkeys(row.price_source for row in rows if row.price_source)
        found.append(
            {
                "source": source.name,
                "calls": sum(row.calls for row in rows),
                "cost": plain(exact_sum(costs)) if costs else None,
                "currency": "USD",
                "price": "; ".join(sources_) or None,
            }
        )
    return found


def _is_asked(question: LiveQuestion, count: Count) -> bool:
    wanted, series = question.model.casefold(), count.series
    names = {name.casefold() for name in (series.name, count.model.id if count.model else "")}
    tags = ((question.customer, series.customer), (question.feature, series.feature))
    return (
        (not wanted or wanted in names)
        and question.cloud in ("", count.cloud)
        and all(asked in ("", told or NONE) for asked, told in tags)
    )


def _lags(found: Sequence[Freshness]) -> dict[str, int | None]:
    """The longest lag of each cloud's sources; None if one of them was never read."""
    lags: dict[str, int | None] = {}
    for each in found:
        cloud, seconds = each.source.cloud, None if each.lag is None else int(each.lag.total_seconds())
        known = lags.get(cloud, 0)
        lags[cloud] = None if seconds is None or known is None else max(seconds, known)
    return lags


def _missing(gap: Gap) -> MissingMinutes:
    return {
        "source": gap.source.name,
        "cloud": gap.source.cloud,
        "start": utc(gap.start),
        "end": utc(gap.end),
        "why": gap.why,
    }


def _hints(asked: Asked) -> Sequence[str]:
    said = [_DEMO] if asked.is_demo else []
    said += [_CALLS] if asked.basis == CALLS else []
    if asked.left_out:
        said.append(
            f"Calls of {', '.join(asked.left_out[:_MAX_NAMED])} were sent to the intake, and are not counted "
            f"here, as no metrics of it are collected: ask with basis {CALLS}."
        )
    if asked.gaps:
        minutes = sum(int((gap.end - gap.start).total_seconds()) // 60 for gap in asked.gaps)
        said.append(f"{counted(minutes, 'minute')} of sources are missing, and count as nothing.")
    # A source has a gap for each stretch.
    off = {gap.source.name: gap.why for gap in asked.gaps if not gap.source.is_enabled}
    said += [*off.values()][:_MAX_NAMED]
    failed = [each.source for each in asked.freshness if each.source.error]
    said += [f"{source.name} cannot be read: {source.error}" for source in failed[:_MAX_NAMED]]
    if asked.question.model and not asked.counts:
        said.append(f"Nothing is counted of {quoted(asked.question.model)} in this time.")
    return said
