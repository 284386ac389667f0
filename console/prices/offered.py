"""What things cost in all regions, as the columns of a comparison."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.urls import reverse

from catalog.offers.resources.read import read_bill
from catalog.offers.resources.request import ResourceRequest
from catalog.offers.resources.terms import USAGE_TYPES
from catalog.pricing.decimals import plain
from catalog.pricing.list_prices import Snapshot
from catalog.pricing.resources import offers
from catalog.pricing.resources.by_region import RegionQuotes, quotes_by_region
from catalog.pricing.resources.parts import ON_DEMAND
from catalog.pricing.resources.wanted import Wanted
from catalog.pricing.sku_ids import normalize
from catalog.search.siblings import EVERY_TERM, Siblings, siblings
from console.prices.names import shared_name
from console.prices.regions import HEADINGS, cheapest_offer, percent_over
from console.prices.things import SKU_ID, Thing, facts_of

MONTH = "month of 730 hours"


@dataclass(frozen=True, slots=True)
class Price:
    """What a thing costs somewhere, where that leads, and what the SKU there is called."""

    amount: Decimal
    note: str = ""
    sku_id: str | None = None
    name: str | None = None

    @property
    def text(self) -> str:
        return plain(self.amount)


@dataclass(frozen=True)
class Offered:
    """A column: a thing bought in one way, with its price in each region that sells it so.

    `name` is what the question was read as, for a SKU what it is called in all its places; `label` is what to
    call it.
    """

    thing: Thing
    label: str
    name: str
    href: str
    term: str
    per: str
    prices: Mapping[str, Price]

    @property
    def usage_type(self) -> str:
        return USAGE_TYPES[self.term]

    @property
    def bought(self) -> str:
        return HEADINGS[self.term]

    @cached_property
    def cheapest(self) -> tuple[str, Price] | None:
        """The region where it costs the least, the first of several by name."""
        if not self.prices:
            return None
        region = min(self.prices, key=lambda each: (self.prices[each].amount, each))
        return region, self.prices[region]

    @property
    def as_cheap(self) -> int:
        """How many other regions are as cheap as the cheapest."""
        least = self.cheapest
        return sum(price.amount == least[1].amount for price in self.prices.values()) - 1 if least else 0

    def over(self, region: str) -> str | None:
        """How many percent dearer it is there than where it is cheapest."""
        least = self.cheapest
        price = self.prices.get(region)
        return percent_over(price.amount, least[1].amount) if price and least else None


def columns_of(
    things: Sequence[Thing], term: str | None, snapshot: Snapshot, *, is_alone: bool
) -> list[Offered]:
    """The columns of things.

    Args:
        things: resources and SKUs.
        term: how they are bought; None for what each question says, else on demand.
        snapshot: the present.
        is_alone: whether there is one question, whose thing has a column for each way to buy it.

    Returns:
        A column for each thing. SKUs take one query together, and resources two.
    """
    ids = [each.sku_id for each in things if each.sku_id]
    terms = EVERY_TERM if is_alone else (term,) if term else ()
    beside = _skus_of_machines(things, term, snapshot)
    found = siblings(ids, snapshot, beside, terms) if ids else {}
    asked = [
        (thing, each)
        for thing in things
        for each in ([*USAGE_TYPES] if is_alone else [term or _own_term(thing, found)])
    ]
    wanted = [_wanted(thing.request, each) for thing, each in asked if thing.request]
    quoted = iter(quotes_by_region(wanted, snapshot))
    return [
        _column_of_sku(thing, each, found[thing.sku_id])
        if thing.sku_id
        else _column_of_resource(thing, each, next(quoted))
        for thing, each in asked
    ]


def _skus_of_machines(things: Sequence[Thing], term: str | None, snapshot: Snapshot) -> set[str]:
    """The SKUs whose prices the resources among things need; none if these take a query to find."""
    facts = [
        text
        for each in things
        if each.request
        for text in facts_of([each.request], term or each.term or ON_DEMAND)
    ]
    if snapshot.state is None or offers.unread(facts, snapshot):
        return set()
    return {offer.sku_id for found in offers.offers_of(facts, snapshot).values() for offer in found}


def _own_term(thing: Thing, found: Mapping[str, Siblings]) -> str:
    """How a thing is bought if the page does not say."""
    return thing.term or (found[thing.sku_id].term if thing.sku_id else None) or ON_DEMAND


def _wanted(request: ResourceRequest, term: str) -> Wanted:
    return Wanted(request, read_bill(request), None, term)


def _column_of_resource(thing: Thing, term: str, quoted: RegionQuotes) -> Offered:
    request = thing.request or ResourceRequest(resource="")
    name = (
        f"{request.resource} with {request.gpu_count or 1} {request.gpu}" if request.gpu else request.resource
    )
    costs = {region: Price(each.rate.month, each.note) for region, each in quoted.items() if each.rate}
    return Offered(thing, name, name, reverse("machine", args=[request.resource]), term, MONTH, costs)


def _column_of_sku(thing: Thing, term: str, offered: Siblings) -> Offered:
    sku_id = thing.sku_id or ""
    listings = [each for terms in offered.by_region.values() for each in terms.get(offered.term or "", ())]
    own = next((each for each in listings if each.sku.pk == sku_id), None)
    name = shared_name(own.sku.display_name, {each.sku.display_name for each in listings}) if own else sku_id
    found = {region: cheapest_offer(terms.get(term, ())) for region, terms in offered.by_region.items()}
    costs = {
        region: Price(Decimal(offer.amount), "in tiers" if offer.tiered else "", offer.sku_id, offer.name)
        for region, offer in found.items()
        if offer
    }
    per = own.list_price.usage_unit.description if own and own.list_price else ""
    label = name if SKU_ID.fullmatch(normalize(thing.question)) else thing.question
    return Offered(thing, label, name, reverse("sku", args=[sku_id]), term, per, costs)
