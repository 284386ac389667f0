"""The page of GPUs: what one costs in a region in each way to buy it, beside its machine."""

from __future__ import annotations

from decimal import Decimal

from django.http import HttpRequest
from django.urls import reverse

from catalog.offers.attributes import TERMS
from catalog.offers.resources.bill import Bill
from catalog.offers.resources.gpus import N1
from catalog.offers.resources.machine_parts import gpu_part
from catalog.offers.resources.request import ResourceRequest
from catalog.offers.resources.series import Gpu, gpus, machine_types, series
from catalog.pricing import list_prices
from catalog.pricing.resources.quotes import quotes
from catalog.pricing.resources.wanted import Wanted
from console.arguments import read
from console.pages import Page
from console.prices.listing import Cell, Column, Listing, Row
from console.prices.machines import PERS, PRICES, price_cell
from console.prices.places import region_called, region_choices
from console.prices.unit_lists import NAMES, ListArguments
from tools import prices


def gpu_list(request: HttpRequest) -> Page:
    """Show the GPUs, with the price of one beside that of its machine.

    Raises:
        InvalidArgumentError: an argument cannot be used.
    """
    wanted = read(ListArguments, request.GET, NAMES)
    place, snapshot = region_called(wanted.region), list_prices.snapshot()
    state = prices.catalog_state(snapshot)
    asked = [
        Wanted(ResourceRequest(resource=gpu.name), Bill(gpu.name, (gpu_part(gpu, Decimal(1)),)), place, term)
        for gpu in gpus().values()
        for term in TERMS.values()
    ]
    found = iter(quotes(asked, snapshot))
    rows: list[Row] = [
        {"gpu": Cell(gpu.name), "machines": _machines_of(gpu)}
        | {usage_type: price_cell(next(found), wanted.per) for usage_type in TERMS}
        for gpu in gpus().values()
    ]
    columns = (Column("gpu", "GPU"), Column("machines", "Machines"), *PRICES)
    listing = Listing(columns, rows, wanted.sort or "gpu")
    answer = {**state, "region": place.label, "per": wanted.per}
    context = {"regions": region_choices(), "pers": PERS, "wanted": wanted}
    return listing.page_of("console/gpus.html", request.GET, answer, **context)


def _machines_of(gpu: Gpu) -> Cell:
    own = sorted({each.series for each in machine_types().values() if each.gpu == gpu.name})
    if own:
        return Cell(", ".join(own), "comes with them", f"{reverse('machines')}?gpu={gpu.name}")
    attached = gpu.name in series(N1).gpus
    return Cell(N1, "attached", f"{reverse('machines')}?series={N1}") if attached else Cell(None)
