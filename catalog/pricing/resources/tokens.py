"""Models whose price depends on the cloud: which cloud, scope and region is meant, and the SKU of each part.

What prices differ by is asked, never chosen: the cloud always, the scope and the region if the price of any
part differs between them. A part without a price stays missing, and so does one whose SKUs disagree.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from catalog.offers.resources.bill import Choice, ModelUse, Part, Tokens
from catalog.offers.resources.model_clouds import GCP
from catalog.places import Place, read_place
from catalog.pricing.answers import utc_text
from catalog.pricing.decimals import EXACT
from catalog.pricing.list_prices import Snapshot, look_up
from catalog.pricing.model_rates import EVERYWHERE, ModelRate, ModelRates, RateConflict, rates_of
from catalog.pricing.resources.composed import Component, Composed
from catalog.pricing.resources.offers import offers_of
from catalog.pricing.resources.parts import ON_DEMAND, texts_of
from catalog.pricing.resources.wanted import Wanted

CLOUD_NAMES = {"aws": "AWS", "azure": "Azure", "gcp": "Google Cloud"}
LONG = "long"


@dataclass(frozen=True, slots=True)
class _Option:
    """One way to buy the tokens: a scope in a region, with the rate of each part, None if it has none."""

    scope: str | None
    region: str
    rates: tuple[ModelRate | None, ...]
    conflicts: tuple[RateConflict, ...] = ()

    @property
    def prices(self) -> tuple[Decimal | None, ...]:
        return tuple(rate.price if rate else None for rate in self.rates)

    @property
    def count(self) -> int:
        return sum(rate is not None for rate in self.rates)


@dataclass(frozen=True, slots=True)
class Resolved:
    """Models by their position: what those are that are priced here; the others are left to Google's SKUs."""

    composed: Mapping[int, Composed]
    others: Mapping[int, Wanted]


def resolve_models(wanted: Sequence[Wanted], snapshot: Snapshot) -> Resolved:
    """Price the models among resources.

    Args:
        wanted: resources of any kind.
        snapshot: the time whose prices apply.

    Returns:
        By their positions, the models as they are composed, and all else, whose SKUs are found by facts.
        Takes a query for each model that may be on a cloud other than Google's.
    """
    composed: dict[int, Composed] = {}
    others: dict[int, Wanted] = {}
    for position, each in enumerate(wanted):
        found = _resolved(each, each.bill.model, snapshot) if each.bill.model else each
        if isinstance(found, Composed):
            composed[position] = found
        else:
            others[position] = found
    return Resolved(composed, others)


def _resolved(wanted: Wanted, use: ModelUse, snapshot: Snapshot) -> Wanted | Composed:
    if wanted.bill.choices:
        return Composed(wanted)
    by_facts = use.by_facts and not use.scope and _has_offers(wanted, snapshot)
    if use.clouds == (GCP,) and by_facts:
        return wanted
    rates = rates_of(snapshot, model_id=use.model_id)
    options = {cloud: _options(rates, cloud, use) for cloud in use.clouds if cloud != GCP or not by_facts}
    sold = [cloud for cloud in use.clouds if options.get(cloud) or (cloud == GCP and by_facts)]
    here = _of_region(sold, options, wanted, by_facts=by_facts)
    if len(here) > 1:
        return Composed(wanted.with_choices([Choice("cloud", tuple(here), "Which cloud?")]))
    if here and here[0] in options:
        return _composed(_on_cloud(wanted, use, here[0]), options[here[0]], rates, snapshot)
    is_of_google = bool(here) or (use.by_facts and use.clouds == (GCP,) and not sold)
    return wanted if is_of_google else _not_sold(wanted, options, rates, use)


def _has_offers(wanted: Wanted, snapshot: Snapshot) -> bool:
    texts = {text: None for part in wanted.bill.parts for text in texts_of(part, ON_DEMAND)}
    return any(offers_of(texts, snapshot).values())


def _on_cloud(wanted: Wanted, use: ModelUse, cloud: str) -> Wanted:
    return replace(wanted, bill=replace(wanted.bill, resource=f"{use.model_id}-on-{cloud}"))


def region_of(wanted: Wanted) -> str | None:
    """The region that is named, in lower case and without blanks, as AWS and Azure spell theirs."""
    if wanted.place is None:
        return None
    return "".join((wanted.request.region or wanted.place.label).lower().split())


def _of_region(
    sold: Sequence[str], options: Mapping[str, Sequence[_Option]], wanted: Wanted, *, by_facts: bool
) -> list[str]:
    """The clouds that sell it in the region that is named; all if none is."""
    region = region_of(wanted)
    if region is None:
        return list(sold)
    return [
        cloud
        for cloud in sold
        if any(_is_in(each, region) for each in options.get(cloud, ()))
        or (cloud == GCP and by_facts and read_place(region) is not None)
    ]


def _is_in(option: _Option, region: str) -> bool:
    return option.region in (region, EVERYWHERE)


def _options(rates: ModelRates, cloud: str, use: ModelUse) -> list[_Option]:
    """The ways to buy what is wanted on a cloud, with any of its parts."""
    fitting = [each for each in rates.rates if _fits(each, cloud, use)]
    disputed = [each for each in rates.conflicts if _fits(each, cloud, use)]
    scopes = {each.counted.scope for each in fitting} | {each.counted.scope for each in disputed}
    if use.scope:
        scopes &= {use.scope}
    if len(scopes) > 1:
        # Which of the others one is that names none, nobody can tell.
        scopes.discard(None)
    found = [
        option
        for scope in sorted(scopes, key=str)
        for option in _in_regions(
            scope,
            [each for each in fitting if each.counted.scope == scope],
            [each for each in disputed if each.counted.scope == scope and _is_wanted(each, use)],
            use,
        )
    ]
    return [each for each in found if each.count or each.conflicts]


def _in_regions(
    scope: str | None, rates: Sequence[ModelRate], conflicts: Sequence[RateConflict], use: ModelUse
) -> Iterator[_Option]:
    """The ways to buy in one scope; what is listed for everywhere holds in each region."""
    regions = {each.region for each in rates} | {each.region for each in conflicts}
    for region in sorted(regions - {EVERYWHERE} or regions):
        near = {region, EVERYWHERE}
        own = [each for each in rates if each.region in near]
        clash = tuple(each for each in conflicts if each.region in near)
        parts = [_rate(own, counted, region) for counted in use.counted]
        yield _Option(scope, region, _without(parts, clash), clash)


def _fits(each: ModelRate | RateConflict, cloud: str, use: ModelUse) -> bool:
    counted = each.counted
    contexts = (LONG,) if use.context == LONG else (None, "short")
    plain = counted.modality == "text" and not counted.variant
    return plain and counted.provider == cloud and counted.tier == use.tier and counted.context in contexts


def _is_wanted(conflict: RateConflict, use: ModelUse) -> bool:
    return any(_counts(conflict, counted) for counted in use.counted)


def _counts(each: ModelRate | RateConflict, counted: Tokens) -> bool:
    return (each.counted.direction, each.counted.cache) == counted


def _without(
    rates: Iterable[ModelRate | None], conflicts: Sequence[RateConflict]
) -> tuple[ModelRate | None, ...]:
    """The rates without those of which other SKUs say something else."""
    wrong = [each.counted for each in conflicts]
    return tuple(None if rate and rate.counted in wrong else rate for rate in rates)


def _rate(rates: Iterable[ModelRate], counted: Tokens, region: str) -> ModelRate | None:
    """The rate of a part: that of the region before one of everywhere, one that names its context first."""
    own = [each for each in rates if _counts(each, counted)]
    own.sort(key=lambda each: (each.region != region, each.counted.context is None))
    return own[0] if own else None


def _composed(wanted: Wanted, options: Sequence[_Option], rates: ModelRates, snapshot: Snapshot) -> Composed:
    region = region_of(wanted)
    here = [each for each in options if region is None or _is_in(each, region)]
    most = max(each.count for each in here)
    best = [each for each in here if each.count == most]
    if choices := _choices(best):
        return Composed(wanted.with_choices(choices))
    option = best[0]
    is_anywhere = region is None and len({each.region for each in best}) > 1
    place = wanted.place or (None if is_anywhere else _place(option.region))
    notes = [*wanted.bill.notes, *_notes(wanted, option, rates, best)]
    wanted = replace(wanted, place=place, bill=replace(wanted.bill, notes=tuple(notes)))
    found = [
        _component(*pair, wanted, snapshot) for pair in zip(wanted.bill.parts, option.rates, strict=True)
    ]
    components = tuple(each for each in found if each)
    missing = tuple(part.name for part, each in zip(wanted.bill.parts, found, strict=True) if not each)
    on_demand = tuple(each.part.name for each in components if each.term != wanted.term)
    return Composed(wanted, components, missing, on_demand, lacks_main=bool(missing), reason=_clash([option]))


def _choices(options: Sequence[_Option]) -> list[Choice]:
    """The scope and the region, where prices differ by them."""
    by_scope: defaultdict[str, dict[tuple[Decimal | None, ...], str]] = defaultdict(dict)
    for each in options:
        by_scope[each.scope or ""].setdefault(each.prices, each.region)
    prices = {price for each in by_scope.values() for price in each}
    if len(prices) <= 1:
        return []
    choices = []
    if len(by_scope) > 1:
        choices.append(Choice("scope", tuple(sorted(by_scope)), "Which scope: in the region, geo or global?"))
    if any(len(each) > 1 for each in by_scope.values()):
        regions = sorted({each.region for each in options})
        choices.append(Choice("region", tuple(regions), "Which region?"))
    return choices


def _place(region: str) -> Place | None:
    return None if region == EVERYWHERE else Place(region, (region,))


def _component(part: Part, rate: ModelRate | None, wanted: Wanted, snapshot: Snapshot) -> Component | None:
    if rate is None:
        return None
    sku_id = rate.sku_ids[0]
    listing = look_up([sku_id], snapshot)[sku_id]
    if listing.list_price is None:
        return None
    quantity = EXACT.multiply(part.quantity, wanted.request.quantity)
    return Component(part, listing, listing.list_price, quantity, ON_DEMAND)


def _notes(wanted: Wanted, option: _Option, rates: ModelRates, options: Sequence[_Option]) -> Iterator[str]:
    """Whose prices they are, since when, and what was taken for granted."""
    found = [rate for rate in option.rates if rate]
    use = wanted.bill.model
    if found and use:
        of = found[0].counted
        where = f" in {option.region}" if option.region != EVERYWHERE else ""
        scope = f", scope {option.scope}" if option.scope else ""
        yield f"{CLOUD_NAMES[of.provider]}'s list price{where}{scope}, tier {use.tier}, {_since(found)}."
        regions = {each.region for each in options}
        if len(regions) > 1 and not wanted.place:
            yield f"It is the same in all {len(regions)} regions that list it."
        if use.context is None and any(_is_long(each, of.provider, use) for each in rates.rates):
            yield "Prompts of a short context, as no context is named; send context long for others."
    if clash := _clash([option]):
        yield clash


def _since(rates: Sequence[ModelRate]) -> str:
    times = sorted({each.effective_time for each in rates if each.effective_time})
    if not times:
        return "since when is not known"
    first, last = utc_text(times[0])[:10], utc_text(times[-1])[:10]
    return f"since {first}" if first == last else f"since {first} to {last}"


def _is_long(rate: ModelRate, cloud: str, use: ModelUse) -> bool:
    return rate.counted.provider == cloud and rate.counted.tier == use.tier and rate.counted.context == LONG


def _clash(options: Iterable[_Option]) -> str | None:
    """Which SKUs list several prices for one thing, so that none is used."""
    found = [conflict for each in options for conflict in each.conflicts]
    if not found:
        return None
    ids = [sku_id for same in found[0].sku_ids.values() for sku_id in same]
    return f"SKUs {' and '.join(ids)} list different prices for one thing, so none is used."


def _not_sold(
    wanted: Wanted, options: Mapping[str, Sequence[_Option]], rates: ModelRates, use: ModelUse
) -> Composed:
    """A model that no cloud sells so: where it is sold instead, or that no price of it is listed at all."""
    regions = sorted({each.region for own in options.values() for each in own})
    missing = tuple(part.name for part in wanted.bill.parts)
    if not wanted.place:
        regions = []
    tiers = sorted(
        {
            f"{each.counted.tier}{' long' if each.counted.context == LONG else ''}"
            for each in rates.rates
            if each.counted.provider in use.clouds and each.counted.tier
        }
    )
    wanted_so = f"{use.tier}{' long' if use.context == LONG else ''}"
    where = " or ".join(CLOUD_NAMES[cloud] for cloud in use.clouds)
    has = f"It has {', '.join(tiers)}." if tiers else "It has none at all."
    reason = f"{where} lists no {wanted_so} price of its {', '.join(missing)}. {has}"
    if use.scope:
        reason += f" The scope asked for is {use.scope}."
    return Composed(wanted, missing=missing, sold_in=tuple(regions), lacks_main=True, reason=reason)
