"""The SKUs that fit as well as the first, and what they leave open."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import Any

from catalog.offers.attributes import NO_LIMIT, Span
from catalog.places import Place
from catalog.pricing.list_prices import Snapshot
from catalog.search.ambiguity import Candidate, ambiguous_in
from catalog.search.contract import Ambiguous
from catalog.search.index.plan import Plan
from catalog.search.index.statements import CANDIDATES, MAX_COMPARED
from catalog.search.query import Question
from catalog.search.results import PriceRows, price_of

SIZE = "size_of_machine"


def candidates(rows: list[dict[str, Any]], listed: PriceRows, snapshot: Snapshot) -> list[Candidate]:
    """The candidates, best first.

    Args:
        rows: rows "near" of statements.FIND_SKUS.
        listed: all current and past prices of these SKUs.
        snapshot: the current time and the latest completed sync.
    """
    return [_candidate(row, listed, snapshot) for row in rows]


def open_attributes(found: list[Candidate], plan: Plan, total: int) -> list[Ambiguous]:
    """The attributes that the question leaves open, and in which the candidates differ.

    Args:
        found: the candidates.
        plan: what was asked for.
        total: the number of all matches, of which the CANDIDATES plainest were ranked.
    """
    question = plan.question
    settled = set(question.settled)
    if plan.usage_type:
        settled.add("term")
    if _fits_size(found, question):
        settled.add(SIZE)
    if question.has_machine:
        # A machine is billed as all of its parts.
        settled |= {"part", "model", "name"}
    place = plan.place
    has_place = bool(place and place.is_one) and not _is_inside(found, place)
    found = [replace(each, regions=_regions_in(place, each.regions)) for each in found]
    are_all = len(found) <= MAX_COMPARED and total <= CANDIDATES
    return ambiguous_in(found, settled, has_place=has_place, are_all=are_all)


def _is_inside(found: list[Candidate], place: Place | None) -> bool:
    """Whether the first candidate is sold in a region of the multi-region `place`, and not in itself."""
    regions = set(found[0].regions) if found else set()
    return place is not None and regions.isdisjoint(place.codes) and not regions.isdisjoint(place.within)


def _regions_in(place: Place | None, regions: tuple[str, ...]) -> tuple[str, ...]:
    inside = {*place.codes, *place.within} if place else set()
    return tuple(region for region in regions if region in inside) or regions


def _fits_size(found: list[Candidate], question: Question) -> bool:
    """Whether the first candidate is for machines of a size that the question says exactly."""
    span = found[0].span if found else None
    return span is not None and any(size.is_exact and size.fits(span) for size in question.sizes)


def _candidate(row: dict[str, Any], listed: PriceRows, snapshot: Snapshot) -> Candidate:
    facts: defaultdict[str, list[str]] = defaultdict(list)
    for fact in row["facts"].split():
        attribute, _, value = fact.partition("=")
        facts[attribute].append(value)
    span = Span(*row["span"]) if row["span"] else None
    if span:
        facts[SIZE].append(_size_of(span))
    price, unit = price_of(listed.get(row["sku_id"], ()), snapshot)
    return Candidate(
        facts={attribute: tuple(values) for attribute, values in facts.items()},
        key=row["key"],
        name=row["name"],
        regions=tuple(row["place"]),
        source=row["source"],
        destination=row["destination"],
        price=price,
        unit=unit,
        span=span,
    )


def _size_of(span: Span) -> str:
    """The sizes of machines that a licence covers, such as "4 to 8 cpu"."""
    if span.most >= NO_LIMIT:
        return f"{span.least} or more {span.unit}"
    return (
        f"{span.least} {span.unit}" if span.least == span.most else f"{span.least} to {span.most} {span.unit}"
    )
