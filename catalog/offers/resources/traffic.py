"""Network traffic that is paid for by where it comes from and where it goes."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from catalog.errors import InvalidArgumentError
from catalog.offers.resources.arguments import refuse_others
from catalog.offers.resources.bill import Bill, Choice, Part, Time, facts
from catalog.offers.resources.kind_table import data
from catalog.offers.resources.kinds import ask
from catalog.offers.resources.request import ResourceRequest
from catalog.offers.routes import place_called
from catalog.places import REGION_CODE, Place, close_regions, countries, fold, own_region
from catalog.providers.google_cloud.regions import REGIONS

# The kind of traffic that a name says, "" if it depends on the two ends; and what a destination may be called
# that is no place.
NAMES: dict[str, str] = data()["traffic"]["names"]
KINDS: dict[str, str] = data()["traffic"]["destinations"]
PARTS_OF_THE_WORLD: tuple[str, ...] = tuple(data()["traffic"]["parts_of_the_world"])
TAKES = ("source", "destination", "size_gib", "processed_gib", "tier")
WITHIN_A_REGION = frozenset({"inter-zone", "intra-zone"})
_ZONE = re.compile(r".*\d-(?P<letter>[a-f])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _End:
    """An end of a route: a region, with its zone if it is named, or a larger part of the world.

    `region` is None unless the text names the region itself, by its code, a zone or its own place.
    """

    place: Place
    zone: str | None
    region: str | None

    @property
    def regions(self) -> tuple[str, ...]:
        """All regions there."""
        return tuple(code for code in REGIONS if code in {*self.place.codes, *self.place.within})


def traffic_bill(request: ResourceRequest, name: str) -> Bill:
    """What traffic is billed as.

    Args:
        request: what was asked for.
        name: one of NAMES.

    Raises:
        InvalidArgumentError: an end of the route is no place, or the ends do not go with the name.
    """
    refuse_others(request, name, TAKES)
    amount, origin = _amount(request), _start(request)
    choices = [
        *([ask("size_gib")] if amount is None else []),
        *([origin] if isinstance(origin, Choice) else []),
    ]
    start = None if isinstance(origin, Choice) else origin
    bill = Bill(name, place=start.place.label if start else None, choices=tuple(choices))
    if request.tier and request.tier.strip().lower() == "standard":
        _check_standard(request, NAMES[name] or None)
        standard = Part(
            "internet egress", (facts("network=internet", "class=standard", "part=egress"),), *_of(amount)
        )
        return bill if choices else bill.with_parts(standard)
    kind, end = _kind(request, NAMES[name] or None, start)
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


def _start(request: ResourceRequest) -> _End | Choice:
    """The region that traffic comes from, or the question for it."""
    said = request.source or request.region
    if not said:
        return ask("source", tuple(REGIONS))
    start = _end(said, "source")
    if request.region and _end(request.region, "region").place.codes != start.place.codes:
        raise InvalidArgumentError(
            f"Traffic comes from source {said!r} or from region {request.region!r}, not from both.",
            hint="Send source alone.",
        )
    if start.place.label in REGIONS:
        return start
    if not start.regions:
        raise InvalidArgumentError(f"No region is in {said!r}.", hint="Send source as a region.")
    return ask("source", start.regions)


def _check_standard(request: ResourceRequest, named: str | None) -> None:
    """Refuse the standard tier for traffic that does not go to the internet."""
    said = request.destination
    kind = named or (KINDS.get(fold(said)) if said else None)
    end = _end(said, "destination") if said and fold(said) not in KINDS else None
    if kind not in {None, "internet"} or (end and end.region and not named):
        raise InvalidArgumentError(
            "The standard tier is for traffic to the internet only.",
            hint="Leave tier out, or send resource internet-egress.",
        )


def _kind(
    request: ResourceRequest, named: str | None, start: _End | None
) -> tuple[str | Choice, Place | None]:
    """The kind of traffic and its other end, or the question that they depend on."""
    said = request.destination
    kind = KINDS.get(fold(said)) if said else None
    if named and kind and named != kind and {named, kind} != WITHIN_A_REGION:
        raise InvalidArgumentError(
            f"Traffic of {request.resource} does not go to {said!r}.", hint="Send resource egress."
        )
    if kind in WITHIN_A_REGION or (named == "inter-zone" and not said):
        return kind or "inter-zone", None
    if said is None or kind:
        return _question(named or kind), None
    end = _end(said, "destination")
    if named == "inter-zone":
        return _between_zones(start, end, said), None
    if named == "inter-region" and not end.region:
        raise InvalidArgumentError(
            f"{said!r} is not one region.", hint="Send destination as a region.", candidates=[*end.regions]
        )
    if end.region and named != "internet":
        return _between(start, end), end.place
    return _to_people(end, said, named)


def _between_zones(start: _End | None, end: _End, said: str) -> str:
    """The kind of traffic between two zones.

    Raises:
        InvalidArgumentError: the ends are not two zones of one region.
    """
    if not end.region or (start and start.place.codes != end.place.codes):
        kind = "inter-region" if end.region else "internet"
        raise InvalidArgumentError(
            f"Traffic to {said!r} does not stay in one region.", hint=f"Send resource {kind}-egress."
        )
    if start and start.zone and start.zone == end.zone:
        raise InvalidArgumentError(
            f"Traffic to {said!r} stays in one zone.", hint="Send resource egress with the same ends."
        )
    return "inter-zone"


def _to_people(end: _End, said: str, named: str | None) -> tuple[str | Choice, Place | None]:
    """Traffic to the people in a place, or the question what a name for several regions means."""
    if end.place.label in REGIONS:
        # The people there, and not a region of Google's.
        return "internet", replace(end.place, label=fold(said))
    if fold(end.place.label) in {*countries(), *map(fold, PARTS_OF_THE_WORLD)}:
        return "internet", end.place
    parts = tuple(part for part in PARTS_OF_THE_WORLD if _is_in(part, end.place))
    if named != "internet":
        question = "The internet in which part of the world, or which region?"
        return Choice("destination", (*parts, *end.regions), question), None
    if len(parts) == 1:
        return "internet", place_called(parts[0])
    return replace(_question("internet"), values=parts or PARTS_OF_THE_WORLD), None


def _is_in(part: str, place: Place) -> bool:
    """Whether a part of the world is in a place, at least partly; one without regions has its name."""
    known = place_called(part)
    if known and (codes := {*known.codes, *known.within}):
        return not codes.isdisjoint({*place.codes, *place.within})
    return fold(part).split()[-1] in fold(place.label).split()


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
    place, region = place_called(text), own_region(text)
    if place is None or (REGION_CODE.fullmatch(fold(text)) and not region):
        # Similar names of countries are of others: Austria is not in Australia.
        regions = [each["region"] for each in close_regions(text)]
        raise InvalidArgumentError(
            f"{argument} {text!r} is no place of the price list.",
            hint="Send a region code such as europe-west3, a place such as Frankfurt, or the area it is in.",
            candidates=[*regions, *PARTS_OF_THE_WORLD],
        )
    zone = _ZONE.fullmatch(text.strip())
    return _End(place, zone["letter"].lower() if zone else None, region)
