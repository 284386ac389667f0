"""What resources are made of, and what each costs in each usage type and region."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from catalog.errors import CatalogError
from catalog.offers.resources.bill import Bill, ModelUse
from catalog.offers.resources.read import read_bill
from catalog.offers.resources.request import ResourceRequest
from catalog.offers.resources.terms import USAGE_TYPES
from catalog.pricing.answers import ResourceDetails, UnknownName
from catalog.pricing.list_prices import Snapshot
from catalog.pricing.resources.components import compose
from catalog.pricing.resources.composed import Composed
from catalog.pricing.resources.detail_rows import Offered, details_row
from catalog.pricing.resources.model_prices import model_prices
from catalog.pricing.resources.model_regions import CLOUD_NAMES
from catalog.pricing.resources.parts import ON_DEMAND
from catalog.pricing.resources.regions import sold_regions
from catalog.pricing.resources.wanted import Wanted

# Rows of regions in an answer, shared evenly between the resources.
MAX_ROWS = 60


@dataclass(frozen=True, slots=True)
class Described:
    """The resources in the order of their names, and the names that are none."""

    resources: Sequence[ResourceDetails]
    unknown: Sequence[UnknownName]


def describe(names: Sequence[str], snapshot: Snapshot) -> Described:
    """Show resources in full.

    Args:
        names: names of resources, as gcloud writes them.
        snapshot: the time whose prices are shown.

    Returns:
        Each resource with its parts, rules and prices in USD, and the names that are none with the nearest.
        Takes two queries, or one if the offers are in memory; and one more if some regions are not shown.
    """
    bills: dict[str, Bill] = {}
    unknown: list[UnknownName] = []
    for name in dict.fromkeys(names):
        try:
            bill = read_bill(ResourceRequest(resource=name))
            bills.setdefault(bill.resource, bill)
        except CatalogError as error:
            message = f"{error.message} {error.hint}".rstrip() if error.code != "not_found" else error.message
            unknown.append({"resource": name, "message": message, "candidates": error.candidates})
    offered = _offered(bills.values(), snapshot)
    shown = _price_shown(offered, MAX_ROWS // max(1, len(offered)), snapshot)
    rows = [
        _with_model_prices(details_row(each, shown[name]), each.bill, snapshot)
        for name, each in offered.items()
    ]
    return Described(rows, unknown)


def _with_model_prices(row: ResourceDetails, bill: Bill, snapshot: Snapshot) -> ResourceDetails:
    """The row of a model with its list prices on each cloud."""
    if bill.model is None:
        return row
    prices, left_out = model_prices(bill.model, snapshot)
    if not prices:
        if not row["prices"]:
            row["notes"].append(_no_price_of(bill.model))
        return row
    row["model_prices"] = prices
    row["example"] = {
        "items": [{"resource": bill.resource, "input_tokens": "1000000", "output_tokens": "1000000"}]
    }
    if left_out:
        row["notes"].append(f"{left_out} more rows of prices are on the page of models.")
    return row


def _no_price_of(use: ModelUse) -> str:
    where = " or ".join(CLOUD_NAMES[cloud] for cloud in use.clouds)
    return f"Unknown: no price list in this catalog has the tokens of {use.model_id} on {where}."


def _offered(bills: Iterable[Bill], snapshot: Snapshot) -> dict[str, Offered]:
    found = {bill.resource: Offered(bill) for bill in bills}
    wanted = [
        Wanted(ResourceRequest(resource=name), each.bill, None, term)
        for name, each in found.items()
        for term in USAGE_TYPES
        if not each.bill.choices
    ]
    for each, regions in zip(wanted, sold_regions(wanted, snapshot) if wanted else (), strict=True):
        found[each.bill.resource].regions[each.term] = regions
    return found


def _price_shown(offered: Mapping[str, Offered], rows: int, snapshot: Snapshot) -> dict[str, list[str]]:
    """Price the resources; returns the regions to show of each, at most `rows`, the cheapest first.

    Which those are is known once all are priced on demand. If there is room for all, all is priced at once.
    """
    first = {
        name: [*USAGE_TYPES] if len(each.everywhere) <= rows else [ON_DEMAND]
        for name, each in offered.items()
    }
    at_once = [(offered[name], term) for name, terms in first.items() for term in terms]
    _price((each.wanted(term, each.everywhere) for each, term in at_once), offered, snapshot)
    shown = {name: each.cheapest_first()[:rows] for name, each in offered.items()}
    others = [(name, term) for name, terms in first.items() for term in USAGE_TYPES if term not in terms]
    _price((offered[name].wanted(term, shown[name]) for name, term in others), offered, snapshot)
    for name, each in offered.items():
        each.put_in_order(shown[name])
    return shown


def _price(wanted: Iterable[Iterable[Wanted]], offered: Mapping[str, Offered], snapshot: Snapshot) -> None:
    """Add what the resources are in the regions of `wanted`."""
    all_wanted = [one for each in wanted for one in each]
    for composed in compose(all_wanted, snapshot) if all_wanted else ():
        if _is_bought_so(composed):
            offered[composed.wanted.bill.resource].composed.append(composed)


def _is_bought_so(composed: Composed) -> bool:
    """Whether any part is bought by the wanted term: a disk has no commitment."""
    return any(component.term == composed.wanted.term for component in composed.components)
