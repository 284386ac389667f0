"""Models, whose price depends on the cloud: which cloud, scope and region is meant, and the SKU of each part.

What prices differ by is asked, never chosen: the cloud always, the scope, host and region if the price of any
part differs between them. A part without a price stays missing, and so does one whose SKUs disagree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from catalog.nearest import closest
from catalog.offers.resources.bill import UNSPECIFIED, Choice, ModelUse, Part
from catalog.offers.resources.model_aliases import ids_meant_by, words_of_name
from catalog.offers.resources.model_clouds import model_ids
from catalog.places import Place
from catalog.pricing.answers import utc_text
from catalog.pricing.decimals import EXACT
from catalog.pricing.list_prices import Snapshot, look_up
from catalog.pricing.model_rate import ANYWHERE, EVERYWHERE, UNSAID, ModelRate, ModelRates, RateSource
from catalog.pricing.model_rates import every_rate, rates_of
from catalog.pricing.resources.community_listing import community_listing
from catalog.pricing.resources.composed import Component, Composed
from catalog.pricing.resources.model_regions import (
    CLOUD_NAMES,
    CloudRegion,
    is_part_of_the_world,
    regions_called,
)
from catalog.pricing.resources.parts import ON_DEMAND
from catalog.pricing.resources.token_options import LONG, WIDE, Option, options_of
from catalog.pricing.resources.wanted import Wanted
from catalog.providers.community import prices as community


@dataclass(frozen=True, slots=True)
class Resolved:
    """Models as they are composed, by their position; the others are no models."""

    composed: Mapping[int, Composed]
    others: Mapping[int, Wanted]


def resolve_models(wanted: Sequence[Wanted], snapshot: Snapshot) -> Resolved:
    """Price the models among resources.

    Args:
        wanted: resources of any kind.
        snapshot: the time whose prices apply.

    Returns:
        By their positions, the models as they are composed, and all else. Takes two queries for each model.
    """
    composed: dict[int, Composed] = {}
    others: dict[int, Wanted] = {}
    for position, each in enumerate(wanted):
        if each.bill.model:
            composed[position] = _resolved(each, each.bill.model, snapshot)
        else:
            others[position] = each
    return Resolved(composed, others)


def _resolved(wanted: Wanted, use: ModelUse, snapshot: Snapshot) -> Composed:
    if wanted.bill.choices:
        return Composed(wanted)
    rates = _rates_of(use, snapshot)
    regions = _regions_of(wanted)
    clouds = [cloud for cloud in use.clouds if cloud in regions or not wanted.place]
    options = {cloud: options_of(rates, cloud, use) for cloud in clouds}
    here = {
        cloud: found
        for cloud, own in options.items()
        if (found := [each for each in own if each.is_in(_codes(regions, cloud), use.scope)])
    }
    if not here:
        if not rates.rates and (others := _others_meant_by(use, snapshot)):
            return Composed(wanted.with_choices([Choice("resource", others, "Which model?")]))
        return _not_sold(wanted, [each for own in options.values() for each in own], rates, use)
    if len(here) > 1:
        return Composed(wanted.with_choices([Choice("cloud", tuple(here), "Which cloud?")]))
    [(cloud, found)] = here.items()
    place = regions[cloud].place if cloud in regions else None
    wanted = replace(_on_cloud(wanted, use, cloud), place=place)
    # The scopes that can be asked for there, such as that of a global endpoint.
    codes = _codes(regions, cloud)
    scopes = {each.scope_name for each in options[cloud] if each.is_in(codes, each.scope)}
    return _composed(wanted, found, sorted(scopes), rates, snapshot)


def _rates_of(use: ModelUse, snapshot: Snapshot) -> ModelRates:
    """The rates of the model; one that the table of names lacks is found by the words of its name."""
    if use.model_id:
        return rates_of(snapshot, model_id=use.model_id)
    words = words_of_name(use.name)
    alike = [name for name in every_rate(snapshot).rates if words_of_name(name) == words]
    return rates_of(snapshot, model_id=alike[0]) if len(alike) == 1 else ModelRates(())


def _others_meant_by(use: ModelUse, snapshot: Snapshot) -> tuple[str, ...]:
    """The models with prices that a name may mean too: "gemini 3" is one without, and the start of others."""
    priced = every_rate(snapshot).rates
    return tuple(name for name in ids_meant_by(use.name) if name in priced and name != use.model_id)


def _on_cloud(wanted: Wanted, use: ModelUse, cloud: str) -> Wanted:
    model = use.model_id or use.name
    resource = f"{model}-on-{cloud}" if len(use.clouds) > 1 or cloud != "gcp" else wanted.bill.resource
    return replace(wanted, bill=replace(wanted.bill, resource=resource))


def _regions_of(wanted: Wanted) -> Mapping[str, CloudRegion]:
    """What the region that is named is on each cloud that has it; nothing if none is named."""
    return regions_called(wanted.request.region or wanted.place.label) if wanted.place else {}


def _codes(regions: Mapping[str, CloudRegion], cloud: str) -> frozenset[str]:
    return regions[cloud].covered_by if cloud in regions else frozenset()


def _composed(
    wanted: Wanted, here: Sequence[Option], scopes: Sequence[str], rates: ModelRates, snapshot: Snapshot
) -> Composed:
    most = max(each.count for each in here)
    best = [each for each in here if each.count == most]
    if wanted.place:
        # Of equal prices, that of the region itself.
        best.sort(key=lambda each: (each.scope in WIDE, each.region in ANYWHERE))
    if choices := _choices(best, scopes) or _wide(wanted, best[0], scopes):
        return Composed(wanted.with_choices(choices))
    option = best[0]
    is_anywhere = not wanted.place and len({each.region for each in best}) > 1
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


def _wide(wanted: Wanted, option: Option, scopes: Sequence[str]) -> list[Choice]:
    """The question for the scope, if a region is named and its only prices are of calls that may leave it."""
    label = wanted.place.label if wanted.place else EVERYWHERE
    is_of_region = label != EVERYWHERE and not is_part_of_the_world(label)
    is_said = wanted.bill.model is None or wanted.bill.model.scope is not None
    return [_which_scope(scopes)] if is_of_region and not is_said and option.scope in WIDE else []


def _which_scope(scopes: Sequence[str]) -> Choice:
    ask = "Which scope: in the region, geo or global?"
    unsaid = f" The price list names no scope of the {UNSPECIFIED} one." if UNSPECIFIED in scopes else ""
    return Choice("scope", tuple(scopes), f"{ask}{unsaid}")


def _choices(options: Sequence[Option], scopes: Sequence[str]) -> list[Choice]:
    """The scope, the host and the region, where prices differ by them."""
    if len({each.prices for each in options}) <= 1:
        return []
    choices = []
    if len({each.scope for each in options}) > 1:
        choices.append(_which_scope(scopes))
    if _differ([(each.scope, each.region) for each in options], options):
        cloud = next(rate.counted.provider for each in options for rate in each.rates if rate)
        hosts = sorted({each.host or cloud for each in options})
        choices.append(Choice("host", tuple(hosts), "Who is to host it?"))
    if _differ([(each.scope, each.host) for each in options], options):
        regions = sorted({each.region for each in options} - {UNSAID})
        choices.append(Choice("region", tuple(regions), "Which region?"))
    return choices


def _differ(alike: Sequence[tuple[str | None, str]], options: Sequence[Option]) -> bool:
    """Whether any of the options that are `alike` have different prices."""
    return len(set(alike)) < len({*zip(alike, (each.prices for each in options), strict=True)})


def _place(region: str) -> Place | None:
    return None if region in ANYWHERE else Place(region, (region,))


def _component(part: Part, rate: ModelRate | None, wanted: Wanted, snapshot: Snapshot) -> Component | None:
    if rate is None:
        return None
    if rate.source is RateSource.COMMUNITY:
        listing = community_listing(rate)
    else:
        listing = look_up(rate.sku_ids[:1], snapshot)[rate.sku_ids[0]]
    if listing.list_price is None:
        return None
    quantity = EXACT.multiply(part.quantity, wanted.request.quantity)
    return Component(part, listing, listing.list_price, quantity, ON_DEMAND, source=rate.source)


def _notes(wanted: Wanted, option: Option, rates: ModelRates, options: Sequence[Option]) -> Iterator[str]:
    """Whose prices they are, since when, and what was taken for granted."""
    found = [rate for rate in option.rates if rate]
    use = wanted.bill.model
    if found and use:
        of = found[0].counted
        yield _whose(found, option, use.tier)
        if wanted.place and option.region == EVERYWHERE:
            yield "The list names no region: it has one price for all."
        regions = {each.region for each in options}
        if len(regions) > 1 and not wanted.place:
            yield f"It is the same in all {len(regions)} regions that list it."
        if use.context is None and any(_is_long(each, of.provider, use) for each in rates.rates):
            yield "Prompts of a short context, as no context is named; send context long for others."
        lifetimes = {each.counted.lifetime for each in found if each.counted.cache == "Write"}
        yield from (f"Cache writes are of {each}." for each in sorted(lifetimes - {"", "5m", "1h"}))
    if clash := _clash([option]):
        yield clash


def _whose(rates: Sequence[ModelRate], option: Option, tier: str) -> str:
    cloud = CLOUD_NAMES[rates[0].counted.provider]
    where = f" in {option.region}" if option.region not in ANYWHERE else ""
    scope = f", scope {option.scope}" if option.scope else ""
    host = f", hosted by {option.host.capitalize()}" if option.host else ""
    if rates[0].source is RateSource.COMMUNITY:
        unsaid = "" if option.region else " It names no region: the price there may differ."
        return (
            f"Not {cloud}'s word, as the catalog has no price of {cloud}'s for this model: a community's list"
            f" ({community.source().words}){where}{scope}{host}, tier {tier}.{unsaid}"
        )
    return f"{cloud}'s list price{where}{scope}{host}, tier {tier}, {_since(rates)}."


def _since(rates: Sequence[ModelRate]) -> str:
    times = sorted({each.effective_time for each in rates if each.effective_time})
    if not times:
        return "since when is not known"
    first, last = (_day(time) for time in (times[0], times[-1]))
    return f"since {first}" if first == last else f"since {first} to {last}"


def _day(time: datetime) -> str:
    return utc_text(time)[:10]


def _is_long(rate: ModelRate, cloud: str, use: ModelUse) -> bool:
    return rate.counted.provider == cloud and rate.counted.tier == use.tier and rate.counted.context == LONG


def _clash(options: Iterable[Option]) -> str | None:
    """Which SKUs list several prices for one thing, so that none is used."""
    found = [conflict for each in options for conflict in each.conflicts]
    if not found:
        return None
    ids = [sku_id for same in found[0].sku_ids.values() for sku_id in same]
    return f"SKUs {' and '.join(ids)} list different prices for one thing, so none is used."


def _not_sold(wanted: Wanted, options: Sequence[Option], rates: ModelRates, use: ModelUse) -> Composed:
    """A model that no cloud sells so: where or how it is sold instead, or that no price is listed at all."""
    missing = tuple(part.name for part in wanted.bill.parts)
    regions = tuple(sorted({each.region for each in options}.difference(ANYWHERE))) if wanted.place else ()
    wide = sorted({each.scope for each in options if each.scope in WIDE and each.region in ANYWHERE})
    reason = (
        f"its price for {wanted.place.label} is not listed, only that of scope {' or '.join(wide)}, which has"
        " no region: send that scope to have it."
        if wanted.place and wide
        else _why_not_listed(missing, rates, use)
    )
    return Composed(wanted, missing=missing, sold_in=regions, lacks_main=True, reason=reason)


def _why_not_listed(missing: Sequence[str], rates: ModelRates, use: ModelUse) -> str:
    tiers = sorted(
        {
            f"{each.counted.tier}{' long' if each.counted.context == LONG else ''}"
            for each in rates.rates
            if each.counted.provider in use.clouds and each.counted.tier
        }
    )
    wanted_so = f"{use.tier}{' long' if use.context == LONG else ''}"
    where = " or ".join(CLOUD_NAMES[cloud] for cloud in use.clouds)
    if not use.model_id and not rates.rates:
        near = ", ".join(closest(use.name, model_ids()))
        return f"no list has a model of this name.{f' The nearest are {near}.' if near else ''}"
    has = f"It has {', '.join(tiers)}." if tiers else "It has none at all."
    asked = {"scope": use.scope, "host": use.host}
    told = " and the ".join(f"{argument} asked for is {value}" for argument, value in asked.items() if value)
    reason = f"{where} lists no {wanted_so} price of its {', '.join(missing)}. {has}"
    return f"{reason} The {told}." if told else reason
