"""The workflow: read the request, find, price the page, and say where it goes on."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from catalog.errors import InvalidArgumentError
from catalog.models import PricingUpdate
from catalog.places import Place
from catalog.pricing.list_prices import snapshot
from catalog.search.arguments import read_request
from catalog.search.contract import (
    Facets,
    FacetValue,
    FoundService,
    FoundSku,
    Interpreted,
    Kind,
    SearchAnswer,
    SearchRequest,
)
from catalog.search.cursor import Cursor, fingerprint
from catalog.search.hints import explain, labels_of, ways_to_drop
from catalog.search.index.criteria import Wanted, conditions
from catalog.search.index.relaxation import keep
from catalog.search.index.sql import Sql, rows_of
from catalog.search.index.statements import (
    count_services_without,
    count_without,
    find_services,
    find_skus,
    in_one_round_trip,
)
from catalog.search.index.vocabulary import vocabulary_of
from catalog.search.results import with_prices

# Services beside SKUs are there to choose one from, not to read through.
SERVICES_BESIDE_SKUS = 3
FACET_VALUES = 8

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
    found = _find(wanted, request, start.offset)
    if found["kept"]:
        wanted = keep(wanted, {number for _, number in found["kept"]})
        found = _find(wanted, request, start.offset)
    total = found["service_total" if request.kind == "services" else "sku_total"][0][1]
    services = _objects(found["found_service"])
    why = "" if total else _why_nothing(wanted, request.kind, services)
    following = start.offset + request.limit
    return SearchAnswer(
        services=services,
        skus=_priced_skus(found, wanted, request, latest),
        total=total,
        next_cursor=replace(start, offset=following).encode() if following < total else None,
        facets=_facets(found),
        facets_counted=sum(int(n) for _, n in found["counted"]),
        interpreted=_interpreted(wanted),
        hint=_hint(wanted, why),
    )


def _priced_skus(
    found: Found, wanted: Wanted, request: SearchRequest, latest: PricingUpdate | None
) -> list[FoundSku]:
    skus, prices = _skus(found, wanted.place), _objects(found["price"])
    return with_prices(skus, prices, snapshot(None, latest), request.response_format) if skus else []


def _hint(wanted: Wanted, why: str) -> str | None:
    question, without = wanted.question, wanted.without
    read = [
        f'Read "{typed}" as "{meant}".'
        for typed, meant in question.corrected
        if meant not in without and typed != meant.replace(" ", "")
    ]
    unknown = f"No SKU or service has {_listed(question.left_out)}: left out." if question.left_out else ""
    apart = f"No SKU has all of it: left out {_listed(without)}." if without else ""
    return " ".join(filter(None, [*read, unknown, apart, why])) or None


def _listed(words: Sequence[str]) -> str:
    return ", ".join(f'"{word}"' for word in words)


def _find(wanted: Wanted, request: SearchRequest, offset: int) -> Found:
    found: Found = defaultdict(list)
    for part, value, n in rows_of(in_one_round_trip(_parts(wanted, request, offset))):
        found[part].append((value, n))
    return found


def _parts(wanted: Wanted, request: SearchRequest, offset: int) -> list[Sql]:
    if request.kind == "services":
        return [find_services(wanted, request.limit, offset)]
    parts = [find_skus(wanted, conditions(wanted), request.limit, offset)]
    names_a_service = bool(wanted.question.words or wanted.service)
    if request.kind == "all" and names_a_service and offset == 0:
        parts.append(find_services(wanted, min(request.limit, SERVICES_BESIDE_SKUS), 0))
    return parts


def _why_nothing(wanted: Wanted, kind: Kind, services: Sequence[FoundService]) -> str:
    labels = labels_of(wanted, kind)
    ways = ways_to_drop(wanted, labels, kind)
    is_of_services = kind == "services"
    count = (
        count_services_without(wanted, ways) if is_of_services else count_without(conditions(wanted), ways)
    )
    matching = {ways[way]: n for way, n in rows_of(count)} if ways else {}
    return explain(kind, labels, matching, wanted, services)


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
        words=[word for word in wanted.question.words if word not in wanted.without],
        region=wanted.place.label if wanted.place else None,
        usage_type=wanted.usage_type,
    )


def _facets(found: Found) -> Facets:
    service, region, usage_type, resource_group = (Counter[str]() for _ in Facets.__annotations__)
    for groups, _ in found["counted"]:
        for of_service, of_usage_type, of_resource_group, of_regions, n in json.loads(groups):
            service[of_service] += n
            usage_type[of_usage_type] += n
            resource_group[of_resource_group] += n
            for code in of_regions:
                region[code] += n
    return Facets(
        service=_commonest(service),
        region=_commonest(region),
        usage_type=_commonest(usage_type),
        resource_group=_commonest(resource_group),
    )


def _commonest(counter: Counter[str]) -> list[FacetValue]:
    commonest_first = sorted((-n, value) for value, n in counter.items() if value)
    return [{"value": value, "count": -n} for n, value in commonest_first[:FACET_VALUES]]


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
