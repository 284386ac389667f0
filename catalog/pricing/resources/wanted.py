"""Requests for resources, read: what each is billed as, where, and how it is bought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from decimal import Decimal

from catalog.errors import InvalidArgumentError
from catalog.offers.resources.bill import Bill, Choice
from catalog.offers.resources.read import place_in_name, read_bill
from catalog.offers.resources.request import HOURS_PER_MONTH, ResourceRequest
from catalog.offers.resources.terms import read_term
from catalog.places import Place, close_places, is_listed, read_place
from catalog.pricing.quantities import check_quantity
from catalog.pricing.resources.model_regions import check_region

MAX_HOURS = 24 * 31
_ARGUMENTS = tuple(each.name for each in fields(ResourceRequest))


@dataclass(frozen=True, slots=True)
class Wanted:
    """A resource that is to be priced: its bill, where, and by which term ("ondemand", "spot", "1y", "3y").

    `place` is None if none was named; a country or a list of places is several to choose from.
    """

    request: ResourceRequest
    bill: Bill
    place: Place | None
    term: str

    def bought(self, term: str) -> Wanted:
        return replace(self, term=term)

    def with_choices(self, choices: Sequence[Choice]) -> Wanted:
        return replace(self, bill=replace(self.bill, choices=(*self.bill.choices, *choices)))


def read_resource(request: ResourceRequest) -> Wanted:
    """Read a request.

    Raises:
        NotFoundError: there is no such resource.
        InvalidArgumentError: an argument is out of range or no place, does not go with the others, or
            `quantity` is not whole.
    """
    for name in _ARGUMENTS:
        if isinstance(amount := getattr(request, name), Decimal):
            check_quantity(amount)
    if not request.hours <= MAX_HOURS:
        raise InvalidArgumentError(
            f"hours must be from 0 to {MAX_HOURS}, the hours of a month, not {request.hours:f}.",
            hint=f"A month of hourly rates has {HOURS_PER_MONTH}; send `months` for more of them.",
        )
    if request.quantity % 1:
        raise InvalidArgumentError(
            f"quantity is how many {request.resource} there are, not {request.quantity:f}.",
            hint="Send a whole number, and hours for what runs a part of the month.",
        )
    bill = read_bill(request)
    region = bill.place or _place_in_name(request) or request.region
    if bill.model and region:
        check_region(region, bill.model.clouds)
        # AWS and Azure have codes of their own.
        place = read_place(region) or Place(region.strip().lower(), (region.strip().lower(),))
        return Wanted(request, bill, place, read_term(request.usage_type))
    return Wanted(request, bill, _place(region) if region else None, read_term(request.usage_type))


def _place_in_name(request: ResourceRequest) -> str | None:
    """The zone or region in a resource that is sent as a path.

    Raises:
        InvalidArgumentError: the request names another region.
    """
    found = place_in_name(request.resource)
    if found is None or request.region is None:
        return found
    named, asked = read_place(found), read_place(request.region)
    if named and asked and named != asked:
        raise InvalidArgumentError(
            f"{request.resource} is in {named.label}, not in {asked.label}.", hint="Send one of the two."
        )
    return found


def _place(region: str) -> Place:
    place = read_place(region)
    if place is None or not is_listed(place):
        raise InvalidArgumentError(
            f'No region or place is called "{region}".',
            hint="Send a region code such as europe-west3 or a place such as Frankfurt.",
            candidates=close_places(region),
        )
    return place
