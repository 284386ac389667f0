"""The page of models: a million tokens of each model on each cloud, in each tier, scope and context."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Literal

from django.http import HttpRequest
from django.urls import reverse
from pydantic import Field

from catalog.errors import InvalidArgumentError
from catalog.pricing import list_prices
from catalog.pricing.answers import utc_text
from catalog.pricing.decimals import EXACT
from catalog.pricing.model_lists import KINDS, ListedModel, listed_models
from catalog.pricing.model_rate import EVERYWHERE, ModelRate, RateSource
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
    Column("since", "Since"),
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
            _folded(self.model or "") in _folded(line.model)
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
    rows = [_row(each) for each in found]
    listing = Listing(COLUMNS, rows, wanted.sort, wanted.page, whole=_with_links)
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
    known = {each for row in every for each in row.regions}
    if region and region not in known:
        raise InvalidArgumentError(
            f'No model has a price in "{wanted.region}".',
            hint="Send a region as its cloud spells it, such as us-east-1 or swedencentral.",
        )


def _values(found: Iterable[str]) -> list[str]:
    return sorted({each for each in found if each})


def _row(each: ListedModel) -> Row:
    line = each.line
    cells = {kind: _price(each.rates.get(kind), is_disputed=kind in each.disputed) for kind in KINDS.values()}
    return {
        "model": Cell(line.model, line.variant),
        "cloud": Cell(CLOUDS.get(line.cloud, line.cloud)),
        **cells,
        "tier": Cell(line.tier or None),
        "scope": Cell(line.scope or None),
        "context": Cell(line.context or None),
        "modality": Cell(line.modality or None),
        "regions": _regions(each.regions),
        "since": Cell(_since(each.rates.values())),
        "developer": Cell(line.developer or None),
    }


def _price(rate: ModelRate | None, *, is_disputed: bool) -> Cell:
    if is_disputed:
        return Cell(None, "SKUs disagree")
    if rate is None:
        return Cell(None)
    amount = EXACT.multiply(rate.price, MILLION)
    if rate.source is RateSource.COMMUNITY:
        return Cell(amount, "community")
    return Cell(amount, "", rate.sku_ids[0])


def _with_links(rows: Sequence[Row]) -> list[Row]:
    """Rows whose prices lead to their SKUs, of which a cell has the id until it is shown: links take time."""
    return [{key: _linked(cell) for key, cell in row.items()} for row in rows]


def _linked(cell: Cell) -> Cell:
    return replace(cell, href=reverse("sku", args=[cell.href])) if cell.href else cell


def _regions(regions: Sequence[str]) -> Cell:
    more = len(regions) - MAX_NAMED
    return Cell(", ".join(regions[:MAX_NAMED]), f"and {more} more" if more > 0 else "")


def _since(rates: Iterable[ModelRate]) -> str | None:
    """The day of the latest of the prices."""
    times = [each.effective_time for each in rates if each.effective_time]
    return utc_text(max(times))[:10] if times else None
