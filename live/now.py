"""The answer to what is used and costs now: an hour at the pace of the last minutes, this hour, this day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db.models import Max
from django.utils import timezone

from costs.store.base import CostStore
from costs.wording import counted
from live.answer import CONTRACT, utc
from live.basis import Asked, basis, look
from live.by_model import by_model, scaled
from live.cost import billed, totals, unpriced_tokens
from live.costed import Costed, cost_of, prices_at
from live.counts import names_of_now
from live.freshness import Freshness
from live.models import LiveRun
from live.now_answer import CloudNow, ModelNow, NowAnswer, PaceNow, PaceOfCloud, Part
from live.pace import MINUTES, CloudPace, paces
from live.providers.source import minute_of
from live.question import METRICS, LiveQuestion
from live.rates import Chain
from live.words import SERVICES, behind

# Rows of each part; what is left out is counted in its totals.
MAX_ROWS = 50
_AN_HOUR = 60 // MINUTES
_KEPT_SECONDS = 120


def kept_now(store: CostStore) -> NowAnswer:
    """As `live_now` says, of the latest collection and of this minute: many may look at the same time.

    Raises:
        NoLiveDataError: nothing is collected.
    """
    now = timezone.now()
    run = LiveRun.objects.exclude(finished_at=None).aggregate(last=Max("pk"))["last"]
    key = f"live-now-{run}-{minute_of(now)}"
    found: NowAnswer | None = cache.get(key)
    if found is None:
        found = live_now(store, now=now)
        cache.set(key, found, _KEPT_SECONDS)
    return found


def live_now(store: CostStore, *, now: datetime | None = None) -> NowAnswer:
    """Say what is used and costs now, by cloud and model.

    Args:
        store: the loaded costs, which have the own prices.
        now: the time; None for the clock's.

    Returns:
        The answer, with amounts as decimal strings in the currency of their price. Tokens without a price are
        in no total, and a cloud whose last minutes are not known is in no pace.

    Raises:
        NoLiveDataError: nothing is collected: calls that were sent to the intake are no pace of a cloud.
    """
    now = now or timezone.now()
    hour, day = look(LiveQuestion(basis=METRICS), now), look(LiveQuestion(day=now.date(), basis=METRICS), now)
    prices = prices_at(store, now, is_demo=hour.is_demo)
    found = [_known(pace) for pace in paces(hour.sources, MINUTES, names_of_now(), prices, now)]
    of_day = _part(day, prices)
    common = basis(day, is_complete=True)
    return {
        "contract": CONTRACT,
        "as_of": common["as_of"],
        "clouds": clouds_now(hour.freshness),
        "per_hour": _pace(found),
        "this_hour": _part(hour, prices),
        "this_day": {**of_day, "billed": billed(day, store) or {}},
        "missing": common["missing"],
        "collecting": common["collecting"],
        "is_estimate": True,
        "is_demo": common["is_demo"],
        "hint": common["hint"],
    }


def clouds_now(states: Sequence[Freshness]) -> list[CloudNow]:
    """How current each cloud is: as its source that is furthest behind."""
    clouds: dict[str, list[Freshness]] = {}
    for state in states:
        clouds.setdefault(state.source.cloud, []).append(state)
    return [_cloud(cloud, found) for cloud, found in sorted(clouds.items())]


def _cloud(cloud: str, states: Sequence[Freshness]) -> CloudNow:
    lags = [state.lag for state in states]
    lag = None if None in lags else max((each for each in lags if each is not None), default=timedelta())
    return {
        "cloud": cloud,
        "lag_seconds": None if lag is None else int(lag.total_seconds()),
        "is_late": any(state.is_late for state in states),
        "says": behind(SERVICES.get(cloud, cloud), lag),
    }


def _part(asked: Asked, prices: Chain) -> Part:
    costed = cost_of(asked, prices)
    unpriced = unpriced_tokens(costed)
    rows = by_model(costed)
    why = ["Minutes of sources are missing, or late."] if asked.is_lacking else []
    why += ["Calls of clouds without metrics are not counted."] if asked.left_out else []
    why += [f"{counted(unpriced, 'token')} have no known price."] if unpriced else []
    return {
        "start": utc(asked.start),
        "end": utc(asked.end),
        "complete": not why,
        "why": " ".join(why) or None,
        "tokens": f"{sum(each.count.value for each in costed)}",
        "unpriced_tokens": f"{unpriced}",
        "totals": totals(costed),
        "rows": rows[:MAX_ROWS],
        "rows_left_out": len(rows[MAX_ROWS:]),
    }


def _known(pace: CloudPace) -> CloudPace:
    """A pace of a part of a cloud is none of the cloud."""
    return replace(pace, costed=()) if pace.why else pace


def _pace(found: Sequence[CloudPace]) -> PaceNow:
    costed: list[Costed] = [each for pace in found for each in pace.costed]
    unpriced = _AN_HOUR * unpriced_tokens(costed)
    rows: list[ModelNow] = by_model(costed, _AN_HOUR)
    return {
        "minutes": MINUTES,
        "complete": not unpriced and not any(pace.why for pace in found),
        "clouds": [_pace_of_cloud(pace) for pace in found],
        "tokens": _tokens(costed),
        "unpriced_tokens": f"{unpriced}",
        "totals": scaled(costed, _AN_HOUR),
        "rows": rows[:MAX_ROWS],
        "rows_left_out": len(rows[MAX_ROWS:]),
    }


def _pace_of_cloud(pace: CloudPace) -> PaceOfCloud:
    return {
        "cloud": pace.cloud,
        "start": utc(pace.start) if pace.start else None,
        "end": utc(pace.end) if pace.end else None,
        "known": not pace.why,
        "why": pace.why or None,
        "tokens": _tokens(pace.costed),
        "unpriced_tokens": f"{_AN_HOUR * unpriced_tokens(pace.costed)}",
        "totals": scaled(pace.costed, _AN_HOUR),
    }


def _tokens(costed: Sequence[Costed]) -> str:
    return f"{_AN_HOUR * sum(each.count.value for each in costed)}"
