"""The same thing elsewhere: SKUs that differ from one by place or by how they are bought."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from catalog.offers.attributes import TERMS
from catalog.pricing.list_prices import Listing, Snapshot, look_up, look_up_chosen
from catalog.pricing.memory import Memory

# A thing has a few hundred: regions times terms.
MAX_SIBLINGS = 1000
# SKUs that may be asked about at once.
MAX_ASKED = 4
# SKUs whose siblings are kept in memory, each with a few hundred rows of 200 bytes.
MAX_KEPT = 50


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
SELECT one.sku_id AS one, other.sku_id AS other, other.facts AS facts, found.place AS place
FROM json_each(%s) AS asked
CROSS JOIN sku_attributes AS one ON one.sku_id = asked.value
CROSS JOIN sku_attributes AS other ON other.key = one.key AND other.destination IS one.destination
JOIN sku_search AS found ON found.sku_id = other.sku_id
UNION
SELECT one.sku_id AS one, other.sku_id AS other, other.facts AS facts, found.place AS place
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
# Those that were asked for too, since a withdrawn one is not among its siblings.
_CHOSEN = f"""
SELECT value AS id, value, json_group_array(json(link)) FILTER (WHERE link IS NOT NULL) AS found_by
FROM (
    SELECT other AS value, json_array(one, other, facts, place) AS link FROM ({_SIBLINGS})
    UNION ALL SELECT value, NULL FROM json_each(%s)
)
GROUP BY value
"""  # noqa: S608 as above

# A sibling: its id, its facts, and its places as JSON.
_Row = tuple[str, str, str]
# By SKU and by the terms that were wanted.
_kept: Memory[tuple[str, tuple[str, ...]], Sequence[_Row]] = Memory(MAX_KEPT)
EVERY_TERM = tuple(TERMS.values())


def siblings(
    sku_ids: Sequence[str],
    snapshot: Snapshot,
    beside: Collection[str] = (),
    terms: tuple[str, ...] = EVERY_TERM,
) -> dict[str, Siblings]:
    """Find the SKUs that are the same thing as each of some in another place, or bought in another way.

    Args:
        sku_ids: SKU ids as the catalog spells them, at most MAX_ASKED.
        snapshot: the time whose prices apply.
        beside: SKUs that are wanted besides, which are kept in memory.
        terms: how the other SKUs are bought; those that are bought as a SKU itself are always among them.

    Returns:
        By id, those with a price that are not withdrawn, the SKU itself among them. Takes one query, or none
        if all are in memory.
    """
    asked = sku_ids[:MAX_ASKED]
    found = _kept.find([(sku_id, terms) for sku_id in asked], snapshot.state)
    kept = {sku_id: rows for (sku_id, _), rows in found.items()}
    if kept.keys() >= {*asked}:
        names = (name for rows in kept.values() for name, _, _ in rows)
        listings = look_up([*asked, *names, *beside], snapshot)
    else:
        listings, kept = _read(asked, beside, terms, snapshot)
        _kept.keep({(sku_id, terms): rows for sku_id, rows in kept.items()}, snapshot.state)
    return {sku_id: _siblings(sku_id, kept.get(sku_id, ()), listings) for sku_id in sku_ids}


def forget() -> None:
    """Empty the memory, as between tests."""
    _kept.forget()


def _read(
    asked: Sequence[str], beside: Collection[str], terms: Sequence[str], snapshot: Snapshot
) -> tuple[dict[str, Listing], dict[str, Sequence[_Row]]]:
    """The siblings of SKUs, and all of these with their prices."""
    ids = json.dumps([*asked])
    found = look_up_chosen(_CHOSEN, [ids, ids, json.dumps([*terms]), json.dumps([*asked, *beside])], snapshot)
    of_each: dict[str, list[_Row]] = {sku_id: [] for sku_id in asked}
    for one, *row in sorted(link for _, links in found for link in json.loads(links or "[]")):
        of_each[one].append((row[0], row[1], row[2]))
    return {listing.sku.pk: listing for listing, _ in found}, {**of_each}


def _siblings(sku_id: str, rows: Sequence[_Row], listings: Mapping[str, Listing]) -> Siblings:
    by_region: defaultdict[str, defaultdict[str, list[Listing]]] = defaultdict(lambda: defaultdict(list))
    for name, facts, place in rows:
        if listings[name].list_price:
            for region in json.loads(place):
                by_region[region][_term(facts)].append(listings[name])
    own = next((_term(facts) for name, facts, _ in rows if name == sku_id), None)
    return Siblings(own, by_region)


def _term(facts: str) -> str:
    return next((term for term in TERMS.values() if f" term={term} " in facts), TERMS["OnDemand"])
