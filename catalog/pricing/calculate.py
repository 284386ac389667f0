"""The calculate tool: prices usage at list prices, with the rows used as proof."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from catalog.cursor import Cursor, fingerprint, resume
from catalog.errors import (
    MAX_MERGED,
    CatalogError,
    InvalidArgumentError,
    NoPriceError,
    RegionMismatchError,
    merge,
)
from catalog.offers.resources.request import ResourceRequest
from catalog.pricing import list_prices
from catalog.pricing.allowances import ledger
from catalog.pricing.answers import CalculateAnswer, Total, utc_text
from catalog.pricing.assumptions import assumptions
from catalog.pricing.decimals import ROUNDED, plain
from catalog.pricing.entries import Entry, read_entries
from catalog.pricing.estimate_id import estimate_id
from catalog.pricing.groups import GroupBy, groups
from catalog.pricing.lines import lines_of
from catalog.pricing.list_prices import Snapshot
from catalog.pricing.priced import Priced, price, total
from catalog.pricing.usage import Item

__all__ = ["MAX_ITEMS", "PAGE", "GroupBy", "Item", "Paging", "ResourceRequest", "calculate"]

MAX_ITEMS = 500
MAX_MONTHS = 120
# Lines of an answer; the rest is on further pages.
PAGE = 100
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Paging:
    """Which part of the lines an answer has, and by what it groups them.

    Without `group_by`, only an answer of several pages has groups, by region. `cursor` is the next_cursor
    of the page before.
    """

    group_by: GroupBy | None = None
    cursor: str | None = None


def calculate(
    items: Sequence[Item | ResourceRequest],
    *,
    months: int = 1,
    snapshot: Snapshot | None = None,
    detailed: bool = False,
    compare: bool = False,
    paging: Paging | None = None,
) -> CalculateAnswer:
    """Price usage exactly.

    Args:
        items: 1 to 500 items, each the usage of one month: of a SKU, or of whole resources.
        months: the number of such months, 1 to 120.
        snapshot: the time whose prices apply; the present if omitted.
        detailed: whether each line includes its list price in full.
        compare: whether each resource is priced in all the ways to buy it too.
        paging: the page and the groups; the first page if omitted.

    Returns:
        The answer as the tool contract defines it. Costs are in USD, exact to the nano.

    Raises:
        InvalidArgumentError: the items, a quantity or the months are out of range, a region is unknown, or
            the cursor does not fit.
        NotFoundError: a SKU is not in the catalog, or there is no such resource.
        RegionMismatchError: a SKU is not sold in its item's region, or no item of the resources is.
        UnitMismatchError: an item's unit cannot be converted to its SKU's usage unit.
        NoPriceError: none of the items has a price.
    """
    check_months(months)
    snapshot, paging = snapshot or list_prices.snapshot(), paging or Paging()
    priced = price(_entries(items, snapshot), months)
    request = _fingerprint(priced, str(months), str(snapshot.as_of), str(compare), paging.group_by)
    start = resume(paging.cursor, Cursor(request, snapshot.update.pk if snapshot.update else 0, 0))
    page = priced[start.offset : start.offset + PAGE]
    answer = summary(priced, page, months, snapshot, paging.group_by)
    answer["items"] = lines_of(page, snapshot, detailed=detailed, compare=compare)
    if (end := start.offset + PAGE) < len(priced):
        answer["next_cursor"] = replace(start, offset=end).encode()
    if len(priced) > PAGE:
        shown = f"These are items {start.offset + 1} to {start.offset + len(page)} of {len(priced)}."
        answer["assumptions"].insert(0, shown)
    return answer


def _entries(items: Sequence[Item | ResourceRequest], snapshot: Snapshot) -> list[Entry]:
    """The items, read and matched with prices; one error for all that cannot be."""
    if not 1 <= len(items) <= MAX_ITEMS:
        raise InvalidArgumentError(f"Send 1 to {MAX_ITEMS} items, not {len(items)}.")
    found, errors = read_entries(dict(enumerate(items)), snapshot)
    if errors:
        raise merge(errors)
    entries = [found[position] for position in range(len(items))]
    if all(entry.not_priced for entry in entries):
        raise _none_priced(entries)
    return entries


def check_months(months: int) -> None:
    if not 1 <= months <= MAX_MONTHS:
        raise InvalidArgumentError(f"months must be from 1 to {MAX_MONTHS}, not {months}.")


def summary(
    priced: Sequence[Priced],
    page: Sequence[Priced],
    months: int,
    snapshot: Snapshot,
    group_by: GroupBy | None,
) -> CalculateAnswer:
    """An answer without its lines.

    Args:
        priced: the entries.
        page: those of them that the answer shows.
        months: the number of months.
        snapshot: the time whose prices apply.
        group_by: as in Paging.
    """
    by: GroupBy | None = group_by or ("region" if len(page) < len(priced) else None)
    return {
        "total": total_of(priced),
        "items": [],
        "not_priced": [each.entry.not_priced for each in page if each.entry.not_priced is not None],
        "next_cursor": None,
        "groups": groups(priced, by) if by else [],
        "allowances": ledger(priced, page),
        "estimate_id": estimate_id((each.entry.item for each in priced), months, snapshot.as_of),
        "proof": {
            "pricing_info_ids": _price_ids(priced),
            "update_id": snapshot.update.pk if snapshot.update else None,
            "as_of": utc_text(snapshot.at),
        },
        "assumptions": assumptions(priced, months, is_capped=snapshot.is_capped),
    }


def _price_ids(priced: Sequence[Priced]) -> list[int]:
    lines = (line for each in priced for line in each.entry.lines)
    # What a community's list says has no row.
    return [pk for pk in dict.fromkeys(line.list_price.info.pk for line in lines) if pk is not None]


def _fingerprint(priced: Sequence[Priced], *arguments: str | None) -> str:
    """Covers what the lines depend on; response_format may differ between pages.

    The prices used are part of it: one may take effect between two pages without a sync.
    """
    items = (repr(each.entry.item) for each in priced)
    return fingerprint(*items, *arguments, str(_price_ids(priced)))


def total_of(priced: Sequence[Priced]) -> Total:
    """What all entries cost together; partial if something is missing from it."""
    amount, is_partial = total(priced), any(each.is_partial for each in priced)
    if amount is None:
        return {"amount": None, "rounded": None, "currency": "USD", "partial": is_partial}
    rounded = ROUNDED.plus(ROUNDED.quantize(amount, _CENT))
    return {"amount": plain(amount), "rounded": f"{rounded:f}", "currency": "USD", "partial": is_partial}


def _none_priced(entries: Sequence[Entry]) -> CatalogError:
    """The error of a call none of whose items has a price."""
    unpriced = [entry.not_priced for entry in entries if entry.not_priced is not None]
    resources = [entry.composed for entry in entries if entry.composed is not None]
    elsewhere = [composed.sold_in for composed in resources if composed.sold_in]
    if elsewhere:
        return RegionMismatchError(
            unpriced[0]["message"],
            hint="Send a region that sells it, or another resource.",
            candidates=[{"region": region} for region in elsewhere[0]],
        )
    is_early = any(entry.is_early for entry in entries)
    others = "another resource or usage_type" if resources else "another SKU"
    return NoPriceError(
        unpriced[0]["message"],
        hint="Send a later as_of, or omit it." if is_early else f"Search for {others}.",
        candidates=unpriced[:MAX_MERGED],
    )
