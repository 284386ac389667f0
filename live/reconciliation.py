"""The estimate of past days beside their bill, by cloud and model: how far off live figures are.

The estimate of a day is made with the prices of the bills that were loaded when the day began, so that no day
is ever priced from its own bill.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_UP, Decimal

from django.utils import timezone

from catalog.pricing.decimals import ROUNDED, exact_sum, plain
from costs.errors import NotLoadedError
from costs.query.dimensions import UNMAPPED
from costs.query.groups import all_groups
from costs.query.question import Question
from costs.query.snapshot import Snapshot, take
from costs.reports.whole_days import sources
from costs.store.base import CostStore
from costs.wording import counted
from live.answer import Certainty, Reconciled
from live.basis import Asked, look
from live.bill_prices import bills_of
from live.costed import BY_THE_HOUR, Costed, cost_of, prices_at
from live.errors import NoLiveDataError
from live.question import METRICS, LiveQuestion
from live.sources import counting
from live.window import floor_hour

# A certainty is that of the last so many settled days, among those of this time.
DAYS = 7
_LOOK_BACK = timedelta(days=14)
_DAY = timedelta(days=1)
_PERCENT = Decimal("0.01")
_NOT_READ = "Not all minutes of the day were read."
_NOT_MEASURED = "The cloud's metrics had none of these tokens."
_NOT_BILLED = "The bill has none of these tokens."
_NO_PRICE = "None of the tokens had a known price."
_NO_MODEL = "The names have no model, so they cannot be set side by side."
_OF_TOKENS = {"usage_kind": ["tokens"]}

# Cloud, model and currency; no model is all of the cloud.
Subject = tuple[str, str | None, str]
Money = Mapping[Subject, Decimal]


@dataclass(slots=True)
class _Memory:
    """What was computed before: counts of settled days and names change seldom, so it is kept for an hour.

    Args:
        found: the rows of one state of the bills.
        days: the estimates of days by what they rest on, since each takes a question of its own to the store.
    """

    found: tuple[object, Sequence[Reconciled]] = (None, ())
    days: dict[object, Mapping[str, _Day]] = field(default_factory=dict)


_MAX_DAYS = 60


def forget() -> None:
    """Empty the memory, as a test has to that changes what was counted."""
    _memory.found = (None, ())
    _memory.days = {}


@dataclass(slots=True)
class _Day:
    """What is known of a cloud's day."""

    estimated: dict[Subject, Decimal] = field(default_factory=dict)
    unpriced: dict[str, int] = field(default_factory=dict)
    billed: dict[Subject, Decimal] = field(default_factory=dict)
    is_read: bool = True


_memory = _Memory()


def reconciliation(store: CostStore, *, now: datetime | None = None) -> Sequence[Reconciled]:
    """The last settled days of each cloud, up to DAYS, the latest first; then by cloud and model.

    A day is settled once the bills of the cloud also have the day after it, delivered when that was over.

    Args:
        store: the loaded costs.
        now: the time; None for the clock's.
    """
    now = now or timezone.now()
    try:
        costs = take(store, now)
    except NotLoadedError:
        return []
    live = counting()
    bills = bills_of(costs, is_demo=all(source.is_demo for source in live))
    bills = replace(bills, loads=[load for load in bills.loads if not load.is_estimate])
    if not live or not bills.loads:
        return []
    state = ([load.id for load in bills.loads], [source.pk for source in live], floor_hour(now))
    known, rows = _memory.found
    if known != state:
        rows = _reconciled(bills, now)
        _memory.found = state, rows
    return rows


def certainties(rows: Iterable[Reconciled]) -> Sequence[Certainty]:
    """How far estimates were off at most, by cloud and model, where it is known of any day."""
    errors: defaultdict[Subject, list[Decimal]] = defaultdict(list)
    for row in rows:
        if row["error_percent"] is not None:
            subject = row["cloud"], row["model"], row["currency"]
            errors[subject].append(abs(Decimal(row["error_percent"])))
    return [
        {
            "cloud": cloud,
            "model": model,
            "currency": currency,
            "days": len(found),
            "within_percent": plain(max(found)),
        }
        for (cloud, model, currency), found in sorted(errors.items(), key=lambda item: _in_order(item[0]))
    ]


def _reconciled(bills: Snapshot, now: datetime) -> Sequence[Reconciled]:
    settled = _settled(bills, now)
    if not settled:
        return []
    billed = _billed(bills, now.date() - _LOOK_BACK, max(settled.values()) + _DAY)
    rows: list[Reconciled] = []
    left = dict.fromkeys(settled, DAYS)
    day = max(settled.values())
    while day >= now.date() - _LOOK_BACK and any(left.values()):
        clouds = [cloud for cloud, last in settled.items() if day <= last and left[cloud]]
        for cloud, found in _days(bills.store, day, clouds, now).items():
            left[cloud] -= 1
            found.billed = billed.get((day, cloud), {})
            rows += _rows(day, cloud, found)
        day -= _DAY
    return rows


def _settled(bills: Snapshot, now: datetime) -> Mapping[str, date]:
    """The last settled day of each cloud with charges of tokens: before the last one known of its sources."""
    question = Question(
        dimensions=("cloud", "source"),
        filters=_OF_TOKENS,
        start=now.date() - _LOOK_BACK,
        end=now.date() + _DAY,
    )
    known, through = sources({}, bills), defaultdict[str, list[date | None]](list)
    for cloud, source, _ in all_groups(question, bills).groups:
        through[f"{cloud}"].append(known[f"{source}"].through)
    return {
        cloud: min(day for day in days if day) - _DAY for cloud, days in sorted(through.items()) if all(days)
    }


def _billed(bills: Snapshot, start: date, end: date) -> Mapping[tuple[date, str], dict[Subject, Decimal]]:
    """The effective cost of the tokens of each day and cloud, by model; what is not known is left out."""
    if start >= end:
        return {}
    question = Question(
        measures=("effective_cost",),
        dimensions=("day", "cloud", "model"),
        filters=_OF_TOKENS,
        start=start,
        end=end,
    )
    found: defaultdict[tuple[date, str], dict[Subject, Decimal]] = defaultdict(dict)
    for (day, cloud, model, currency), sums in all_groups(question, bills).groups.items():
        if (cost := sums["effective_cost"]) is not None:
            of = found[date.fromisoformat(f"{day}"), f"{cloud}"]
            of[f"{cloud}", model or UNMAPPED, f"{currency}"] = cost
    return found


def _days(store: CostStore, day: date, clouds: Sequence[str], now: datetime) -> Mapping[str, _Day]:
    """What was estimated of clouds on a day, without those of which no minute of it was read."""
    try:
        asked = look(LiveQuestion(day=day, basis=METRICS), now)
    except NoLiveDataError:
        return {}
    start = datetime.combine(day, time.min, UTC)
    loads = tuple(load.id for load in store.loads(as_of=start))
    values = hash(frozenset((each.series.pk, each.value, each.model) for each in asked.counts))
    state = (day, tuple(clouds), loads, values, tuple(asked.gaps))
    if state not in _memory.days:
        if len(_memory.days) >= _MAX_DAYS:
            _memory.days = {}
        _memory.days[state] = _estimates(
            asked, clouds, cost_of(asked, prices_at(store, start, is_demo=asked.is_demo))
        )
    return _memory.days[state]


def _estimates(asked: Asked, clouds: Sequence[str], costed: Sequence[Costed]) -> Mapping[str, _Day]:
    found: dict[str, _Day] = {}
    for cloud in clouds:
        if _is_collected(asked, cloud):
            of_cloud = [each for each in costed if each.count.cloud == cloud and each.why != BY_THE_HOUR]
            found[cloud] = _estimated(of_cloud)
            found[cloud].is_read = not any(gap.source.cloud == cloud for gap in asked.gaps)
    return found


def _is_collected(asked: Asked, cloud: str) -> bool:
    sources_ = {source.pk for source in asked.sources if source.cloud == cloud}
    whole = {gap.source.pk for gap in asked.gaps if (gap.start, gap.end) == (asked.start, asked.end)}
    return bool(sources_ - whole)


def _estimated(costed: Iterable[Costed]) -> _Day:
    day = _Day()
    for each in costed:
        model = each.count.model.id if each.count.model else UNMAPPED
        if each.price and each.cost is not None:
            subject = each.count.cloud, model, each.price.currency
            day.estimated[subject] = exact_sum([day.estimated.get(subject, Decimal(0)), each.cost])
        else:
            day.unpriced[model] = day.unpriced.get(model, 0) + each.count.value
    return day


def _rows(day: date, cloud: str, found: _Day) -> list[Reconciled]:
    """All of the cloud by currency, and then each model."""
    subjects = {*found.estimated, *found.billed}
    known = {f"{model}" for _, model, _ in subjects}
    # Tokens without a price are in a row as well, if nothing else of their model is.
    currencies = sorted({currency for *_, currency in subjects}) or [""]
    subjects |= {(cloud, model, currencies[0]) for model in found.unpriced if model not in known}
    rows = [_total(day, cloud, currency, found) for currency in currencies if currency]
    return rows + [_row(day, subject, found) for subject in sorted(subjects, key=_in_order)]


def _total(day: date, cloud: str, currency: str, found: _Day) -> Reconciled:
    estimated = [amount for subject, amount in found.estimated.items() if subject[2] == currency]
    billed = [amount for subject, amount in found.billed.items() if subject[2] == currency]
    why = "" if found.is_read else _NOT_READ
    if found.unpriced and not estimated:
        why = why or _NO_PRICE
    return _side_by_side(
        day,
        (cloud, None, currency),
        exact_sum(estimated) if estimated else None,
        exact_sum(billed) if billed else None,
        why,
    )


def _row(day: date, subject: Subject, found: _Day) -> Reconciled:
    _, model, _ = subject
    unpriced = found.unpriced.get(f"{model}")
    why = ""
    if not found.is_read:
        why = _NOT_READ
    elif model == UNMAPPED:
        why = _NO_MODEL
    elif unpriced:
        why = f"{counted(unpriced, 'token')} had no known price."
    return _side_by_side(day, subject, found.estimated.get(subject), found.billed.get(subject), why)


def _side_by_side(
    day: date, subject: Subject, estimated: Decimal | None, billed: Decimal | None, why: str
) -> Reconciled:
    cloud, model, currency = subject
    why = why or (_NOT_MEASURED if estimated is None else _NOT_BILLED if billed is None else "")
    error = None if why or estimated is None or billed is None else exact_sum([estimated, -billed])
    percent = None if error is None or not billed else ROUNDED.divide(error * 100, billed)
    return {
        "day": f"{day}",
        "cloud": cloud,
        "model": model,
        "currency": currency,
        "estimated": None if estimated is None else plain(estimated),
        "billed": None if billed is None else plain(billed),
        "error": None if error is None else plain(error),
        "error_percent": None if percent is None else plain(percent.quantize(_PERCENT, ROUND_UP, ROUNDED)),
        "why": why or None,
    }


def _in_order(subject: Subject) -> tuple[str, bool, str, str]:
    """By cloud, all of it first."""
    cloud, model, currency = subject
    return cloud, model is not None, f"{model}", currency
