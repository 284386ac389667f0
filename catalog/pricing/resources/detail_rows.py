"""A resource with its prices in its regions, as a row of the answer of details."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from catalog.offers.resources.bill import Bill
from catalog.offers.resources.machines import is_machine, machine_named
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
)
from catalog.pricing.availability import GLOBAL
from catalog.pricing.decimals import plain
from catalog.pricing.resources.composed import Composed
from catalog.pricing.resources.discounts import rate_text
from catalog.pricing.resources.free_usage import free_usage
from catalog.pricing.resources.parts import ON_DEMAND
from catalog.pricing.resources.rates import Rate, rate_of
from catalog.pricing.resources.rows import COMMITTED, listed, some_of
from catalog.pricing.resources.wanted import Wanted


@dataclass(slots=True)
class Offered:
    """A resource with the regions that sell it by term, and what it is in those that are priced."""

    bill: Bill
    regions: dict[str, list[str]] = field(default_factory=dict)
    composed: list[Composed] = field(default_factory=list)
    _rates: dict[tuple[str, str], Rate | None] = field(default_factory=dict)

    def rate(self, composed: Composed) -> Rate | None:
        """The rate of one of `composed`, worked out once."""
        key = (_region_of(composed), composed.wanted.term)
        if key not in self._rates:
            self._rates[key] = rate_of(composed)
        return self._rates[key]

    @property
    def everywhere(self) -> list[str]:
        """All regions that sell it in any way."""
        return list(dict.fromkeys(region for regions in self.regions.values() for region in regions))

    def wanted(self, term: str, regions: Iterable[str]) -> Iterator[Wanted]:
        """The resource in those of the regions that sell it by this term."""
        request = ResourceRequest(resource=self.bill.resource)
        sold = set(self.regions.get(term, ()))
        return (Wanted(request, self.bill, read_place(each), term) for each in regions if each in sold)

    def cheapest_first(self) -> list[str]:
        """Its regions, the cheapest on demand first."""
        on_demand = [each for each in self.composed if each.wanted.term == ON_DEMAND]
        rates = {_region_of(each): rate.month for each in on_demand if (rate := self.rate(each))}
        dearest = max(rates.values(), default=Decimal(0))
        return sorted(
            self.everywhere, key=lambda region: (region not in rates, rates.get(region, dearest), region)
        )

    def put_in_order(self, shown: Sequence[str]) -> None:
        """Order what is priced by term, and within the others than on demand as the regions are shown."""
        terms, places = [*USAGE_TYPES], {region: place for place, region in enumerate(shown)}

        def order(each: Composed) -> tuple[int, int]:
            term = each.wanted.term
            return terms.index(term), 0 if term == ON_DEMAND else places[_region_of(each)]

        self.composed.sort(key=order)


def details_row(offered: Offered, shown: Sequence[str]) -> ResourceDetails:
    """The row of a resource with its prices in the regions that are `shown`."""
    bill = offered.bill
    prices = _prices(offered, shown)
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
        "prices": prices,
        "more_regions": len(offered.everywhere) - len(shown),
        "not_included": list(bill.not_included),
        "ambiguous_in": choices or None,
        "notes": [
            *bill.notes,
            *_notes(offered, prices),
            *free_usage(bill.resource, offered.composed),
        ],
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


def _commitments(offered: Offered) -> Iterator[CommitmentRow]:
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


def _prices(offered: Offered, regions: Sequence[str]) -> list[RegionRow]:
    """A row for each of the regions where the resource has a price, in their order."""
    found: dict[str, dict[str, Rate]] = {region: {} for region in regions}
    for each in offered.composed:
        rate = offered.rate(each) if _region_of(each) in found else None
        if rate:
            found[_region_of(each)][USAGE_TYPES[each.wanted.term]] = rate
    return [_region_row(region, rates) for region, rates in found.items() if rates]


def _region_of(composed: Composed) -> str:
    return composed.wanted.place.label if composed.wanted.place else GLOBAL


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


def _notes(offered: Offered, prices: Sequence[RegionRow]) -> Iterator[str]:
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
