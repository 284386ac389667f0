"""The workflow: read the request, find, price the page, and say where it goes on."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from catalog.errors import InvalidArgumentError
from catalog.listing import snapshot
from catalog.models import PricingUpdate
from catalog.places import Place
from catalog.search.arguments import read_request
from catalog.search.contract import (
    Facets,
    FacetValue,
    FoundSku,
    Interpreted,
    SearchAnswer,
    SearchRequest,
)
from catalog.search.cursor import Cursor, fingerprint
from catalog.search.nothing_found import explain, labels_of, ways_to_drop
from catalog.search.page import with_prices
from catalog.search.sql import Sql, rows_of
from catalog.search.statements import find_services, find_skus, in_one_round_trip
from catalog.search.vocabulary import vocabulary_of
from catalog.search.wanted import Wanted, conditions

# Services beside SKUs are there to choose one from, not to read through.
SERVICES_BESIDE_SKUS = 3

CURSOR_HINT = (
    "Send next_cursor as it came, with the arguments of the page before, or no cursor to start over."
)

# The rows of each part of the statement: a value and a number, by the part's name.
Found = dict[str, list[tuple[Any, int]]]


def search(request: SearchRequest, *, latest: PricingUpdate | None = None) -> SearchAnswer:
    """Find services and SKUs, best first, with the list price of each SKU.

    Args:
        request: what to look for.
        latest: the latest completed sync, where the caller has it at hand.

    Raises:
        InvalidArgumentError: an argument is wrong or unknown; it says what to send instead.
    """
    latest = latest or PricingUpdate.objects.latest_completed()
    wanted = read_request(request, vocabulary_of(latest))
    start = _start(request, latest.pk if latest else 0)
    labels = labels_of(wanted, request.kind)
    ways = ways_to_drop(wanted, labels, request.kind)
    found = _find(wanted, request, ways, start.offset)
    is_of_services = request.kind == "services"
    total = found["service_total" if is_of_services else "sku_total"][0][1]
    matching = {ways[way]: n for way, n in found["service_drop" if is_of_services else "drop"]}
    services = _objects(found["found_service"])
    why = "" if total else explain(request.kind, labels, matching, wanted, services)
    following = start.offset + request.limit
    return SearchAnswer(
        services=services,
        skus=_priced_skus(found, wanted, request, latest),
        total=total,
        next_cursor=replace(start, offset=following).encode() if following < total else None,
        facets=_facets(found),
        facets_counted=sum(n for _, n in found["counted"]),
        interpreted=_interpreted(wanted),
        hint=_hint(wanted, why),
    )


def _priced_skus(
    found: Found, wanted: Wanted, request: SearchRequest, latest: PricingUpdate | None
) -> list[FoundSku]:
    skus, prices = _skus(found, wanted.place), _objects(found["price"])
    return with_prices(skus, prices, snapshot(None, latest), request.response_format) if skus else []


def _hint(wanted: Wanted, why: str) -> str | None:
    read = [f'Read "{typed}" as "{meant}".' for typed, meant in wanted.question.mended]
    left_out = ", ".join(f'"{word}"' for word in wanted.question.left_out)
    without = f"No SKU or service has {left_out}: left out." if left_out else ""
    return " ".join(filter(None, [*read, without, why])) or None


def _find(wanted: Wanted, request: SearchRequest, ways: Sequence[frozenset[int]], offset: int) -> Found:
    found: Found = defaultdict(list)
    for part, value, n in rows_of(in_one_round_trip(_parts(wanted, request, ways, offset))):
        found[part].append((value, n))
    return found


def _parts(wanted: Wanted, request: SearchRequest, ways: Sequence[frozenset[int]], offset: int) -> list[Sql]:
    if request.kind == "services":
        return [find_services(wanted, ways, request.limit, offset)]
    parts = [find_skus(wanted, conditions(wanted), ways, request.limit, offset)]
    names_a_service = bool(wanted.question.words or wanted.service)
    if request.kind == "all" and names_a_service and offset == 0:
        parts.append(find_services(wanted, (), min(request.limit, SERVICES_BESIDE_SKUS), 0))
    return parts


def _objects(rows: list[tuple[Any, int]]) -> list[Any]:
    return [json.loads(value) for value, _ in sorted(rows, key=lambda row: row[1])]


def _skus(found: Found, place: Place | None) -> list[dict[str, Any]]:
    """The page's SKUs; of their regions the one asked for stands first."""
    skus = _objects(found["sku"])
    for sku in skus:
        sku["regions"].sort(key=lambda code: place is None or code not in place.codes)
    return skus


def _interpreted(wanted: Wanted) -> Interpreted:
    return Interpreted(
        words=wanted.question.words,
        region=wanted.place.label if wanted.place else None,
        usage_type=wanted.usage_type,
    )


def _facets(found: Found) -> Facets:
    def values(name: str) -> list[FacetValue]:
        commonest_first = sorted(found[name], key=lambda row: (-row[1], row[0]))
        return [{"value": value, "count": count} for value, count in commonest_first]

    return Facets(
        service=values("service"),
        region=values("region"),
        usage_type=values("usage_type"),
        resource_group=values("resource_group"),
    )


def _start(request: SearchRequest, update_id: int) -> Cursor:
    """Where the page starts. A cursor is good for the same request to the same state of the catalog."""
    first = Cursor(_fingerprint(request), update_id, 0)
    if request.cursor is None:
        return first
    try:
        start = Cursor.decode(request.cursor)
    except ValueError:
        problem = "is broken"
    else:
        if start.request == first.request and start.update_id == first.update_id:
            return start
        is_same_request = start.request == first.request
        problem = (
            "is of an older catalog: prices were synced since" if is_same_request else "is of another request"
        )
    raise InvalidArgumentError(f"The cursor {problem}.", hint=CURSOR_HINT)


def _fingerprint(request: SearchRequest) -> str:
    """Of what decides the matches and their order; the size and form of pages may change on the way."""
    return fingerprint(
        request.query,
        request.service,
        request.region,
        request.resource_family,
        request.resource_group,
        request.usage_type,
        request.kind,
    )
