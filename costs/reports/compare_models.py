"""What the tokens that a model used would have cost at every other model and cloud (docs/tools.md)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

# pydantic cannot make a schema of typing's own TypedDict before Python 3.12.
from typing_extensions import TypedDict

from catalog.models import SAMPLE
from catalog.nearest import nearest
from catalog.offers.resources.model_clouds import model_clouds, model_ids, read_model_name
from catalog.pricing.answers import utc_text
from catalog.pricing.decimals import EXACT, NANO, ROUNDED, exact_sum, plain
from catalog.pricing.list_prices import Snapshot as Prices
from catalog.pricing.list_prices import snapshot as prices_now
from catalog.pricing.model_costs import ModelCost, TokenUse, cost_at_every_model
from catalog.pricing.model_rate import ModelRate, RateSource
from catalog.providers.community import prices as community
from costs.errors import InvalidQuestionError
from costs.query.answer import Basis
from costs.query.ask import basis
from costs.query.coverage import coverage
from costs.query.dimensions import Value
from costs.query.groups import all_groups
from costs.query.hints import joined
from costs.query.question import Question
from costs.query.snapshot import Snapshot
from costs.query.statements import OF_TOKENS, unknown_cost
from costs.query.summary import summarize
from costs.wording import quoted

Filters = Mapping[str, Sequence[Value]]

MAX_CANDIDATES = 20
MAX_ROWS = 50
# So many tiers and contexts are asked about for what was paid elsewhere; bills have five.
MAX_SORTS = 12
TEXT = "text"
MEASURES = ("effective_cost", "tokens", "cost_per_million_tokens")
_USE = ("direction", "cache", "tier", "context")
_MILLION = Decimal(1_000_000)
_CLOUDS = {"aws": "AWS", "azure": "Azure", "gcp": "Google Cloud"}
NOT_INCLUDED = (
    "list prices are today's, without discounts, commitments, provisioned throughput and free allowances",
    "another model may need more or fewer tokens for the same text",
    "writes to a cache are priced as those of five minutes",
)


class UsedRow(TypedDict):
    """Text tokens of one kind, with what they cost by currency."""

    direction: str | None
    cache: str | None
    tier: str | None
    context: str | None
    tokens: str
    effective_cost: dict[str, str]


class PriceRow(TypedDict):
    """The list price of one kind of tokens, in USD per million."""

    direction: str | None
    cache: str | None
    tier: str | None
    context: str | None
    per_million: str
    sku_id: str
    since: str | None


class ModelRow(TypedDict):
    """What the same tokens cost at a model on a cloud."""

    model: str
    developer: str
    cloud: str
    scope: str | None
    region: str
    list_cost: str | None
    list_cost_dearest_region: str | None
    partial: bool
    missing: list[str]
    own_cost: dict[str, str]
    source: str
    prices: list[PriceRow]


class CompareAnswer(Basis):
    """The answer of compare_models."""

    start: str | None
    end: str | None
    used: list[UsedRow]
    left_out: list[str]
    not_included: list[str]
    prices_as_of: str
    rows: list[ModelRow]
    rows_left_out: int


@dataclass(frozen=True, slots=True)
class _Used:
    """Tokens of one kind with what they cost by currency."""

    tokens: Decimal
    costs: Mapping[str, Decimal]


def compare_models(
    costs: Snapshot,
    *,
    filters: Filters | None = None,
    start: date | None = None,
    end: date | None = None,
    candidates: Sequence[str] = (),
    prices: Prices | None = None,
) -> CompareAnswer:
    """Price the tokens of charges at every model and cloud: the same tokens, directions and cache shares.

    Args:
        costs: the costs of a moment.
        filters: as of a Question; a model alone, or several whose tokens are added up.
        start: the first day, in UTC.
        end: the day after the last.
        candidates: models to compare with, maybe on a cloud; all if empty.
        prices: the list prices that apply; those of now if omitted.

    Returns:
        Rows in USD, the cheapest first; what was paid is in the currency of the bill.

    Raises:
        InvalidQuestionError: a filter or candidate cannot be used.
    """
    only = [_candidate(name) for name in candidates]
    asked = {name: list(values) for name, values in (filters or {}).items()}
    question = Question(MEASURES, _USE, filters=asked, start=start, end=end)
    whole = all_groups(question, costs)
    used = _used(_of_text(question), costs)
    prices = prices or prices_now()
    found = basis(question, costs, coverage(question, costs), summarize(question, costs, whole.totals))
    rows = _rows(question, used, costs, prices, only)
    return {
        **found,
        "hint": joined([*_told(prices, used, rows), found["hint"] or ""]),
        "start": str(start) if start else None,
        "end": str(end) if end else None,
        "used": [_used_row(use, each) for use, each in used.items()],
        "left_out": _left_out(whole.totals, used),
        "not_included": list(NOT_INCLUDED),
        "prices_as_of": utc_text(prices.at),
        "rows": rows[:MAX_ROWS],
        "rows_left_out": max(len(rows) - MAX_ROWS, 0),
    }


def _rows(
    question: Question,
    used: Mapping[TokenUse, _Used],
    costs: Snapshot,
    prices: Prices,
    only: Sequence[tuple[str, str | None]],
) -> list[ModelRow]:
    """The models with what the tokens cost there, the cheapest first; none without tokens."""
    if not used:
        return []
    own = _own_rates(_of_text(question), used, costs)
    found = cost_at_every_model({use: each.tokens for use, each in used.items()}, prices, only)
    return [_row(each, used, own, prices) for each in found]


def _candidate(name: str) -> tuple[str, str | None]:
    read = read_model_name(name)
    if read.model_id is None:
        near = nearest(name, model_ids())
        raise InvalidQuestionError(
            f"There is no model {quoted(name)}.",
            hint=f"The nearest are {', '.join(near)}." if near else "Search for it.",
            candidates=[{"resource": each} for each in near],
        )
    if read.cloud and read.cloud not in model_clouds()[read.model_id]:
        raise InvalidQuestionError(f"The catalog knows no {read.model_id} on {read.cloud}.")
    return read.model_id, read.cloud


def _of_text(question: Question) -> Question:
    filters = {**question.filters, "modality": [TEXT], "usage_kind": ["tokens"]}
    return Question(
        question.measures, question.dimensions, filters, question.start, question.end, limit=question.limit
    )


def _used(question: Question, costs: Snapshot) -> dict[TokenUse, _Used]:
    """The text tokens whose number and direction are known, most first."""
    tokens: defaultdict[TokenUse, Decimal] = defaultdict(Decimal)
    paid: defaultdict[TokenUse, dict[str, Decimal]] = defaultdict(dict)
    names = [key.name for key in question.keys]
    for key, sums in all_groups(question, costs).groups.items():
        named = dict(zip(names, key, strict=True))
        use = TokenUse(*(named[name] for name in _USE))
        if not sums["tokens"] or use.direction is None:
            continue
        currency = named["currency"] or ""
        tokens[use] = EXACT.add(tokens[use], sums["tokens"])
        paid[use][currency] = EXACT.add(paid[use].get(currency, Decimal(0)), sums[OF_TOKENS] or Decimal(0))
    most = sorted(tokens, key=lambda use: (-tokens[use], str(use)))
    return {use: _Used(tokens[use], paid[use]) for use in most}


_OwnRates = Mapping[tuple[Value, Value, TokenUse], Mapping[str, tuple[Decimal, Decimal]]]


def _own_rates(question: Question, used: Mapping[TokenUse, _Used], costs: Snapshot) -> _OwnRates:
    """What tokens of each cloud and model cost in the same time: (cost, tokens) by currency."""
    sorts = list(dict.fromkeys((use.tier, use.context) for use in used))
    found: defaultdict[tuple[Value, Value, TokenUse], dict[str, tuple[Decimal, Decimal]]] = defaultdict(dict)
    others = {name: values for name, values in question.filters.items() if name not in ("model", "cloud")}
    for tier, context in sorts[:MAX_SORTS]:
        filters = {**others, "tier": [tier], "context": [context]}
        by = Question(
            question.measures, ("cloud", "model", "direction", "cache"), filters, question.start, question.end
        )
        for key, sums in all_groups(by, costs).groups.items():
            cloud, model, direction, cache, currency = key
            if sums["tokens"]:
                use = TokenUse(direction, cache, tier, context)
                found[cloud, model, use][currency or ""] = (sums[OF_TOKENS] or Decimal(0), sums["tokens"])
    return found


def _own_cost(cost: ModelCost, used: Mapping[TokenUse, _Used], own: _OwnRates) -> dict[str, str]:
    """The same tokens at what the caller paid there; empty unless each kind of tokens was bought there."""
    rates = [own.get((cost.provider, cost.model_id, use), {}) for use in used]
    currencies = set(rates[0]).intersection(*rates[1:]) if rates else set()
    if len(currencies) != 1 or any(len(each) != 1 for each in rates):
        return {}
    [currency] = currencies
    amounts = []
    for each, rate in zip(used.values(), rates, strict=True):
        paid, tokens = rate[currency]
        amounts.append(ROUNDED.quantize(ROUNDED.divide(ROUNDED.multiply(paid, each.tokens), tokens), NANO))
    return {currency: plain(exact_sum(amounts))}


def _row(cost: ModelCost, used: Mapping[TokenUse, _Used], own: _OwnRates, prices: Prices) -> ModelRow:
    return {
        "model": cost.model_id,
        "developer": cost.developer,
        "cloud": cost.provider,
        "scope": cost.scope,
        "region": cost.region,
        "list_cost": None if cost.cost is None else plain(cost.cost),
        "list_cost_dearest_region": None if cost.dearest is None else plain(cost.dearest),
        "partial": bool(cost.missing),
        "missing": [_named(use) for use in cost.missing],
        "own_cost": _own_cost(cost, used, own),
        "source": _source(cost, prices),
        "prices": [_price_row(use, rate) for use, rate in cost.rates.items()],
    }


def _source(cost: ModelCost, prices: Prices) -> str:
    if cost.source is RateSource.COMMUNITY:
        return f"{cost.source.value}: {community.source().words}, not the provider's word"
    is_of_sample = prices.latest is not None and prices.latest.source == SAMPLE
    return (
        f"{_CLOUDS.get(cost.provider, cost.provider)}, {'bundled sample' if is_of_sample else 'list price'}"
    )


def _price_row(use: TokenUse, rate: ModelRate) -> PriceRow:
    return {
        "direction": use.direction,
        "cache": use.cache,
        "tier": use.tier,
        "context": use.context,
        "per_million": plain(EXACT.multiply(rate.price, _MILLION)),
        "sku_id": rate.sku_ids[0],
        "since": utc_text(rate.effective_time)[:10] if rate.effective_time else None,
    }


def _used_row(use: TokenUse, used: _Used) -> UsedRow:
    return {
        "direction": use.direction,
        "cache": use.cache,
        "tier": use.tier,
        "context": use.context,
        "tokens": plain(used.tokens),
        "effective_cost": {currency: plain(amount) for currency, amount in used.costs.items()},
    }


def _named(use: TokenUse) -> str:
    words = (use.tier if use.tier != "standard" else "", use.context, use.direction, use.cache)
    return " ".join(word for word in words if word)


def _left_out(
    totals: Mapping[str, Mapping[str, Decimal | None]], used: Mapping[TokenUse, _Used]
) -> list[str]:
    """What the charges of the filters are besides the tokens that are compared, in sentences."""
    found = []
    for currency, sums in totals.items():
        whole = sums["effective_cost"] or Decimal(0)
        compared = exact_sum(each.costs.get(currency, Decimal(0)) for each in used.values())
        rest = EXACT.subtract(whole, compared)
        unknown = sums.get(unknown_cost("tokens")) or Decimal(0)
        if rest:
            found.append(
                f"{plain(rest)} {currency} of these charges is not compared: images, audio, other usage"
                + (f", and {plain(unknown)} {currency} whose tokens are unknown." if unknown else ".")
            )
    return found


def _told(prices: Prices, used: Mapping[TokenUse, _Used], rows: Sequence[ModelRow]) -> list[str]:
    if not used:
        return ["No text tokens of a known number are in these charges, so there is nothing to compare."]
    if prices.latest is None:
        return ["The catalog is empty: run sync_catalog for list prices."]
    of_community = sum(row["source"].startswith(RateSource.COMMUNITY.value) for row in rows)
    told = []
    if prices.latest.source == SAMPLE and of_community < len(rows):
        told.append("List prices of providers are those of the bundled sample, which are not today's.")
    if of_community:
        told.append(
            f"{of_community} of {len(rows)} rows are of a community's list ({community.source().words}), not"
            " the providers' word."
        )
    if unsaid := exact_sum(each.tokens for use, each in used.items() if use.context is None):
        told.append(
            f"{plain(unsaid)} tokens are of an unknown context: they are priced as those of short prompts,"
            " also where long ones cost more."
        )
    return told
