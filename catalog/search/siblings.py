"""The same thing elsewhere: SKUs that differ from one by place or by how they are bought."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from django.db import connection

from catalog.offers.attributes import TERMS
from catalog.pricing.list_prices import Listing, Snapshot, look_up

# A thing has a few hundred: regions times terms.
MAX_SIBLINGS = 1000
# SKUs that may be asked about at once.
MAX_ASKED = 4


@dataclass(frozen=True, slots=True)
class Siblings:
    """The SKUs of one thing that have a price, by region and by how they are bought.

    Args:
        term: how the SKU that was asked for is bought; None if it is withdrawn. Reservations and the like
            are on demand, as Google's usage type says.
        by_region: regions, each with its SKUs by term. A region may have several for one term.
    """

    term: str | None
    by_region: Mapping[str, Mapping[str, Sequence[Listing]]]


def _with_term(facts: str, term: str) -> str:
    """SQL for `facts` with another term."""
    for each in TERMS.values():
        facts = f"replace({facts}, ' term={each} ', ' term=' || {term} || ' ')"
    return facts


# The same name but for the place, bought in the same way; or the same facts, bought in another way.
_SIBLINGS = f"""
SELECT one.sku_id, other.sku_id, other.facts, found.place
FROM json_each(%s) AS asked
CROSS JOIN sku_attributes AS one ON one.sku_id = asked.value
CROSS JOIN sku_attributes AS other ON other.key = one.key AND other.destination IS one.destination
JOIN sku_search AS found ON found.sku_id = other.sku_id
UNION
SELECT one.sku_id, other.sku_id, other.facts, found.place
FROM json_each(%s) AS asked
CROSS JOIN sku_attributes AS one ON one.sku_id = asked.value
JOIN sku_search AS own ON own.sku_id = one.sku_id
CROSS JOIN json_each(%s) AS term
CROSS JOIN sku_attributes AS other
    ON other.facts = {_with_term("one.facts", "term.value")} AND other.facts <> one.facts
    AND other.unread = one.unread AND other.destination IS one.destination
    AND other.span_unit IS one.span_unit AND other.span_least IS one.span_least
    AND other.span_most IS one.span_most
JOIN sku_search AS found ON found.sku_id = other.sku_id AND found.service_id = own.service_id
LIMIT {MAX_SIBLINGS * MAX_ASKED}
"""  # noqa: S608 only names of terms are put in


_KEYS = """
SELECT own.sku_id, own.key, own.destination
FROM json_each(%s) AS asked
CROSS JOIN sku_attributes AS own ON own.sku_id = asked.value
"""


def by_thing(lists: Sequence[Sequence[str]]) -> list[list[list[str]]]:
    """The SKU ids of each list in groups that are one thing, bought in one way, in several places; in order.

    Takes a query for all lists.
    """
    with connection.cursor() as cursor:
        cursor.execute(_KEYS, [json.dumps([*dict.fromkeys(chain(*lists))])])
        keys = {sku_id: (key, destination) for sku_id, key, destination in cursor.fetchall()}
    return [_grouped(sku_ids, keys) for sku_ids in lists]


def _grouped(sku_ids: Sequence[str], keys: Mapping[str, tuple[str, str | None]]) -> list[list[str]]:
    groups: defaultdict[tuple[str, str | None], list[str]] = defaultdict(list)
    for sku_id in sku_ids:
        groups[keys.get(sku_id, (sku_id, None))].append(sku_id)
    return [*groups.values()]


def siblings(sku_ids: Sequence[str], snapshot: Snapshot) -> dict[str, Siblings]:
    """Find the SKUs that are the same thing as each of some in another place, or bought in another way.

    Args:
        sku_ids: SKU ids as the catalog spells them, at most MAX_ASKED.
        snapshot: the time whose prices apply.

    Returns:
        By id, those with a price that are not withdrawn, the SKU itself among them. Takes two queries.
    """
    asked = json.dumps(list(sku_ids[:MAX_ASKED]))
    with connection.cursor() as cursor:
        cursor.execute(_SIBLINGS, [asked, asked, json.dumps(list(TERMS.values()))])
        rows: list[tuple[str, str, str, str]] = cursor.fetchall()
    # Those that were asked for too, since a withdrawn one is not among its siblings.
    listings = look_up([*sku_ids, *(name for _, name, _, _ in rows)], snapshot)
    of_each: dict[str, list[tuple[str, str, str]]] = {sku_id: [] for sku_id in sku_ids}
    for one, *row in rows:
        of_each[one].append((row[0], row[1], row[2]))
    return {sku_id: _siblings(sku_id, found, listings) for sku_id, found in of_each.items()}


def _siblings(sku_id: str, rows: Sequence[tuple[str, str, str]], listings: Mapping[str, Listing]) -> Siblings:
    by_region: defaultdict[str, defaultdict[str, list[Listing]]] = defaultdict(lambda: defaultdict(list))
    for name, facts, place in rows:
        if listings[name].list_price:
            for region in json.loads(place):
                by_region[region][_term(facts)].append(listings[name])
    own = next((_term(facts) for name, facts, _ in rows if name == sku_id), None)
    return Siblings(own, by_region)


def _term(facts: str) -> str:
    return next((term for term in TERMS.values() if f" term={term} " in facts), TERMS["OnDemand"])
