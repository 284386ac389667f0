"""The workflow: compiles the request, finds matches, adds prices and paginates."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from catalog.errors import InvalidArgumentError
from catalog.models import PricingUpdate, Service
from catalog.places import Place
from catalog.pricing import list_prices
from catalog.pricing.freshness import stored_time
from catalog.pricing.list_prices import Snapshot
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
from catalog.search.index.criteria import Criteria, conditions
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

# Next to SKUs, services only serve to narrow the search.
MAX_SERVICES_WITH_SKUS = 3
MAX_FACET_VALUES = 8

CURSOR_HINT = "Send next_cursor unchanged with the same arguments, or omit cursor to start over."

# The rows of each part of the statement, (value, number), by the name of the part.
Found = dict[str, list[tuple[Any, int]]]


def search(
    request: SearchRequest, *, latest: PricingUpdate | None = None, snapshot: Snapshot | None = None
) -> SearchAnswer:
    """Find services and SKUs, best first, with the list price of each SKU.

    Args:
        request: what to look for.
        latest: the latest completed sync, if the caller already has it.
        snapshot: the present, in place of `latest`; gets the services that were found.

    Raises:
        InvalidArgumentError: an argument is invalid or unknown; the error says what to send instead.
    """
    snapshot = snapshot or list_prices.snapshot(latest=latest)
    latest = snapshot.latest
    criteria = read_request(request, vocabulary_of(latest))
    start = _start(request, latest.pk if latest else 0)
    found = _find(criteria, request, start.offset)
    if found["kept"]:
        criteria = keep(criteria, {number for _, number in found["kept"]})
        found = _find(criteria, request, start.offset)
    total = found["service_total" if request.kind == "services" else "sku_total"][0][1]
    services = [
        _without_state(row, row["display_name"], snapshot) for row in _objects(found["found_service"])
    ]
    why = "" if total else _why_nothing(criteria, request.kind, services)
    following = start.offset + request.limit
    return SearchAnswer(
        services=services,
        skus=_priced_skus(found, criteria, request, snapshot),
        total=total,
        next_cursor=replace(start, offset=following).encode() if following < total else None,
        facets=_facets(found),
        facets_counted=sum(int(n) for _, n in found["counted"]),
        interpreted=_interpreted(criteria),
        hint=_hint(criteria, why),
    )


def _priced_skus(
    found: Found, criteria: Criteria, request: SearchRequest, snapshot: Snapshot
) -> list[FoundSku]:
    skus = [_without_state(row, row["service"], snapshot) for row in _skus(found, criteria.place)]
    return with_prices(skus, _objects(found["price"]), snapshot, request.response_format) if skus else []


def _without_state(row: dict[str, Any], name: str, snapshot: Snapshot) -> Any:
    """Move the state of a row's service into the snapshot."""
    synced_at, error = stored_time(row.pop("synced_at")), row.pop("sync_error")
    service_id = row["service_id"]
    snapshot.services[service_id] = Service(service_id, name, synced_at=synced_at, sync_error=error)
    return row


def _hint(criteria: Criteria, why: str) -> str | None:
    question, dropped = criteria.question, criteria.dropped
    corrections = [
        f'Corrected "{typed}" to "{correction}".'
        for typed, correction in question.corrected
        if correction not in dropped and typed != correction.replace(" ", "")
    ]
    unknown = f"Ignored {_quoted(question.unknown)}: not in any SKU or service." if question.unknown else ""
    relaxed = f"No SKU matches all terms. Ignored {_quoted(dropped)}." if dropped else ""
    return " ".join(filter(None, [*corrections, unknown, relaxed, why])) or None


def _quoted(words: Sequence[str]) -> str:
    return ", ".join(f'"{word}"' for word in words)


def _find(criteria: Criteria, request: SearchRequest, offset: int) -> Found:
    found: Found = defaultdict(list)
    for part, value, n in rows_of(in_one_round_trip(_parts(criteria, request, offset))):
        found[part].append((value, n))
    return found


def _parts(criteria: Criteria, request: SearchRequest, offset: int) -> list[Sql]:
    if request.kind == "services":
        return [find_services(criteria, request.limit, offset)]
    parts = [find_skus(criteria, conditions(criteria), request.limit, offset)]
    names_a_service = bool(criteria.question.words or criteria.service)
    if request.kind == "all" and names_a_service and offset == 0:
        parts.append(find_services(criteria, min(request.limit, MAX_SERVICES_WITH_SKUS), 0))
    return parts


def _why_nothing(criteria: Criteria, kind: Kind, services: Sequence[FoundService]) -> str:
    labels = labels_of(criteria, kind)
    ways = ways_to_drop(criteria, labels, kind)
    is_of_services = kind == "services"
    count = (
        count_services_without(criteria, ways)
        if is_of_services
        else count_without(conditions(criteria), ways)
    )
    matching = {ways[way]: n for way, n in rows_of(count)} if ways else {}
    return explain(kind, labels, matching, criteria, services)


def _objects(rows: list[tuple[Any, int]]) -> list[Any]:
    return [json.loads(value) for value, _ in sorted(rows, key=lambda row: row[1])]


def _skus(found: Found, place: Place | None) -> list[dict[str, Any]]:
    """The SKUs of the page, each with the requested region first."""
    skus = _objects(found["sku"])
    for sku in skus:
        sku["regions"].sort(key=lambda code: place is None or code not in place.codes)
    return skus


def _interpreted(criteria: Criteria) -> Interpreted:
    return Interpreted(
        words=[word for word in criteria.question.words if word not in criteria.dropped],
        region=criteria.place.label if criteria.place else None,
        usage_type=criteria.usage_type,
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
        service=_most_common(service),
        region=_most_common(region),
        usage_type=_most_common(usage_type),
        resource_group=_most_common(resource_group),
    )


def _most_common(counter: Counter[str]) -> list[FacetValue]:
    most_common_first = sorted((-n, value) for value, n in counter.items() if value)
    return [{"value": value, "count": -n} for n, value in most_common_first[:MAX_FACET_VALUES]]


def _start(request: SearchRequest, update_id: int) -> Cursor:
    """Where the page starts. A cursor is only valid for the same request and state of the catalog."""
    first = Cursor(_fingerprint(request), update_id, 0)
    if request.cursor is None:
        return first
    try:
        start = Cursor.decode(request.cursor)
    except ValueError:
        problem = "is invalid"
    else:
        if start.request == first.request and start.update_id == first.update_id:
            return start
        is_same_request = start.request == first.request
        problem = "has expired: prices were synced since" if is_same_request else "belongs to another request"
    raise InvalidArgumentError(f"The cursor {problem}.", hint=CURSOR_HINT)


def _fingerprint(request: SearchRequest) -> str:
    """Covers what affects the matches and their order; limit and response_format may differ between pages."""
    return fingerprint(
        request.query,
        request.service,
        request.region,
        request.resource_family,
        request.resource_group,
        request.usage_type,
        request.kind,
    )
