"""What resources are made of, and what each costs in each usage type and region."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from catalog.errors import CatalogError
from catalog.offers.resources.bill import Bill
from catalog.offers.resources.machines import is_machine, machine_named
from catalog.offers.resources.read import read_bill
from catalog.offers.resources.request import HOURS_PER_MONTH, ResourceRequest
from catalog.offers.resources.series import sustained_use
from catalog.offers.resources.terms import AS_WORDS, USAGE_TYPES
from catalog.places import Place, read_place
from catalog.pricing.answers import (
    Choice,
    CommitmentRow,
    HourAndMonth,
    PartRow,
    RegionRow,
    ResourceDetails,
    ResourceExample,
    Shape,
    SustainedUseRow,
    UnknownName,
)
from catalog.pricing.availability import GLOBAL
from catalog.pricing.decimals import plain
from catalog.pricing.list_prices import Snapshot
from catalog.pricing.resources.components import ON_DEMAND, Composed, compose, sold_regions
from catalog.pricing.resources.discounts import rate_text
from catalog.pricing.resources.rates import Rate, rate_of
from catalog.pricing.resources.rows import COMMITTED, listed, some_of
from catalog.pricing.resources.wanted import Wanted

# Rows of regions in an answer, shared evenly between the resources.
MAX_ROWS = 60


@dataclass(frozen=True, slots=True)
class Described:
    """The resources in the order of their names, and the names that are none."""

    resources: Sequence[ResourceDetails]
    unknown: Sequence[UnknownName]


@dataclass(slots=True)
class _Offered:
    """A resource with what it is in each region and term, if it is sold there in any way."""

    bill: Bill
    composed: list[Composed] = field(default_factory=list)


def describe(names: Sequence[str], snapshot: Snapshot) -> Described:
    """Show resources in full.

    Args:
        names: names of resources, as gcloud writes them.
        snapshot: the time whose prices are shown.

    Returns:
        Each resource with its parts, rules and prices in USD, and the names that are none with the nearest.
        Takes two queries, or one if the offers are in memory.
    """
    bills: dict[str, Bill] = {}
    unknown: list[UnknownName] = []
    for name in dict.fromkeys(names):
        try:
            bill = read_bill(ResourceRequest(resource=name))
            bills.setdefault(bill.resource, bill)
        except CatalogError as error:
            message = f"{error.message} {error.hint}" if error.code != "not_found" else error.message
            unknown.append({"resource": name, "message": message, "candidates": error.candidates})
    offered = _offered(bills.values(), snapshot)
    rows = MAX_ROWS // max(1, len(offered))
    return Described([_resource(each, rows) for each in offered], unknown)


def _offered(bills: Iterable[Bill], snapshot: Snapshot) -> list[_Offered]:
    found = {bill.resource: _Offered(bill) for bill in bills}
    wanted = [
        Wanted(ResourceRequest(resource=each.bill.resource), each.bill, None, term)
        for each in found.values()
        for term in USAGE_TYPES
        if not each.bill.choices
    ]
    somewhere = [
        Wanted(each.request, each.bill, read_place(region), each.term)
        for each, regions in zip(wanted, sold_regions(wanted, snapshot), strict=True)
        for region in regions
    ]
    for composed in compose(somewhere, snapshot) if somewhere else ():
        if _is_bought_so(composed):
            found[composed.wanted.bill.resource].composed.append(composed)
    return list(found.values())


def _is_bought_so(composed: Composed) -> bool:
    """Whether any part is bought by the wanted term: a disk has no commitment."""
    return any(component.term == composed.wanted.term for component in composed.components)


def _resource(offered: _Offered, most_rows: int) -> ResourceDetails:
    bill = offered.bill
    prices = _prices(offered.composed)
    choices: list[Choice] = [
        {"attribute": choice.attribute, "values": list(choice.values), "ask": choice.ask}
        for choice in bill.choices
    ]
    return {
        "resource": bill.resource,
        "shape": _shape(bill.resource),
        "parts": [_part_row(bill, number) for number in range(len(bill.parts))],
        "sustained_use": _sustained_use(bill),
        "commitments": [*_commitments(offered)],
        "prices": prices[:most_rows],
        "more_regions": max(0, len(prices) - most_rows),
        "not_included": list(bill.not_included),
        "ambiguous_in": choices or None,
        "notes": [*bill.notes, *_notes(offered, prices)],
        "example": _example(bill.resource, prices),
    }


def _shape(name: str) -> Shape | None:
    if not is_machine(name):
        return None
    machine = machine_named(name)
    return {
        "vcpus": plain(machine.vcpus),
        "memory_gib": plain(machine.memory),
        "gpu": machine.gpu,
        "gpus": int(machine.gpus),
        "local_ssd_gib": None if machine.local_ssd is None else plain(machine.local_ssd),
    }


def _part_row(bill: Bill, number: int) -> PartRow:
    part = bill.parts[number]
    return {
        "part": part.name,
        "quantity": plain(part.quantity),
        "unit": part.unit,
        "per": part.time.value,
    }


def _sustained_use(bill: Bill) -> list[SustainedUseRow]:
    parts: defaultdict[str, list[str]] = defaultdict(list)
    for part in bill.parts:
        if part.sustained_use:
            parts[part.sustained_use].append(part.name)
    return [
        {"parts": names, "rate": rate_text(name, HOURS_PER_MONTH), "source": sustained_use(name).source}
        for name, names in parts.items()
    ]


def _commitments(offered: _Offered) -> Iterator[CommitmentRow]:
    for term in COMMITTED:
        bought = [each for each in offered.composed if each.wanted.term == term]
        covered = {part.part.name for each in bought for part in each.components if part.term == term}
        on_demand = {part.part.name for each in bought for part in each.components if part.term != term}
        if covered:
            names = [part.name for part in offered.bill.parts]
            yield {
                "usage_type": USAGE_TYPES[term],
                "covers": [name for name in names if name in covered],
                "on_demand": [name for name in names if name in on_demand],
            }


def _prices(composed: Iterable[Composed]) -> list[RegionRow]:
    """A row for each region where the resource has a price, the cheapest on demand first."""
    found: dict[str, dict[str, Rate]] = {}
    for each in composed:
        if rate := rate_of(each):
            region = each.wanted.place.label if each.wanted.place else GLOBAL
            found.setdefault(region, {})[USAGE_TYPES[each.wanted.term]] = rate
    on_demand = USAGE_TYPES[ON_DEMAND]

    def order(region: str) -> tuple[bool, Decimal, str]:
        rates = found[region]
        cheapest = rates.get(on_demand) or min(rates.values(), key=lambda rate: rate.month)
        return on_demand not in rates, cheapest.month, region

    return [_region_row(region, found[region]) for region in sorted(found, key=order)]


def _region_row(region: str, rates: dict[str, Rate]) -> RegionRow:
    return {
        "region": region,
        "OnDemand": _cell(rates.get("OnDemand")),
        "Preemptible": _cell(rates.get("Preemptible")),
        "Commit1Yr": _cell(rates.get("Commit1Yr")),
        "Commit3Yr": _cell(rates.get("Commit3Yr")),
    }


def _cell(rate: Rate | None) -> HourAndMonth | None:
    if rate is None:
        return None
    return {"hour": None if rate.hour is None else plain(rate.hour), "month": plain(rate.month)}


def _notes(offered: _Offered, prices: Sequence[RegionRow]) -> Iterator[str]:
    """Why a price is null though most of the resource is sold, and why there is none at all."""
    bill = offered.bill
    lacking: defaultdict[tuple[tuple[str, ...], str], list[str]] = defaultdict(list)
    for each in offered.composed:
        if each.missing and each.wanted.place:
            lacking[each.missing, each.wanted.term].append(each.wanted.place.label)
    for (missing, term), regions in lacking.items():
        yield (
            f"No price {AS_WORDS[term]} in {some_of(regions)}: the catalog has none of its {listed(missing)}."
        )
    if bill.unknown:
        yield f"No source says how large its {listed(bill.unknown)} is, so it has no whole price."
    if not prices and not lacking and not bill.choices:
        yield "The catalog has no price of it in any region."


def _example(name: str, prices: Sequence[RegionRow]) -> ResourceExample | None:
    """A calculate call for one of the resource where it is cheapest."""
    if not prices:
        return None
    region = prices[0]["region"]
    place: Place | None = read_place(region)
    return {"items": [{"resource": name, "region": region} if place else {"resource": name}]}
