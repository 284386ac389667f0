"""The pages of disks and buckets: the price of one unit in a region."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from django.http import HttpRequest
from django.urls import reverse

from catalog.offers.resources.bill import Terms
from catalog.offers.resources.kind_table import Kind, kinds
from catalog.offers.resources.terms import USAGE_TYPES
from catalog.pricing import list_prices
from catalog.pricing.list_prices import Snapshot
from catalog.pricing.resources.parts import ON_DEMAND
from catalog.pricing.resources.unit_prices import (
    UnitPart,
    UnitPrice,
    parts_of_kind,
    unit_prices,
)
from console.arguments import read
from console.pages import Page
from console.prices.listing import Cell, Column, Listing, Row
from console.prices.machines import Per
from console.prices.places import (
    DEFAULT_REGION,
    location_called,
    location_choices,
    region_called,
    region_choices,
)
from console.prices.regions import HEADINGS
from tools import prices
from tools.prices_schema import Arguments

BUCKET = "bucket"
# What one of a part is, by the unit of its quantity or, where that says only the time, by its name.
UNITS = {
    "GiBy.mo": "GiB for a month",
    "GiBy": "GiB",
    "GiBy.d": "GiB and day",
    "count": "1,000",
    "IOPS": "IOPS for a month",
    "throughput": "MiB/s for a month",
}


class ListArguments(Arguments):
    """What the address of such a page says."""

    region: str = DEFAULT_REGION
    per: Per = "hour"
    sort: str | None = None


NAMES = {name: name for name in ListArguments.model_fields}


def disks(request: HttpRequest) -> Page:
    """Show disks, snapshots and images, with the price of a unit of each part.

    Raises:
        InvalidArgumentError: an argument cannot be used.
    """
    wanted = read(ListArguments, request.GET, NAMES)
    place, snapshot = region_called(wanted.region), list_prices.snapshot()
    state = prices.catalog_state(snapshot)
    parts = [
        replace(each, term=term)
        for kind in _disk_kinds()
        for each in parts_of_kind(kind, place.label)
        for term in USAGE_TYPES
        if term == ON_DEMAND or each.part.terms is not Terms.ON_DEMAND
    ]
    priced = [*zip(parts, unit_prices(parts, snapshot), strict=True)]
    columns = (
        Column("disk", "Disk"),
        Column("part", "Billed for"),
        Column("unit", "One unit"),
        Column("usage_type", "Bought"),
        Column("price", "Price", "money"),
    )
    rows = [_disk(part, price) for part, price in priced if price]
    without = [_name(part) for part, price in priced if not price]
    answer = {**state, "region": place.label, "not_priced": without}
    listing = Listing(columns, rows, wanted.sort or "disk")
    context = {"regions": region_choices(), "wanted": wanted}
    return listing.page_of("console/disks.html", request.GET, answer, **context)


def _disk_kinds() -> Iterator[Kind]:
    """Storage of Compute Engine."""
    for name, kind in kinds().items():
        if (
            name == kind.name
            and kind.rows[0].amount == "size_gib"
            and "product=" not in kind.rows[0].facts[0]
        ):
            yield kind


def _disk(part: UnitPart, price: UnitPrice) -> Row:
    name, unit = part.part.name, part.part.unit
    return {
        "disk": Cell(part.resource, _in_two_zones(part)),
        "part": Cell(name, f"beyond {part.included:,f} of each disk" if part.included else ""),
        "unit": Cell(UNITS.get(unit) or UNITS[name]),
        "usage_type": Cell(HEADINGS[part.term]),
        "price": _price(price),
    }


def _in_two_zones(part: UnitPart) -> str:
    return "in two zones" if part.settings.get("ha") == "true" else ""


def _name(part: UnitPart) -> str:
    words = (part.resource, _in_two_zones(part), part.part.name)
    return f"{' '.join(filter(None, words))} ({HEADINGS[part.term].lower()})"


def buckets(request: HttpRequest) -> Page:
    """Show the storage classes of buckets, with the prices of storage and operations in a location.

    Raises:
        InvalidArgumentError: an argument cannot be used.
    """
    wanted = read(ListArguments, request.GET, NAMES)
    location, snapshot = location_called(wanted.region), list_prices.snapshot()
    state = prices.catalog_state(snapshot)
    kind = kinds()[BUCKET]
    columns = {
        row.name: Column(row.name.replace(" ", "_"), f"{_capital(row.name)}, {UNITS[row.unit]}", "money")
        for row in kind.rows
    }
    parts = [(part.settings["storage_class"], part) for part in parts_of_kind(kind, location)]
    rows, without = _grouped("storage_class", parts, columns, snapshot)
    answer = {**state, "region": location, "not_priced": without}
    listing = Listing(
        (Column("storage_class", "Storage class"), *columns.values()), rows, _sort(wanted, columns)
    )
    context = {"regions": location_choices(), "wanted": wanted}
    return listing.page_of("console/buckets.html", request.GET, answer, **context)


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def _sort(wanted: ListArguments, columns: Mapping[str, Column]) -> str:
    """The column to sort by: the first price if the address does not say."""
    return wanted.sort or next(iter(columns.values())).key


def _grouped(
    first: str, parts: Sequence[tuple[str, UnitPart]], columns: Mapping[str, Column], snapshot: Snapshot
) -> tuple[list[Row], list[str]]:
    """A row for each name with a cell for each part; and the names of which nothing has a price."""
    priced = unit_prices([part for _, part in parts], snapshot)
    found: dict[str, dict[str, Cell]] = {}
    for (name, part), price in zip(parts, priced, strict=True):
        cells = found.setdefault(name, {each.key: Cell(None, "no charge") for each in columns.values()})
        cells[columns[part.part.name].key] = _price(price) if price else Cell(None)
    having = {name: cells for name, cells in found.items() if _has_price(cells.values())}
    rows: list[Row] = [{first: Cell(name), **cells} for name, cells in having.items()]
    return rows, [name for name in found if name not in having]


def _has_price(cells: Iterable[Cell]) -> bool:
    return any(cell.value is not None for cell in cells)


def _price(price: UnitPrice) -> Cell:
    return Cell(price.amount, "in tiers" if price.tiered else "", reverse("sku", args=[price.sku_id]))
