"""Models side by side: what the same tokens cost at each, on every cloud and in every region."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Literal, get_args

from django.http import QueryDict
from pydantic import BeforeValidator

from catalog.errors import InvalidArgumentError
from catalog.models import SAMPLE
from catalog.offers.resources.model_clouds import ModelName
from catalog.pricing.answers import utc_text
from catalog.pricing.decimals import EXACT, plain
from catalog.pricing.list_prices import Snapshot
from catalog.pricing.model_costs import CostInRegions, ModelCost, TokenUse, costs_by_region, is_plain
from catalog.pricing.model_rate import ModelRate, ModelRates, RateSource
from catalog.pricing.model_rates import rates_of_models
from catalog.pricing.quantities import parse_quantity
from console.arguments import read
from console.prices.models import CLOUDS, MILLION, some_regions
from console.prices.regions import percent_over
from console.prices.things import Open, Thing
from tools.prices_schema import Arguments

Tier = Literal["standard", "batch", "flex", "priority"]
Context = Literal["short", "long"]
COMMUNITY = "community's list"
NOT_INCLUDED = (
    "discounts, commitments, provisioned throughput and free allowances",
    "grounding, storage of caches, images, audio and video",
    "how many more or fewer tokens another model needs for the same text",
)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of tokens: what people call it, and what a meter says of it."""

    name: str
    direction: str
    cache: str

    @property
    def heading(self) -> str:
        return self.name.capitalize()

    @property
    def column(self) -> str:
        return f"{self.name.replace(' ', '_')}_usd_per_million"


# By argument, in the order of the columns.
KINDS = {
    "input_tokens": Kind("input", "Input", "Uncached"),
    "cached_input_tokens": Kind("cached input", "Input", "Read"),
    "cache_write_tokens": Kind("cache write", "Input", "Write"),
    "output_tokens": Kind("output", "Output", "Uncached"),
}


def _tokens(sent: Any) -> Decimal:
    try:
        return parse_quantity(str(sent))
    except InvalidArgumentError:
        raise ValueError("must be a number of tokens") from None


Tokens = Annotated[Decimal, BeforeValidator(_tokens)]


class TokensArguments(Arguments):
    """The tokens that the address says; a million of input and of output if it says none."""

    input_tokens: Tokens | None = None
    cached_input_tokens: Tokens | None = None
    cache_write_tokens: Tokens | None = None
    output_tokens: Tokens | None = None
    tier: Tier = "standard"
    context: Context = "short"

    def amounts(self) -> dict[str, Decimal]:
        """The tokens by argument."""
        said = {name: amount for name in KINDS if (amount := getattr(self, name))}
        return said or {"input_tokens": MILLION, "output_tokens": MILLION}

    def use(self, argument: str) -> TokenUse:
        """What tokens of an argument are, in the words of meters."""
        kind = KINDS[argument]
        return TokenUse(kind.direction, kind.cache, self.tier, self.context)


@dataclass(frozen=True, slots=True)
class ModelRow:
    """What the tokens cost at a model on a cloud in some regions.

    Args:
        found: the cost, and the regions where it is the same.
        rates: the rate of each kind of tokens that has one, by argument.
        missing: the kinds without a price, in words.
        over: how many percent dearer it is than the cheapest that has all prices; None if it lacks one.
    """

    found: CostInRegions
    rates: Mapping[str, ModelRate]
    missing: Sequence[str]
    over: str | None

    @property
    def cost(self) -> ModelCost:
        return self.found.cost

    @property
    def cloud(self) -> str:
        return CLOUDS.get(self.cost.provider, self.cost.provider)

    @property
    def where(self) -> str:
        """The regions in short."""
        return some_regions(self.found.regions) or ", ".join(self.found.regions)

    @property
    def amount(self) -> str | None:
        return None if self.cost.cost is None else plain(self.cost.cost)

    @property
    def is_of_community(self) -> bool:
        """Whether no provider says so, but a list that a community keeps."""
        return self.cost.source is RateSource.COMMUNITY

    @property
    def since(self) -> str | None:
        """The day of the latest of its prices."""
        times = [each.effective_time for each in self.rates.values() if each.effective_time]
        return utc_text(max(times))[:10] if times else None


def _sku_id(rate: ModelRate | None) -> str | None:
    """The SKU of a rate; None if no provider lists it."""
    return rate.sku_ids[0] if rate and rate.source is RateSource.LIST else None


def per_million(rate: ModelRate | None) -> str | None:
    """The price of a million tokens in USD."""
    return plain(EXACT.multiply(rate.price, MILLION)) if rate else None


@dataclass(frozen=True, slots=True)
class ComparedModels:
    """Models beside each other, the cheapest first, at amounts of tokens by argument.

    `source` is whose prices they are; `unsold` are the questions for models without a row, with why.
    """

    wanted: TokensArguments
    amounts: Mapping[str, Decimal]
    rows: Sequence[ModelRow]
    source: str
    unsold: Mapping[str, Thing]

    tiers = get_args(Tier)
    contexts = get_args(Context)
    not_included = NOT_INCLUDED

    def source_of(self, row: ModelRow) -> str:
        """Who says what a row costs."""
        return COMMUNITY if row.is_of_community else f"{row.cloud}, {self.source}"

    @property
    def has_community(self) -> bool:
        return any(row.is_of_community for row in self.rows)

    @property
    def headings(self) -> list[str]:
        return [KINDS[name].heading for name in self.amounts]

    @property
    def columns(self) -> dict[str, bool]:
        """The columns of the CSV beside those of other things, and whether they have numbers."""
        prices = {KINDS[name].column: True for name in self.amounts}
        texts = dict.fromkeys(("cloud", "scope", "tier", "context"), False)
        return {**texts, **prices, "since": False, "source": False}

    @property
    def shown(self) -> list[tuple[ModelRow, list[tuple[str, str | None, str | None]]]]:
        """The rows, each with the heading, the price and the SKU of each kind of tokens."""
        return [
            (
                row,
                [
                    (KINDS[name].heading, per_million(rate), _sku_id(rate))
                    for name, rate in ((name, row.rates.get(name)) for name in self.amounts)
                ],
            )
            for row in self.rows
        ]

    @property
    def tokens(self) -> str:
        """The tokens in words: "1,000,000 input and 1,000,000 output tokens"."""
        *first, last = [f"{amount:,f} {KINDS[name].name}" for name, amount in self.amounts.items()]
        return f"{' and '.join(filter(None, [', '.join(first), last]))} tokens"

    @property
    def fields(self) -> list[tuple[str, str, str]]:
        """The fields of the form: argument, label, value."""
        values = {name: plain(amount) for name, amount in self.amounts.items()}
        return [(name, f"{kind.heading} tokens", values.get(name, "")) for name, kind in KINDS.items()]

    def as_json(self) -> dict[str, Any]:
        return {
            "tokens": {name: plain(amount) for name, amount in self.amounts.items()},
            "tier": self.wanted.tier,
            "context": self.wanted.context,
            "rows": [self._as_json(each) for each in self.rows],
            "not_included": list(NOT_INCLUDED),
        }

    def _as_json(self, row: ModelRow) -> dict[str, Any]:
        return {
            "model": row.cost.model_id,
            "cloud": row.cost.provider,
            "scope": row.cost.scope,
            "regions": list(row.found.regions),
            "cost_usd": row.amount,
            "partial": bool(row.missing),
            "missing": list(row.missing),
            "percent_over_cheapest": row.over,
            "prices": [
                {
                    "tokens": KINDS[name].name,
                    "usd_per_million": per_million(rate),
                    "sku_id": _sku_id(rate),
                    "since": utc_text(rate.effective_time)[:10] if rate.effective_time else None,
                }
                for name, rate in row.rates.items()
            ],
            "source": self.source_of(row),
        }

    def csv_rows(self) -> Iterator[dict[str, str | None]]:
        """A row for each model, cloud, scope and region; a cost that lacks a price stays empty."""
        for row in self.rows:
            prices = {KINDS[name].column: per_million(row.rates.get(name)) for name in self.amounts}
            for region in row.found.regions:
                yield {
                    "region": region,
                    "thing": row.cost.model_id,
                    "price_usd": None if row.missing else row.amount,
                    "per": self.tokens,
                    "percent_over_cheapest": row.over,
                    "note": "; ".join(row.missing),
                    "cloud": row.cost.provider,
                    "scope": row.cost.scope,
                    "tier": self.wanted.tier,
                    "context": self.wanted.context,
                    **prices,
                    "since": row.since,
                    "source": self.source_of(row),
                }


def compared_models(things: Sequence[Thing], sent: QueryDict, snapshot: Snapshot) -> ComparedModels | None:
    """What the tokens of an address cost at the models among things; None if there are none.

    Args:
        things: of which some have a `model`.
        sent: the address.
        snapshot: the present.

    Returns:
        A row for each model, cloud, scope and price. Takes two queries.

    Raises:
        InvalidArgumentError: an argument cannot be used.
    """
    named = {each.question: each.model for each in things if each.model}
    if not named:
        return None
    wanted = read(TokensArguments, sent, {name: name for name in TokensArguments.model_fields})
    amounts = wanted.amounts()
    used = {wanted.use(name): amount for name, amount in amounts.items()}
    only = {(model.model_id or "", model.cloud) for model in named.values()}
    rates = rates_of_models([model_id for model_id, _ in only], snapshot)
    found = costs_by_region(used, rates.values(), only)
    unsold = {
        question: Thing(question, left=Open(_why_unsold(model, rates, wanted)), model=model)
        for question, model in named.items()
        if not any(_is_of(each.cost, model) for each in found)
    }
    is_sample = snapshot.latest is not None and snapshot.latest.source == SAMPLE
    source = "bundled sample" if is_sample else "list price"
    return ComparedModels(wanted, amounts, _rows(found, amounts, wanted), source, unsold)


def _is_of(cost: ModelCost, model: ModelName) -> bool:
    return cost.model_id == model.model_id and model.cloud in (None, cost.provider)


def _rows(
    found: Sequence[CostInRegions], amounts: Mapping[str, Decimal], wanted: TokensArguments
) -> list[ModelRow]:
    arguments = {wanted.use(name): name for name in amounts}
    whole = [each.cost.cost for each in found if not each.cost.missing and each.cost.cost is not None]
    return [
        ModelRow(
            each,
            {arguments[use]: rate for use, rate in each.cost.rates.items()},
            [_why_missing(use, arguments[use], each.cost) for use in each.cost.missing],
            None if each.cost.missing else percent_over(each.cost.cost, min(whole)),
        )
        for each in found
    ]


def _why_missing(use: TokenUse, argument: str, cost: ModelCost) -> str:
    reason = "SKUs disagree in the price of" if use in cost.disputed else "no price of"
    return f"{reason} {KINDS[argument].name}"


def _why_unsold(model: ModelName, rates: Mapping[str, ModelRates], wanted: TokensArguments) -> str:
    """Why a model has no row: what its cloud lists of it instead, if anything."""
    own = rates.get(model.model_id or "", ModelRates(())).rates
    here = [each.counted for each in own if model.cloud in (None, each.counted.provider)]
    whose = CLOUDS[model.cloud] if model.cloud else "any cloud"
    tiers = sorted(
        {f"{each.tier} {each.context or ''}".strip() for each in here if is_plain(each) and each.tier}
    )
    if tiers:
        asked = "" if wanted.context == "short" else " for long contexts"
        return f"{model.model_id} has no {wanted.tier} price{asked} on {whose}. It has {', '.join(tiers)}."
    clouds = sorted({CLOUDS[each.counted.provider] for each in own})
    others = f" It is listed on {' and '.join(clouds)}." if clouds else ""
    return (
        f"The price lists in this catalog have no price of the tokens of {model.model_id} on {whose}.{others}"
    )
