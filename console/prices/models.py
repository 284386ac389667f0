"""The page of models: a million tokens of each model on each cloud, in each tier, scope and context."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Literal

from django.http import HttpRequest
from django.urls import reverse
from pydantic import Field

from catalog.errors import InvalidArgumentError
from catalog.offers.resources.model_clouds import read_model_name
from catalog.pricing import list_prices
from catalog.pricing.answers import utc_text
from catalog.pricing.decimals import EXACT
from catalog.pricing.model_lines import ListedModel, ListedRate
from catalog.pricing.model_lists import listed_models
from catalog.pricing.model_rate import EVERYWHERE, RateSource
from console.arguments import read
from console.limits import limited
from console.pages import Page
from console.prices.listing import Cell, Column, Listing, Row
from tools import prices
from tools.prices_schema import Arguments

MILLION = Decimal(1_000_000)
CLOUDS = {"aws": "AWS", "azure": "Azure", "gcp": "Google Cloud"}
MAX_NAMED = 3
_SIGNS = re.compile(r"[\s._-]+")
OF_TOKENS = {
    "input": "Input",
    "cached_input": "Cached input",
    "cache_write": "Cache write",
    "output": "Output",
}
COLUMNS = (
    Column("model", "Model"),
    Column("cloud", "Cloud"),
    *(Column(kind, heading, "money") for kind, heading in OF_TOKENS.items()),
    Column("tier", "Tier"),
    Column("scope", "Scope"),
    Column("context", "Context"),
    Column("modality", "Of"),
    Column("regions", "Regions"),
    Column("since", "Since", "word"),
    Column("developer", "Developer"),
)


class ModelsArguments(Arguments):
    """What the address of the page says; None is all."""

    model: str | None = None
    cloud: Literal["aws", "azure", "gcp"] | None = None
    developer: str | None = None
    tier: str | None = None
    scope: str | None = None
    context: str | None = None
    modality: str | None = "text"
    region: str | None = None
    per: Literal["million"] = "million"
    sort: str = "model"
    page: int = Field(default=1, ge=1)

    def takes(self, each: ListedModel) -> bool:
        """Whether the row is one of those that are asked for."""
        line = each.line
        region = (self.region or "").lower().replace(" ", "")
        return (
            (not self.model or _folded(self.model) in _folded(line.model))
            and self.cloud in (None, line.cloud)
            and self.developer in (None, line.developer)
            and self.tier in (None, line.tier)
            and self.scope in (None, line.scope)
            and self.context in (None, line.context)
            and self.modality in (None, "all", line.modality)
            and (not region or region in each.regions or each.regions == (EVERYWHERE,))
        )


def _folded(name: str) -> str:
    """A name without the signs between its words: people write 4.6, ids have 4-6."""
    return _SIGNS.sub("", name).lower()


NAMES = {name: name for name in ModelsArguments.model_fields}


@limited
def models(request: HttpRequest) -> Page:
    """Show the list prices of models that the address asks for.

    Raises:
        InvalidArgumentError: an argument cannot be used.
    """
    wanted = read(ModelsArguments, request.GET, NAMES)
    snapshot = list_prices.snapshot()
    state = prices.catalog_state(snapshot)
    every = listed_models(snapshot)
    _check(wanted, every)
    found = [each for each in every if wanted.takes(each)]
    rows = [_Row(each) for each in found]
    listing = Listing(COLUMNS, rows, wanted.sort, wanted.page, _made, _with_links)
    return listing.page_of(
        "console/models.html",
        request.GET,
        {**state, "per": "million tokens"},
        wanted=wanted,
        clouds=[*CLOUDS.items()],
        developers=_values(each.line.developer for each in every),
        tiers=_values(each.line.tier for each in every),
        scopes=_values(each.line.scope for each in every),
        contexts=_values(each.line.context for each in every),
        modalities=_values(each.line.modality for each in every),
        has_models=bool(every),
    )


def _check(wanted: ModelsArguments, every: Sequence[ListedModel]) -> None:
    """Refuse a region that no price list of models has."""
    region = (wanted.region or "").lower().replace(" ", "")
    if region and not any(region in row.regions for row in every):
        raise InvalidArgumentError(
            f'No model has a price in "{wanted.region}".',
            hint="Send a region as its cloud spells it, such as us-east-1 or swedencentral.",
        )


def _values(found: Iterable[str]) -> list[str]:
    return sorted({each for each in found if each})


class _Row(Mapping[str, Cell]):
    """A row whose cells are made when they are asked for: a page shows 50 of more than a thousand rows."""

    __slots__ = ("_listed",)

    def __init__(self, listed: ListedModel) -> None:
        self._listed = listed

    def __getitem__(self, key: str) -> Cell:
        if key in OF_TOKENS:
            return _price(self._listed, key)
        return _CELLS[key](self._listed)

    def __iter__(self) -> Iterator[str]:
        return (column.key for column in COLUMNS)

    def __len__(self) -> int:
        return len(COLUMNS)


_CELLS: Mapping[str, Callable[[ListedModel], Cell]] = {
    "model": lambda each: Cell(each.line.model, each.line.variant),
    "cloud": lambda each: Cell(CLOUDS.get(each.line.cloud, each.line.cloud)),
    "tier": lambda each: Cell(each.line.tier or None),
    "scope": lambda each: Cell(each.line.scope or None),
    "context": lambda each: Cell(each.line.context or None),
    "modality": lambda each: Cell(each.line.modality or None),
    "regions": lambda each: _regions(each.regions),
    "since": lambda each: Cell(since_of(each.rates.values())),
    "developer": lambda each: Cell(each.line.developer or None),
}


def _price(each: ListedModel, kind: str) -> Cell:
    """The price of a million tokens. Its SKU stands for its link until the row is shown: links take time."""
    if kind in each.disputed:
        return Cell(None, "SKUs disagree")
    rate = each.rates.get(kind)
    if rate is None:
        return Cell(None)
    amount = EXACT.multiply(rate.price, MILLION)
    if each.line.source == RateSource.COMMUNITY.value:
        return Cell(amount, "community")
    return Cell(amount, "", rate.sku_id)


def _made(rows: Sequence[Row]) -> list[Row]:
    """Rows whose cells are made, each once."""
    return [dict(row) for row in rows]


def _with_links(rows: Sequence[Row]) -> list[Row]:
    """Rows whose models lead to their comparison on all clouds, and prices to their SKUs."""
    return [{key: _linked(key, cell) for key, cell in row.items()} for row in rows]


def _linked(key: str, cell: Cell) -> Cell:
    if key == "model":
        # Only those that the table of names has can be compared.
        model_id = read_model_name(f"{cell.value}").model_id
        return replace(cell, href=reverse("compare", query={"q": model_id})) if model_id else cell
    return replace(cell, href=reverse("sku", args=[cell.href])) if cell.href else cell


def _regions(regions: Sequence[str]) -> Cell:
    return Cell(", ".join(regions), short=some_regions(regions))


def some_regions(regions: Sequence[str]) -> str:
    """The first regions, and how many more there are; empty if these are all."""
    more = len(regions) - MAX_NAMED
    return f"{', '.join(regions[:MAX_NAMED])} and {more} more" if more > 0 else ""


def since_of(rates: Iterable[ListedRate]) -> str | None:
    """The day of the latest of the prices."""
    times = [each.effective_time for each in rates if each.effective_time]
    return utc_text(max(times))[:10] if times else None
