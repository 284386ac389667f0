"""The workflow: compiles the request, finds matches, adds prices and paginates."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from catalog.cursor import Cursor, fingerprint, resume
from catalog.models import PricingUpdate, Service
from catalog.offers.attributes import TERMS
from catalog.pricing import list_prices
from catalog.pricing.freshness import stored_time
from catalog.pricing.list_prices import Snapshot
from catalog.pricing.resources import offers
from catalog.search.ambiguity import sentence as ambiguous_sentence
from catalog.search.arguments import read_request
from catalog.search.candidates import candidates, open_attributes
from catalog.search.contract import (
    Ambiguous,
    FoundService,
    FoundSku,
    Interpreted,
    Kind,
    SearchAnswer,
    SearchRequest,
)
from catalog.search.facets import facets_of
from catalog.search.hints import explain, hint, labels_of, quoted, ways_to_drop
from catalog.search.index.plan import Plan, conditions
from catalog.search.index.services import count_services_without
from catalog.search.index.sql import Sql, rows_of
from catalog.search.index.statements import CANDIDATES, count_without
from catalog.search.index.vocabulary import Vocabulary, vocabulary_of
from catalog.search.matching import First, Match, alike, first_round, match, objects
from catalog.search.missing import sentence as missing_sentence
from catalog.search.order import by_price, by_region
from catalog.search.query import Question
from catalog.search.remarks import remarks
from catalog.search.resources import AskedResources, Resources, asked_in, priced
from catalog.search.results import by_sku, with_prices

SORTED_PART = f"Only the {CANDIDATES} best matches are sorted by price; narrow the search to sort them all."


def search(
    request: SearchRequest,
    *,
    latest: PricingUpdate | None = None,
    snapshot: Snapshot | None = None,
    offset: int = 0,
) -> SearchAnswer:
    """Find services and SKUs, best first, with the list price of each SKU.

    Args:
        request: what to look for.
        latest: the latest completed sync, if the caller already has it.
        snapshot: the present, in place of `latest`; gets the services that were found.
        offset: the first row, if the request has no cursor.

    Raises:
        InvalidArgumentError: an argument is invalid or unknown; the error says what to send instead.
    """
    snapshot = snapshot or list_prices.snapshot(latest=latest)
    vocabulary = vocabulary_of(snapshot)
    plan = read_request(request, vocabulary)
    update_id = snapshot.latest.pk if snapshot.latest else 0
    start = resume(request.cursor, Cursor(_fingerprint(request), update_id, offset))
    first, limit = (0, CANDIDATES) if _is_ordered(request) else (start.offset, request.limit)
    resources = AskedResources() if start.offset else asked_in(plan, request, vocabulary)
    [round_] = _first_round([(plan, request)], (first, limit), resources.facts, vocabulary, snapshot)
    found = match(plan, request, first, limit, round_)
    return _answer(found, priced([resources], snapshot)[0], request, start, snapshot)


class SeveralAnswer(NamedTuple):
    """The answer to one of several questions.

    `things` are the ids of its SKUs in groups that are one thing, bought in one way, in several places.
    """

    answer: SearchAnswer
    things: list[list[str]]


def search_several(
    queries: Sequence[str], limit: int, snapshot: Snapshot, facts: Sequence[str] = ()
) -> list[SeveralAnswer]:
    """The first page of each question, whose matches are found in one statement.

    Args:
        queries: the questions.
        limit: the rows of a page.
        snapshot: the present; gets the services that were found.
        facts: those of SKUs that are wanted besides, which are kept in memory.

    Raises:
        InvalidArgumentError: a question has no words.
    """
    vocabulary = vocabulary_of(snapshot)
    requests = [SearchRequest(query=query, limit=limit) for query in queries]
    plans = [read_request(request, vocabulary) for request in requests]
    asked = [*zip(plans, requests, strict=True)]
    resources = [asked_in(plan, request, vocabulary) for plan, request in asked]
    facts = [*facts, *(text for each in resources for text in each.facts)]
    rounds = _first_round(asked, (0, limit), facts, vocabulary, snapshot)
    start = Cursor("", snapshot.latest.pk if snapshot.latest else 0, 0)
    answers = []
    for (plan, request), first, own in zip(asked, rounds, priced(resources, snapshot), strict=True):
        found = match(plan, request, 0, limit, first)
        things = _things(found.rows("sku"))
        answer = _answer(found, own, request, replace(start, request=_fingerprint(request)), snapshot)
        answers.append(SeveralAnswer(answer, things))
    return answers


def _things(rows: Sequence[dict[str, Any]]) -> list[list[str]]:
    """The ids in groups that are alike but for the place; in order."""
    groups: defaultdict[tuple[str, str | None], list[str]] = defaultdict(list)
    for row in rows:
        groups[row["key"] or row["sku_id"], row["destination"]].append(row["sku_id"])
    return [*groups.values()]


def _first_round(
    asked: Sequence[tuple[Plan, SearchRequest]],
    span: tuple[int, int],
    facts: Sequence[str],
    vocabulary: Vocabulary,
    snapshot: Snapshot,
) -> list[First]:
    """What is found at first; the SKUs of `facts` are read in the same statement, for memory."""
    facts = offers.unread(facts, snapshot)
    beside = Sql(*offers.reading(facts)) if facts else None
    found, rows = first_round(asked, *span, vocabulary, beside)
    if rows:
        offers.keep(facts, rows, snapshot)
    return found


def _answer(
    found: Match, resources: Resources, request: SearchRequest, start: Cursor, snapshot: Snapshot
) -> SearchAnswer:
    """The page that begins at `start`, with what is to be said about it."""
    services = [_without_state(row, row["display_name"], snapshot) for row in found.rows("found_service")]
    skus, total, note = _skus(found, request, start.offset, snapshot)
    total = found.total("service_total") if request.kind == "services" else total
    ambiguous, sentences = _left_open(found, request, start.offset, snapshot)
    following = start.offset + request.limit
    return SearchAnswer(
        resources=list(resources.found),
        services=services,
        skus=skus,
        total=total,
        next_cursor=replace(start, offset=following).encode() if following < total else None,
        facets=facets_of(groups for groups, _ in found.found["counted"]),
        facets_counted=sum(int(n) for _, n in found.found["counted"]),
        interpreted=_interpreted(found.plan),
        ambiguous_in=ambiguous or None,
        missing=list(found.missing) or None,
        hint=hint(
            found.plan,
            [
                *map(missing_sentence, found.missing),
                "" if total or found.missing else _why_nothing(found, request.kind, services),
                f"No SKU matches {quoted(found.unheld)} with the rest." if found.unheld else "",
                *sentences,
                ambiguous_sentence(ambiguous),
                note,
                *resources.said,
            ],
        ),
    )


def _left_open(
    found: Match, request: SearchRequest, offset: int, snapshot: Snapshot
) -> tuple[list[Ambiguous], list[str]]:
    """What the first page leaves open, and sentences about what its first SKU lacks or is besides."""
    listed = by_sku(found.rows("price"))
    near = candidates(found.rows("near") if offset == 0 else [], listed, snapshot)
    total = found.total("sku_total")
    ambiguous = [] if request.by == "region" else open_attributes(near, found.plan, total)
    return ambiguous, remarks(near, found.plan, ambiguous)


def _is_ordered(request: SearchRequest) -> bool:
    """Whether the SKUs are put into another order than that of relevance."""
    return request.sort == "price" or request.by == "region"


def _skus(
    found: Match, request: SearchRequest, offset: int, snapshot: Snapshot
) -> tuple[list[FoundSku], int, str]:
    """The SKUs of the page with their prices, the number of all rows, and a sentence about their order."""
    total, place = found.total("sku_total"), found.plan.place
    rows, listed, note = found.rows("sku"), by_sku(found.rows("price")), ""
    if request.by == "region" and rows:
        same, found_name = alike(rows[0]["key"]), rows[0]["display_name"]
        listed = by_sku(objects(same["price"]))
        rows = by_region(objects(same["sku"]), place)
        total, note = len(rows), f'One thing by region, as "{found_name}".' if rows else ""
    elif request.sort == "price" and total > CANDIDATES:
        total, note = CANDIDATES, SORTED_PART
    if _is_ordered(request):
        rows = by_price(rows, listed, snapshot)[offset : offset + request.limit]
    for row in rows:
        row["regions"].sort(key=lambda code: place is None or code not in place.codes)
    skus = [_without_state(row, row["service"], snapshot) for row in rows]
    return with_prices(skus, listed, snapshot, request.response_format), total, note


def _without_state(row: dict[str, Any], name: str, snapshot: Snapshot) -> Any:
    """Move the state of a row's service into the snapshot."""
    synced_at, error = stored_time(row.pop("synced_at")), row.pop("sync_error")
    service_id, provider = row["service_id"], row["provider"]
    snapshot.services[service_id] = Service(
        service_id, name, provider=provider, synced_at=synced_at, sync_error=error
    )
    for column in ("key", "destination", "term_cost"):
        row.pop(column, None)
    return row


def _why_nothing(found: Match, kind: Kind, services: Sequence[FoundService]) -> str:
    plan = found.plan
    labels = labels_of(plan, kind)
    ways = ways_to_drop(plan, labels, kind)
    counts = found.without or (_counts(plan, ways, kind) if ways else {})
    return explain(kind, labels, {ways[way]: n for way, n in counts.items()}, plan, services)


def _counts(plan: Plan, ways: Sequence[frozenset[int]], kind: Kind) -> dict[int, int]:
    """How much matches without each of the ways, by its number."""
    is_of_services = kind == "services"
    return dict(
        rows_of(
            count_services_without(plan, ways) if is_of_services else count_without(conditions(plan), ways)
        )
    )


def _interpreted(plan: Plan) -> Interpreted:
    question = plan.question
    return Interpreted(
        words=[word for word in question.words if word not in plan.dropped],
        region=plan.place.label if plan.place else None,
        usage_type=plan.usage_type or _usage_type(question),
        providers=[plan.provider] if plan.provider else list(plan.providers),
        attributes=_attributes(question),
        quantity=list(question.quantity),
    )


def _attributes(question: Question) -> dict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for fact in question.facts:
        for attribute, value in fact.facts:
            found[attribute].append(value)
    return {attribute: list(dict.fromkeys(values)) for attribute, values in found.items()}


def _usage_type(question: Question) -> str | None:
    """The usage type that the question names, in Google's spelling."""
    terms = [fact.values() for fact in question.facts if fact.attribute == "term"]
    return next((usage_type for usage_type, term in TERMS.items() if [[term]] == terms), None)


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
        request.sort,
        request.by,
        *filter(None, [request.provider]),
    )
