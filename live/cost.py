"""The answer to what it costs now: each token at the first price that the chain knows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from typing_extensions import TypedDict

from catalog.pricing.decimals import EXACT, exact_sum, plain
from costs.errors import NotLoadedError
from costs.query.ask import answer_from
from costs.query.dimensions import UNMAPPED
from costs.query.question import Question
from costs.query.snapshot import take
from costs.store.base import CostStore
from costs.wording import counted
from live.answer import Certainty, CloudCost, CostAnswer, CostGroup, CostRow, CostTotal, PriceSaid
from live.basis import Asked, basis, cache_hints, look
from live.bill_prices import bills_of
from live.costed import Costed, cost_of, prices_at
from live.question import METRICS, LiveQuestion
from live.rates import Price
from live.reconciliation import certainties, reconciliation

MAX_ROWS = 100
_MILLION = Decimal(1_000_000)


def live_cost(question: LiveQuestion, store: CostStore, *, now: datetime | None = None) -> CostAnswer:
    """Say what tokens cost, the most expensive first.

    Args:
        question: of which time, cloud and model; this hour if it has no time.
        store: the loaded costs, which have the own prices.
        now: the time; None for the clock's.

    Returns:
        The answer, with amounts as decimal strings in the currency of their price. Tokens without a price are
        in no total.

    Raises:
        NoLiveDataError: nothing is collected.
        InvalidLiveQuestionError: the time is in the future, or was too long ago.
    """
    asked = look(question, now)
    costed = cost_of(asked, prices_at(store, asked.now, is_demo=asked.is_demo))
    unpriced = unpriced_tokens(costed)
    ordered = sorted(costed, key=_largest_first)
    on_cache = cache_hints(each.price for each in costed if each.price)
    certainty = _certainty(ordered, asked, store)
    hints = [*on_cache, *unpriced_hint(unpriced), *_certainty_hint(certainty)]
    return {
        **basis(asked, is_complete=not unpriced, hints=hints),
        "totals": totals(costed),
        "clouds": _of_clouds(costed),
        "rows": [_row(each) for each in ordered[:MAX_ROWS]],
        "rows_left_out": len(ordered[MAX_ROWS:]),
        **_groups(question.by, costed),
        "unpriced_tokens": f"{unpriced}",
        "billed": billed(asked, store),
        "certainty": certainty,
    }


def _largest_first(each: Costed) -> tuple[bool, Decimal, int, int]:
    """Tokens without a price come first: what they cost is not known."""
    cost = each.cost
    return cost is not None, -(cost or Decimal(0)), -each.count.value, each.count.series.pk


def unpriced_tokens(costed: Iterable[Costed]) -> int:
    return sum(each.count.value for each in costed if each.price is None)


def totals(costed: Iterable[Costed]) -> list[CostTotal]:
    """What tokens with a price cost, by currency."""
    by_currency: defaultdict[str, list[Costed]] = defaultdict(list)
    for each in costed:
        if each.price:
            by_currency[each.price.currency].append(each)
    return [_total(currency, found) for currency, found in sorted(by_currency.items())]


def _total(currency: str, costed: Sequence[Costed]) -> CostTotal:
    return {
        "currency": currency,
        "cost": plain(exact_sum(each.cost for each in costed if each.cost is not None)),
        "is_upper_bound": any(each.price.is_upper_bound for each in costed if each.price),
    }


def _of_clouds(costed: Sequence[Costed]) -> list[CloudCost]:
    clouds = sorted({each.count.cloud for each in costed})
    of: Mapping[str, list[Costed]] = {
        cloud: [each for each in costed if each.count.cloud == cloud] for cloud in clouds
    }
    return [{"cloud": cloud, **total} for cloud in clouds for total in totals(of[cloud])]


class _Groups(TypedDict):
    groups: list[CostGroup]
    groups_left_out: int


def _groups(by: str, costed: Iterable[Costed]) -> _Groups:
    """Customers or features: first those with tokens of no known price, then the most expensive."""
    found: defaultdict[str, list[Costed]] = defaultdict(list)
    for each in costed if by else ():
        found[getattr(each.count.series, by)].append(each)
    groups = sorted((_group(name, of) for name, of in found.items()), key=_dearest_first)
    return {"groups": groups[:MAX_ROWS], "groups_left_out": len(groups[MAX_ROWS:])}


def _group(name: str, costed: Sequence[Costed]) -> CostGroup:
    return {
        "name": name or None,
        "tokens": f"{sum(each.count.value for each in costed)}",
        "totals": totals(costed),
        "unpriced_tokens": f"{unpriced_tokens(costed)}",
    }


def _dearest_first(group: CostGroup) -> tuple[bool, Decimal, int, str]:
    costs = [Decimal(total["cost"]) for total in group["totals"]]
    return (
        group["unpriced_tokens"] == "0",
        -max(costs, default=Decimal(0)),
        -int(group["tokens"]),
        f"{group['name']}",
    )


def _row(each: Costed) -> CostRow:
    series, cost = each.count.series, each.cost
    return {
        "cloud": each.count.cloud,
        "account": series.account,
        "region": series.region,
        "model": each.count.model.id if each.count.model else UNMAPPED,
        "name": series.name,
        "customer": series.customer or None,
        "feature": series.feature or None,
        "direction": series.direction or None,
        "cache": series.cache or None,
        "tier": series.tier or None,
        "scope": series.scope or None,
        "tokens": f"{each.count.value}",
        "cost": None if cost is None else plain(cost),
        "currency": each.price.currency if each.price else None,
        "is_upper_bound": bool(each.price and each.price.is_upper_bound),
        "price": _said(each.price) if each.price else None,
        "why": each.why or None,
    }


def _said(price: Price) -> PriceSaid:
    return {
        "source": price.source,
        "as_of": f"{price.as_of}",
        "detail": price.detail,
        "per_million": plain(EXACT.multiply(price.per_token, _MILLION)),
        "assumes": [*price.assumes],
    }


def unpriced_hint(tokens: int) -> Sequence[str]:
    return [f"{counted(tokens, 'token')} have no known price, and are in no total."] if tokens else []


def _certainty(costed: Sequence[Costed], asked: Asked, store: CostStore) -> list[Certainty]:
    """Those of the models that are in an answer, and of all of a cloud if the question is of no model.

    What is known is how far off metrics were; calls may be any part of what is billed.
    """
    if asked.basis != METRICS:
        return []
    known = certainties(reconciliation(store, now=asked.now))
    shown: set[tuple[str, str | None]] = {
        (each.count.cloud, each.count.model.id) for each in costed if each.count.model
    }
    if not asked.question.model:
        shown |= {(each.count.cloud, None) for each in costed}
    return [each for each in known if (each["cloud"], each["model"]) in shown]


def _certainty_hint(certainty: Iterable[Certainty]) -> Sequence[str]:
    return [
        f"{_days(each['days'])} of {each['cloud']}, the estimate was within {each['within_percent']} % "
        f"of the bill in {each['currency']}."
        for each in certainty
        if each["model"] is None
    ]


def _days(number: int) -> str:
    return f"On the last {number} settled days" if number > 1 else "On the one settled day"


def billed(asked: Asked, store: CostStore) -> dict[str, str] | None:
    """What the bill has of the tokens of the day already; None if the question is of no day, or of calls.

    A bill tells customers by rules of its own, and no features.
    """
    day = asked.question.day
    if day is None or asked.basis != METRICS:
        return None
    filters: dict[str, list[str | None]] = {"not_direction": [None]}
    if asked.question.cloud:
        filters["cloud"] = [asked.question.cloud]
    if asked.question.model:
        filters["model"] = [asked.question.model]
    try:
        bills = bills_of(take(store, None, asked.now), is_demo=asked.is_demo)
    except NotLoadedError:
        return {}
    if not bills.loads:
        return {}
    found = answer_from(Question(filters=filters, start=day, end=day + timedelta(days=1)), bills)
    return {total["currency"]: total["billed_cost"] for total in found["totals"]}
