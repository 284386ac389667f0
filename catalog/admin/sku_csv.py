"""SKUs with their list prices as CSV, for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import islice

from catalog.models import Sku
from catalog.pricing.decimals import plain
from catalog.pricing.list_prices import Listing
from catalog.spreadsheet import cell

COLUMNS = (
    *("sku_id", "display_name", "service", "resource_family", "resource_group", "usage_type", "regions"),
    *("price", "currency", "usage_unit", "tiers", "withdrawn_at"),
)
# Rows that are sent together.
CHUNK = 500


def csv_rows(listings: Iterable[Listing]) -> Iterator[str]:
    """The lines of the file, a chunk at a time; `price` is that of the first tier that is not free."""
    yield _lines([COLUMNS])
    rows = (_row(listing) for listing in listings)
    while chunk := list(islice(rows, CHUNK)):
        yield _lines(chunk)


def _lines(rows: Iterable[Iterable[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def _row(listing: Listing) -> list[str]:
    sku, price = listing.sku, listing.list_price
    texts = [cell(text) for text in _texts(sku)]
    withdrawn = sku.retired_at.isoformat() if sku.retired_at else ""
    if price is None:
        return [*texts, "", "", "", "", withdrawn]
    info, amount = price.info, plain(price.first_paid)
    return [*texts, amount, cell(info.currency_code), cell(info.usage_unit), f"{len(price.tiers)}", withdrawn]


def _texts(sku: Sku) -> tuple[str | None, ...]:
    named = (sku.pk, sku.display_name, sku.service.display_name)
    return (*named, sku.resource_family, sku.resource_group, sku.usage_type, " ".join(sku.service_regions))
