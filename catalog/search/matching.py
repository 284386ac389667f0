"""Finds what matches: strictly, then without words that no SKU has with the rest, then leniently."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from catalog.offers.plain import COST_OF_SIDE, cost_of
from catalog.places import fold
from catalog.search.contract import Missing, SearchRequest
from catalog.search.hints import labels_of, ways_to_drop
from catalog.search.index.plan import Plan, conditions
from catalog.search.index.relaxation import keep
from catalog.search.index.services import find_services
from catalog.search.index.sql import Sql, compose, rows_of
from catalog.search.index.statements import (
    find_alike,
    find_named,
    find_skus,
    in_one_round_trip,
    of_several,
)
from catalog.search.index.vocabulary import Vocabulary
from catalog.search.missing import missing_in, region_missing

# Next to SKUs, services only serve to narrow the search.
MAX_SERVICES_WITH_SKUS = 3

# The rows of each part of the statement, (value, number), by the name of the part.
Found = dict[str, list[tuple[Any, int]]]


@dataclass(frozen=True, slots=True)
class Match:
    """The rows that were found, the plan that found them, and what the catalog does not have."""

    plan: Plan
    found: Found
    missing: Sequence[Missing] = ()

    def rows(self, part: str) -> list[Any]:
        """The objects of a part in order."""
        return objects(self.found[part])

    @property
    def unheld(self) -> list[str]:
        """The words for values of which no match has any, beside another value of their attribute."""
        return [word for word, _ in self.found["unheld"]]

    @property
    def without(self) -> Mapping[int, int]:
        """The matches without what each way to drop leaves out, by its number; empty if not counted."""
        return dict(self.found["without"])

    def total(self, part: str) -> int:
        return self.found[part][0][1] if self.found[part] else 0


@dataclass(frozen=True, slots=True)
class First:
    """What a plan finds at first, without SKUs if something is `missing`."""

    found: Found
    missing: Sequence[Missing] = ()


def first_round(
    asked: Sequence[tuple[Plan, SearchRequest]],
    offset: int,
    limit: int,
    vocabulary: Vocabulary,
    beside: Sql | None = None,
) -> tuple[list[First], list[Any]]:
    """What plans find at first, in one statement for all of them; `match` goes on from there.

    Args:
        asked: plans, each with the request that it was compiled from.
        offset: the first row of each page.
        limit: the rows of a page.
        vocabulary: tells what no SKU has.
        beside: a statement of one column to ask in the same round trip.

    Returns:
        What each plan finds, and the values of `beside`; none of these if no plan has anything to ask.
    """
    missing = [_missing(plan, request, vocabulary) for plan, request in asked]
    parts = [
        _parts(plan, request, offset, limit, None if lacking else ())
        for (plan, request), lacking in zip(asked, missing, strict=True)
    ]
    asking = [number for number, own in enumerate(parts) if own]
    statements = [in_one_round_trip(parts[number]) for number in asking]
    if asking and beside:
        statements.append(compose("SELECT 'beside', *, 0 FROM ({one})", one=beside))
    found: list[Found] = [defaultdict(list) for _ in (*asking, beside)]
    for number, part, value, n in rows_of(of_several(statements)) if asking else ():
        found[number][part].append((value, n))
    by_number = dict(zip(asking, found, strict=False))
    firsts = [First(by_number.get(number, defaultdict(list)), each) for number, each in enumerate(missing)]
    return firsts, [value for value, _ in found[-1]["beside"]]


def match(plan: Plan, request: SearchRequest, offset: int, limit: int, first: First) -> Match:
    """What `plan` finds; in one statement or two more if no SKU meets all of it.

    Args:
        plan: compiled from `request`.
        request: what to look for.
        offset: the first row of the page.
        limit: the rows of the page.
        first: what `first_round` found of it.

    Returns:
        What was found. If words were read leniently and there is still nothing, the counts of `without` too.
    """
    found = first.found
    if first.missing:
        return Match(plan, found, first.missing)
    if plan.may_be_lenient and not found["kept"] and (_is_empty(found) or _is_excluded(found, plan)):
        plan = replace(plan, is_lenient=True)
        ways = ways_to_drop(plan, labels_of(plan, request.kind), request.kind)
        found = _find(plan, request, offset, limit, ways)
    if not_here := _missing_region(plan, found, request):
        return Match(plan, _services(found), [not_here])
    if found["kept"]:
        plan = keep(plan, {number for _, number in found["kept"]})
        found = _find(plan, request, offset, limit)
    return Match(plan, found)


def _missing(plan: Plan, request: SearchRequest, vocabulary: Vocabulary) -> Sequence[Missing]:
    missing = missing_in(plan, vocabulary) if request.kind != "services" else []
    return [] if missing and _is_name_of_a_sku(plan) else missing


def _is_name_of_a_sku(plan: Plan) -> bool:
    """Whether a SKU is called so: its name may contain that of a product, as "Dataflow Streaming" does."""
    may_be = plan.known.issuperset(fold(plan.question.typed).split())
    return may_be and any(rows_of(named) for named in find_named(plan))


def alike(key: str) -> Found:
    """The SKUs that differ from one another by place alone, with their prices."""
    return _found(find_alike(key))


def objects(rows: list[tuple[Any, int]]) -> list[Any]:
    return [json.loads(value) for value, _ in sorted(rows, key=lambda row: row[1])]


def _find(
    plan: Plan, request: SearchRequest, offset: int, limit: int, ways: Sequence[frozenset[int]] = ()
) -> Found:
    parts = _parts(plan, request, offset, limit, ways)
    return _found(in_one_round_trip(parts)) if parts else defaultdict(list)


def _services(found: Found) -> Found:
    """What was found without the SKUs."""
    return defaultdict(list, {part: found[part] for part in ("found_service", "service_total")})


def _found(statement: Sql) -> Found:
    found: Found = defaultdict(list)
    for part, value, n in rows_of(statement):
        found[part].append((value, n))
    return found


def _parts(
    plan: Plan,
    request: SearchRequest,
    offset: int,
    limit: int,
    ways: Sequence[frozenset[int]] | None = (),
) -> list[Sql]:
    """The statements of a plan; without SKUs if `ways` is None."""
    if request.kind == "services":
        return [*filter(None, [find_services(plan, limit, offset)])]
    parts = [] if ways is None else [find_skus(plan, conditions(plan), limit, offset, ways)]
    names_a_service = bool(plan.question.words or plan.service)
    if request.kind == "all" and names_a_service and offset == 0:
        services = find_services(plan, min(limit, MAX_SERVICES_WITH_SKUS), 0)
        parts += [services] if services else []
    return parts


def _is_empty(found: Found) -> bool:
    return any(n == 0 for _, n in found["sku_total"])


def _is_excluded(found: Found, plan: Plan) -> bool:
    """Whether the question excludes the first match, and so all of them."""
    near = objects(found["near"])[:1] if plan.question.negated else []
    return any(plan.question.excludes(row["name"], row["facts"].split()) for row in near)


def _missing_region(plan: Plan, found: Found, request: SearchRequest) -> Missing | None:
    """The region as missing if what is asked for is sold in others only.

    That is also so if only what is charged on top of it is sold there: "coldline storage in Berlin", where
    only its operations are sold, as everywhere.
    """
    place = plan.place
    if place is None:
        return None
    if found["elsewhere"]:
        return region_missing(place, (region for row in found["elsewhere"] for region in json.loads(row[0])))
    near = objects(found["near"])
    if not near or "part" in plan.question.attributes or not _is_side_charge(near[0], plan):
        return None
    anywhere = objects(_find(replace(plan, place=None), request, 0, 1)["near"])
    things = [row for row in anywhere if not _is_side_charge(row, plan)]
    return region_missing(place, (region for row in things for region in row["place"])) if things else None


def _is_side_charge(row: dict[str, Any], plan: Plan) -> bool:
    """Whether a part of the SKU, or a kind that the question does not name, is charged on top of a thing."""
    named = (fact.split("=") for fact in row["facts"].split())
    asked = plan.question.attributes
    return any(
        attribute in {"part", "kind"} - asked and cost_of((attribute, value)) >= COST_OF_SIDE
        for attribute, value in named
    )
