"""Capacity that is paid by the hour and not used, as far as that can be known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from catalog.pricing.decimals import exact_sum
from costs.errors import NotLoadedError
from costs.query.ask import ask
from costs.query.question import MAX_LIMIT, Question
from costs.store.base import CostStore
from live.bill_prices import account_name
from live.freshness import missed
from live.models import LiveMinute, LiveSeries
from live.providers.source import Measure, floor_minute, minute_of
from live.rates import PROVISIONED
from live.sources import counting

# Without a token for so long, capacity is idle; a night without work is not.
IDLE = timedelta(hours=24)
# A bill that old says nothing of today.
_OF_LATE = timedelta(days=5)

# Cloud and account.
Place = tuple[str, str]


def idle_capacity(store: CostStore, now: datetime) -> Mapping[tuple[str, str], Decimal]:
    """What provisioned throughput without any use costs a day, by cloud and currency.

    It is paid on the last day that is billed of the last five, in an account whose use is collected, and no
    token of the last 24 hours was on provisioned throughput there. A cloud with a minute of them that was not
    read is left out, since nothing is known of it.

    Args:
        store: the loaded costs.
        now: the time.
    """
    paid = _paid(store, now)
    if not paid:
        return {}
    collected, used = _collected(now), _used(now)
    idle: defaultdict[tuple[str, str], list[Decimal]] = defaultdict(list)
    for (place, currency), cost in paid.items():
        if place in collected and place not in used:
            idle[place[0], currency].append(cost)
    return {key: exact_sum(costs) for key, costs in idle.items()}


def _paid(store: CostStore, now: datetime) -> Mapping[tuple[Place, str], Decimal]:
    """What provisioned throughput cost on the last day with any, by place and currency."""
    question = Question(
        ("effective_cost",),
        ("cloud", "account", "day", "currency"),
        {"tier": [PROVISIONED]},
        (now - _OF_LATE).date(),
        now.date(),
        limit=MAX_LIMIT,
    )
    try:
        rows = ask(question, store, now=now)["rows"]
    except NotLoadedError:
        return {}
    last: dict[tuple[Place, str], tuple[str, Decimal]] = {}
    for row in rows:
        key = ((row["cloud"], account_name(row["account"])), row["currency"])
        cost = Decimal(row["effective_cost"] or 0)
        if cost > 0 and row["day"] > last.get(key, ("",))[0]:
            last[key] = (row["day"], cost)
    return {key: cost for key, (_, cost) in last.items()}


def _collected(now: datetime) -> set[Place]:
    """The accounts whose minutes of the last day are all known."""
    end = floor_minute(now) - timedelta(minutes=15)
    sources = counting()
    gaps = {source.cloud for source in sources if missed(source, end - IDLE, end)}
    clouds = {source.pk: source.cloud for source in sources if source.cloud not in gaps}
    rows = LiveSeries.objects.filter(source__in=[*clouds]).order_by()
    return {
        (clouds[source], account_name(account))
        for source, account in rows.values_list("source", "account").distinct()
    }


def _used(now: datetime) -> set[Place]:
    """The accounts with a token on provisioned throughput in the last day."""
    clouds = {source.pk: source.cloud for source in counting()}
    rows = LiveMinute.objects.filter(
        minute__gte=minute_of(now - IDLE),
        value__gt=0,
        series__tier=PROVISIONED,
        series__measure=Measure.TOKENS,
        series__source__in=[*clouds],
    )
    found = rows.order_by().values_list("series__source", "series__account").distinct()
    return {(clouds[source], account_name(account)) for source, account in found}
