"""All that a search finds, to a bound, for lists that are not read page by page."""

from __future__ import annotations

from dataclasses import replace

from catalog.pricing.list_prices import Snapshot
from catalog.search.arguments import read_request
from catalog.search.contract import SearchRequest
from catalog.search.index.plan import conditions
from catalog.search.index.sql import rows_of
from catalog.search.index.statements import find_ids
from catalog.search.index.vocabulary import vocabulary_of
from catalog.search.matching import first_round, match


def all_ids(request: SearchRequest, snapshot: Snapshot, most: int) -> list[str]:
    """The ids of the SKUs that a search finds, the plainest first, in two statements to four.

    Args:
        request: what to look for; its cursor and limit do not count.
        snapshot: the present.
        most: the number of ids at most.

    Raises:
        InvalidArgumentError: an argument is invalid or unknown.
    """
    vocabulary = vocabulary_of(snapshot)
    request = replace(request, kind="skus", limit=1)
    plan = read_request(request, vocabulary)
    [first], _ = first_round([(plan, request)], 0, 1, vocabulary)
    found = match(plan, request, 0, 1, first)
    if not found.total("sku_total"):
        return []
    return [sku_id for (sku_id,) in rows_of(find_ids(conditions(found.plan), most))]
