"""The answer to what it costs now: each token at the first price that the chain knows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from catalog.pricing.decimals import EXACT, exact_sum, plain
from costs.errors import NotLoadedError
from costs.query.ask import ask
from costs.query.dimensions import UNMAPPED
from costs.query.question import Question
from costs.store.base import CostStore
from costs.wording import counted
from live.answer import CloudCost, CostAnswer, CostRow, CostTotal, PriceSaid
from live.basis import Asked, basis, bound_hint, look
from live.bill_prices import BillPrices
from live.counts import Count, names_of_now
from live.list_prices import ListPrices
from live.providers.source import Measure
from live.question import LiveQuestion
from live.rates import PROVISIONED, Chain, Key, Price

MAX_ROWS = 100
_MILLION = Decimal(1_000_000)
_NO_MODEL = "No table of models has this name; an administrator can add it under Model names."
_NO_DIRECTION = "The cloud does not tell whether these tokens are input or output."
_BY_THE_HOUR = "Provisioned throughput is billed by the hour, not by tokens."
_NO_PRICE = "Neither a loaded bill nor a price list has a price of these tokens."


@dataclass(frozen=True, slots=True)
class Costed:
    """Tokens of one kind with their price; `why` says why there is none."""

    count: Count
    price: Price | None
    why: str = ""

    @property
    def cost(self) -> Decimal | None:
        return EXACT.multiply(self.price.per_token, Decimal(self.count.value)) if self.price else None


def prices_of_now(store: CostStore, now: datetime) -> Chain:
    """The price chain: the own bill, then the provider's list. A community's list comes after it."""
    return Chain([BillPrices.of(store, now), ListPrices(names_of_now())])


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
    costed = cost_of(asked, prices_of_now(store, asked.now))
    unpriced = unpriced_tokens(costed)
    ordered = sorted(costed, key=_largest_first)
    bounds = any(each.price.is_upper_bound for each in costed if each.price)
    hints = [*bound_hint(has_bound=bounds), *_unpriced_hint(unpriced)]
    return {
        **basis(asked, is_complete=not unpriced, hints=hints),
        "totals": totals(costed),
        "clouds": _of_clouds(costed),
        "rows": [_row(each) for each in ordered[:MAX_ROWS]],
        "rows_left_out": len(ordered[MAX_ROWS:]),
        "unpriced_tokens": f"{unpriced}",
        "billed": billed(asked, store),
    }


def cost_of(asked: Asked, prices: Chain) -> list[Costed]:
    """The tokens of a question with their prices."""
    return priced(asked.counts, prices)


def priced(counts: Iterable[Count], prices: Chain) -> list[Costed]:
    """The tokens among counts with their prices."""
    return [_costed(count, prices) for count in counts if count.measure is Measure.TOKENS and count.value]


def _costed(count: Count, prices: Chain) -> Costed:
    series = count.series
    if series.tier == PROVISIONED:
        return Costed(count, None, _BY_THE_HOUR)
    if not series.direction:
        return Costed(count, None, _NO_DIRECTION)
    if count.model is None:
        return Costed(count, None, _NO_MODEL)
    key = Key(
        count.cloud,
        series.account,
        series.region,
        count.model.id,
        series.direction,
        cache=series.cache or None,
        tier=series.tier or None,
        scope=series.scope or None,
    )
    price = prices.price(key)
    return Costed(count, price, "" if price else _NO_PRICE)


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


def _row(each: Costed) -> CostRow:
    series, cost = each.count.series, each.cost
    return {
        "cloud": each.count.cloud,
        "account": series.account,
        "region": series.region,
        "model": each.count.model.id if each.count.model else UNMAPPED,
        "name": series.name,
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


def _unpriced_hint(tokens: int) -> Sequence[str]:
    return [f"{counted(tokens, 'token')} have no known price, and are in no total."] if tokens else []


def billed(asked: Asked, store: CostStore) -> dict[str, str] | None:
    """What the bill has of the tokens of the day already; None if the question is of no day."""
    day = asked.question.day
    if day is None:
        return None
    filters: dict[str, list[str | None]] = {"not_direction": [None]}
    if asked.question.cloud:
        filters["cloud"] = [asked.question.cloud]
    if asked.question.model:
        filters["model"] = [asked.question.model]
    try:
        found = ask(Question(filters=filters, start=day, end=day + timedelta(days=1)), store, now=asked.now)
    except NotLoadedError:
        return {}
    return {total["currency"]: total["billed_cost"] for total in found["totals"]}
