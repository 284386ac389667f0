"""The page of all machine types: their shapes, and what each costs in a region in each way to buy it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Literal, get_args

from django.http import HttpRequest
from django.urls import reverse
from pydantic import BeforeValidator, Field

from catalog.errors import InvalidArgumentError
from catalog.offers.attributes import TERMS
from catalog.offers.resources.series import MachineType, gpus, machine_types
from catalog.places import Place
from catalog.pricing import list_prices
from catalog.pricing.decimals import EXACT
from catalog.pricing.list_prices import Snapshot
from catalog.pricing.quantities import parse_quantity
from catalog.pricing.resources.alternatives import MONTHS_PER_YEAR
from catalog.pricing.resources.machine_rates import machine_quotes
from catalog.pricing.resources.quotes import Quote
from console.arguments import read
from console.limits import limited
from console.pages import Page
from console.prices.listing import Cell, Column, Listing, Row
from console.prices.places import DEFAULT_REGION, region_called, region_choices
from console.prices.regions import HEADINGS
from tools import prices
from tools.prices_schema import Arguments

Per = Literal["hour", "month", "year"]
PERS = get_args(Per)


def _amount(sent: Any) -> Decimal:
    try:
        return parse_quantity(str(sent))
    except InvalidArgumentError:
        raise ValueError("must be a number") from None


Amount = Annotated[Decimal, BeforeValidator(_amount)]
ANY_GPU = "any"
SHAPE = (
    Column("machine_type", "Machine type"),
    Column("vcpus", "vCPU", "number"),
    Column("memory_gib", "Memory, GiB", "number"),
    Column("gpus", "GPUs", "number"),
    Column("gpu", "GPU"),
    Column("local_ssd_gib", "Local SSD, GiB", "number"),
)
PRICES = tuple(
    Column(usage_type, heading, "money") for usage_type, heading in zip(TERMS, HEADINGS.values(), strict=True)
)


class MachinesArguments(Arguments):
    """What the address of the page says."""

    region: str = DEFAULT_REGION
    per: Per = "month"
    series: str | None = None
    least_vcpus: Amount | None = None
    most_vcpus: Amount | None = None
    least_memory_gib: Amount | None = None
    most_memory_gib: Amount | None = None
    gpu: str | None = None
    usage_type: Literal["OnDemand", "Preemptible", "Commit1Yr", "Commit3Yr"] | None = None
    sort: str = "OnDemand"
    page: int = Field(default=1, ge=1)

    def takes(self, machine: MachineType) -> bool:
        """Whether the machine is one of those that are asked for, apart from its price."""
        return (
            self.series in (None, machine.series)
            and _is_between(machine.vcpus, self.least_vcpus, self.most_vcpus)
            and _is_between(machine.memory, self.least_memory_gib, self.most_memory_gib)
            and (self.gpu is None or machine.gpu == self.gpu or (self.gpu == ANY_GPU and bool(machine.gpu)))
        )


NAMES = {name: name for name in MachinesArguments.model_fields}


@limited
def machines(request: HttpRequest) -> Page:
    """Show the machine types that the address asks for, with their prices in one region.

    Raises:
        InvalidArgumentError: an argument cannot be used.
    """
    wanted = read(MachinesArguments, request.GET, NAMES)
    place = region_called(wanted.region)
    snapshot = list_prices.snapshot()
    state = prices.catalog_state(snapshot)
    offered = _Offered(place, snapshot, wanted.per)
    names = [name for name, machine in machine_types().items() if wanted.takes(machine)]
    if wanted.usage_type:
        names = offered.sold(names, wanted.usage_type)
    by_price = [column.key for column in PRICES if column.key == wanted.sort.removeprefix("-")]
    rows = offered.rows(names, by_price)
    listing = Listing((*SHAPE, *PRICES), rows, wanted.sort, wanted.page, whole=offered.whole)
    return listing.page_of(
        "console/machines.html",
        request.GET,
        {**state, "region": place.label, "per": wanted.per},
        regions=region_choices(),
        series=_all_series(),
        gpus=_gpus_of_machines(),
        usage_types=[*zip(TERMS, HEADINGS.values(), strict=True)],
        pers=PERS,
        wanted=wanted,
    )


@dataclass(frozen=True, slots=True)
class _Offered:
    """Machine types in a place, with prices of an hour, a month or a year."""

    place: Place
    snapshot: Snapshot
    per: Per

    def sold(self, names: Sequence[str], usage_type: str) -> list[str]:
        """Those that are bought so."""
        term = TERMS[usage_type]
        quoted = machine_quotes(names, [term], self.place, self.snapshot)
        return [name for name in names if quoted[name, term].rate is not None]

    def rows(self, names: Sequence[str], usage_types: Collection[str]) -> list[Row]:
        """Their shapes, with prices in some usage types."""
        terms = {usage_type: TERMS[usage_type] for usage_type in usage_types}
        quoted = machine_quotes(names, terms.values(), self.place, self.snapshot)
        return [
            _shapes()[name]
            | {usage_type: price_cell(quoted[name, term], self.per) for usage_type, term in terms.items()}
            for name in names
        ]

    def whole(self, rows: Sequence[Row]) -> list[Row]:
        """The rows with prices in all usage types."""
        return self.rows([f"{row['machine_type'].value}" for row in rows], TERMS)


@cache
def _shapes() -> Mapping[str, dict[str, Cell]]:
    return {name: _shape(machine) for name, machine in machine_types().items()}


def _shape(machine: MachineType) -> dict[str, Cell]:
    ssd = Cell(None, "size unknown") if machine.local_ssd is None else Cell(machine.local_ssd or None)
    return {
        "machine_type": Cell(machine.name, href=reverse("machine", args=[machine.name])),
        "vcpus": Cell(machine.vcpus),
        "memory_gib": Cell(machine.memory),
        "gpus": Cell(machine.gpus or None),
        "gpu": Cell(machine.gpu),
        "local_ssd_gib": ssd,
    }


def price_cell(quote: Quote, per: Per) -> Cell:
    """The price of an hour, a month or a year; for a year, twelve months."""
    if quote.rate is None:
        return Cell(None, quote.note)
    if per == "hour":
        return Cell(quote.rate.hour, quote.note)
    months = Decimal(1 if per == "month" else MONTHS_PER_YEAR)
    return Cell(EXACT.multiply(quote.rate.month, months), quote.note)


def _is_between(number: Decimal, least: Decimal | None, most: Decimal | None) -> bool:
    return (least is None or number >= least) and (most is None or number <= most)


@cache
def _all_series() -> list[str]:
    return sorted({machine.series for machine in machine_types().values()})


@cache
def _gpus_of_machines() -> list[str]:
    own = {machine.gpu for machine in machine_types().values()}
    return [name for name in gpus() if name in own]
