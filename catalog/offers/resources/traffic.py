"""Network traffic that is paid for by where it comes from and where it goes."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from catalog.errors import InvalidArgumentError
from catalog.offers.resources.arguments import refuse_others
from catalog.offers.resources.bill import Bill, Choice, Part, Time, facts
from catalog.offers.resources.kinds import ask
from catalog.offers.resources.request import ResourceRequest
from catalog.offers.routes import place_called
from catalog.places import REGION_CODE, Place, close_places, fold
from catalog.providers.google_cloud.regions import REGIONS

# The kind of traffic that a name says; None is that of the two ends.
NAMES: dict[str, str | None] = {
    "egress": None,
    "network-egress": None,
    "data-transfer": None,
    "internet-egress": "internet",
    "inter-region-egress": "inter-region",
    "inter-zone-egress": "inter-zone",
}
TAKES = ("source", "destination", "size_gib", "processed_gib", "tier")
# What a destination may be called that is no place.
KINDS = {
    "internet": "internet",
    "the internet": "internet",
    "worldwide": "internet",
    "anywhere": "internet",
    "inter zone": "inter-zone",
    "another zone": "inter-zone",
    "other zone": "inter-zone",
    "zone": "inter-zone",
    "intra zone": "intra-zone",
    "same zone": "intra-zone",
    "inter region": "inter-region",
    "another region": "inter-region",
}
# Parts of the world that prices differ by ("All networking pricing", Premium Tier).
PARTS_OF_THE_WORLD = (
    "Americas",
    "Central America",
    "South America",
    "Western Europe",
    "Eastern Europe",
    "Middle East",
    "Africa",
    "Asia",
    "India",
    "China",
    "Australia",
)
WITHIN_A_REGION = frozenset({"inter-zone", "intra-zone"})
_ZONE = re.compile(r".*\d-(?P<letter>[a-f])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _End:
    """An end of a route: a region, with its zone if it is named, or a larger part of the world."""

    place: Place
    zone: str | None
    is_region: bool


def traffic_bill(request: ResourceRequest, name: str) -> Bill:
    """What traffic is billed as.

    Args:
        request: what was asked for.
        name: one of NAMES.

    Raises:
        InvalidArgumentError: an end of the route is no place, or the ends do not go with the name.
    """
    refuse_others(request, name, TAKES)
    amount = _amount(request)
    source = request.source or request.region
    choices = [
        *([ask("size_gib")] if amount is None else []),
        *([] if source else [ask("source", tuple(REGIONS))]),
    ]
    start = _end(source, "source") if source else None
    bill = Bill(name, place=start.place.label if start else None, choices=tuple(choices))
    if request.tier and request.tier.strip().lower() == "standard":
        standard = Part(
            "internet egress", (facts("network=internet", "class=standard", "part=egress"),), *_of(amount)
        )
        return bill if choices else bill.with_parts(standard)
    kind, end = _kind(request, NAMES[name], start)
    if isinstance(kind, Choice):
        return replace(bill, choices=(*choices, kind))
    if choices:
        return bill
    part = Part(
        f"{kind} egress",
        (facts(("network", kind), "part=egress"),),
        *_of(amount),
        destination=None if kind in WITHIN_A_REGION else end,
        may_be_free=kind == "intra-zone",
        everywhere=kind in WITHIN_A_REGION,
    )
    return replace(bill, parts=(part,), notes=_notes(kind))


def _of(amount: Decimal | None) -> tuple[Decimal, str, Time]:
    return amount or Decimal(0), "GiBy", Time.USE


def _notes(kind: str) -> tuple[str, ...]:
    return ("Premium Tier; send tier standard for the other.",) if kind == "internet" else ()


def _amount(request: ResourceRequest) -> Decimal | None:
    if request.tier and request.tier.strip().lower() not in {"premium", "standard"}:
        raise InvalidArgumentError(f"Egress has no tier {request.tier!r}.", hint="Send premium or standard.")
    if request.size_gib is not None and request.processed_gib is not None:
        raise InvalidArgumentError("Send the GiB of traffic once, as size_gib.")
    return request.processed_gib if request.size_gib is None else request.size_gib


def _kind(
    request: ResourceRequest, named: str | None, start: _End | None
) -> tuple[str | Choice, Place | None]:
    """The kind of traffic and its other end, or the question that they depend on."""
    said = request.destination
    kind = KINDS.get(fold(said)) if said else None
    if named == "inter-zone" or kind in {"inter-zone", "intra-zone"}:
        return kind or "inter-zone", None
    if said is None or kind:
        return _question(named or kind), None
    end = _end(said, "destination")
    if named == "internet" or not end.is_region:
        if named == "inter-region":
            raise InvalidArgumentError(f"{said!r} is not one region.", hint="Send destination as a region.")
        # The people there, and not a region of Google's.
        is_region = end.place.label in REGIONS
        return "internet", replace(end.place, label=fold(said)) if is_region else end.place
    return _between(start, end), end.place


def _question(kind: str | None) -> Choice:
    """The question for the destination of traffic of a kind."""
    if kind == "internet":
        return Choice("destination", PARTS_OF_THE_WORLD, "To which part of the world?")
    values = tuple(REGIONS) if kind == "inter-region" else ("inter-zone", *PARTS_OF_THE_WORLD)
    return replace(ask("destination"), values=values)


def _between(start: _End | None, end: _End) -> str | Choice:
    """The kind of traffic between two regions or within one."""
    if start is None or start.place.codes != end.place.codes:
        return "inter-region"
    if start.zone and end.zone:
        return "intra-zone" if start.zone == end.zone else "inter-zone"
    return Choice("destination", ("inter-zone", "intra-zone"), "To another zone or within one?")


def _end(text: str, argument: str) -> _End:
    place = place_called(text)
    if place is None:
        raise InvalidArgumentError(
            f"{argument} {text!r} is no place.",
            hint="Send a region code such as europe-west3 or a place such as Frankfurt.",
            candidates=close_places(text),
        )
    zone = _ZONE.fullmatch(text.strip())
    letter = zone["letter"].lower() if zone else None
    is_wide = fold(text) in _countries() and not REGION_CODE.fullmatch(fold(text))
    return _End(place, letter, place.label in REGIONS and not is_wide)


@cache
def _countries() -> frozenset[str]:
    """The folded names of countries and continents."""
    return frozenset(fold(name) for region in REGIONS.values() for name in (region.country, region.continent))
