"""The statements of search: one brings the page, its prices, the facets, the total and what to drop."""

from __future__ import annotations

from collections.abc import Sequence

from catalog.search.index.fts import NOTHING, both
from catalog.search.index.plan import (
    Condition,
    Plan,
    alternatives,
    argument_conditions,
    by_provider,
    match_of,
    place_scopes,
)
from catalog.search.index.ranking import ORDER, UNNAMED, ranks
from catalog.search.index.relaxation import choose
from catalog.search.index.sql import Sql, compose, join, one_of
from catalog.search.query import Term

# The number of matches read for each place scope; more for a page further down. They are the first by ID, the
# plain SKUs with short names.
HITS = 1000
# The number of SKUs read to see where else a thing is sold.
MAX_ELSEWHERE = 20_000
# The number of hits that are ranked.
CANDIDATES = 200
# From THIN * HITS matches on, the count itself samples every THIN-th match for facets; fewer are read again.
THIN = 64

# SKUs whose attributes cost less than this more than those of the first fit as well as the first.
MARGIN = 100
# So many of them are compared; of more, only the first are read, to see in what they differ.
MAX_COMPARED = 40
# Of those with the same attributes, which differ by place or size, so many come before the next.
MAX_ALIKE = 4

# The rows of SKUs, and of all their prices, of a table `page` with the columns sku_id and n.
SKU_ROWS = """
SELECT 'sku' AS part, json_object(
        'sku_id', k.sku_id, 'display_name', k.display_name, 'service_id', k.service_id,
        'service', s.display_name, 'resource_family', k.resource_family, 'resource_group', k.resource_group,
        'usage_type', k.usage_type, 'regions', json(k.service_regions), 'description', k.description,
        'geo_taxonomy_type', k.geo_taxonomy_type, 'geo_taxonomy_regions', json(k.geo_taxonomy_regions),
        'service_provider_name', k.service_provider_name, 'key', e.key, 'destination', (
            SELECT destination FROM sku_attributes AS own WHERE own.sku_id = k.sku_id
        ),
        'term_cost', coalesce(json_extract(e.costs, '$.term'), 0),
        'synced_at', s.synced_at, 'sync_error', s.sync_error, 'provider', s.provider
    ) AS value, n
FROM page CROSS JOIN sku_search AS e USING (sku_id) CROSS JOIN skus AS k USING (sku_id)
    CROSS JOIN services AS s ON s.service_id = k.service_id
"""
PRICE_ROWS = """
SELECT 'price' AS part, json_object(
        'id', p.id, 'sku_id', p.sku_id, 'effective_time', p.effective_time, 'created_at', p.created_at,
        'currency_code', p.currency_code, 'usage_unit', p.usage_unit,
        'usage_unit_description', p.usage_unit_description, 'tiers', (
            SELECT json_group_array(json_array(
                printf('%%!.17g', t.start_usage_amount), t.price_units, t.price_nanos
            ))
            FROM pricing_tiers AS t WHERE t.pricing_info_id = p.id
        )
    ) AS value, n
"""
# SKUs that differ from one another by place alone.
FIND_ALIKE = f"""
WITH page AS MATERIALIZED (
    SELECT sku_id, e.id AS n FROM sku_attributes AS a CROSS JOIN sku_search AS e USING (sku_id)
    WHERE a.key = {{key}}
)
{SKU_ROWS} UNION ALL {PRICE_ROWS} FROM page CROSS JOIN pricing_info AS p USING (sku_id)
"""  # noqa: S608  # its pieces are constants

# If there may be more matches than hits, they are counted separately, and the facets count an even sample.
FIND_SKUS = """
WITH hit AS MATERIALIZED (SELECT id, min(region_rank) AS region_rank FROM ({scopes}) GROUP BY id),
total(n, sample) AS MATERIALIZED (
    SELECT * FROM (SELECT count(*) AS n, NULL FROM hit) WHERE n < {hits}
    UNION ALL SELECT * FROM (
        SELECT count(*) AS n, json_group_array(sku_words.rowid) FILTER (WHERE sku_words.rowid %% {thin} = 0)
        FROM (SELECT count(*) AS found FROM hit) CROSS JOIN sku_words
        WHERE found >= {hits} AND sku_words MATCH {match}
    ) WHERE n > 0
),
candidate AS MATERIALIZED (SELECT * FROM hit ORDER BY region_rank, id LIMIT {candidates}),
ranked AS MATERIALIZED (
    SELECT id, sku_id, name, key, facts, region_rank, {ranks} FROM candidate CROSS JOIN sku_search USING (id)
), ordered AS MATERIALIZED (
    SELECT *, row_number() OVER (ORDER BY {order}) AS n FROM ranked
), near AS MATERIALIZED (
    SELECT ordered.id, ordered.n
    FROM ordered JOIN (
        SELECT fact_rank, usage_rank, side_rank, negated_rank, word_rank, region_rank, said_rank, size_rank,
            optional_rank AS best_size, plain_rank AS plainest,
            CASE WHEN name_rank < {unnamed} THEN key END AS named
        FROM ordered
        WHERE n = 1 AND {is_first_page} AND (name_rank = {unnamed} OR EXISTS (
            SELECT 1 FROM sku_attributes AS a WHERE a.sku_id = ordered.sku_id AND NOT a.has_place
        ))
    ) USING (fact_rank, usage_rank, side_rank, negated_rank, word_rank, region_rank, said_rank, size_rank)
    WHERE plain_rank < plainest + {margin} AND (optional_rank <= best_size OR NOT {has_size})
        AND key = coalesce(named, key)
    ORDER BY (row_number() OVER (PARTITION BY facts ORDER BY n) - 1) / {alike}, n LIMIT {compared} + 1
), page AS MATERIALIZED (SELECT sku_id, n FROM ({page}) CROSS JOIN sku_search USING (id))
{sku_rows} UNION ALL {price_rows}
FROM (
    SELECT sku_id, n FROM page
    UNION SELECT sku_id, 0 FROM near CROSS JOIN sku_search USING (id)
    WHERE (SELECT count(*) FROM near) <= {compared} AND sku_id NOT IN (SELECT sku_id FROM page)
) CROSS JOIN pricing_info AS p USING (sku_id)
UNION ALL SELECT 'near', json_object(
        'sku_id', sku_id, 'name', k.display_name, 'facts', a.facts, 'key', a.key, 'place', json(place),
        'source', a.source, 'destination', a.destination, 'span', (
            SELECT json_array(a.span_unit, a.span_least, a.span_most) WHERE a.span_unit IS NOT NULL
        )
    ), n
FROM near CROSS JOIN sku_search USING (id) CROSS JOIN skus AS k USING (sku_id)
    CROSS JOIN sku_attributes AS a USING (sku_id)
UNION ALL SELECT 'sku_total', NULL, n FROM total
UNION ALL SELECT 'counted', json_group_array(json_array(
        s.display_name, usage_type, resource_group, json(place), n
    )), total(n)
FROM (
    SELECT service_id, usage_type, resource_group, place, count(*) AS n FROM (
        SELECT id FROM total CROSS JOIN hit WHERE n < {hits} AND id %% ({sample}) = 0
        UNION ALL SELECT value FROM total CROSS JOIN json_each(sample)
        WHERE n >= {many} AND value / {thin} %% (1 + n / {many}) = 0
        UNION ALL SELECT rowid FROM total CROSS JOIN sku_words
        WHERE n >= {hits} AND n < {many} AND sku_words MATCH {match} AND rowid %% ({sample}) = 0
    ) CROSS JOIN sku_search USING (id)
    GROUP BY service_id, usage_type, resource_group, place
) JOIN services AS s USING (service_id)
UNION ALL SELECT 'elsewhere', place, count(*)
FROM ({elsewhere}) CROSS JOIN sku_search USING (id) GROUP BY place
UNION ALL SELECT 'unheld', word, 0 FROM ({unheld})
UNION ALL SELECT * FROM ({kept})
UNION ALL SELECT 'without', way, n FROM ({without})
"""
# SKUs that are what the question asks for, if none of them is sold in its place.
ELSEWHERE = """
SELECT rowid AS id FROM total CROSS JOIN sku_words
WHERE n = 0 AND NOT EXISTS (SELECT 1 FROM sku_words WHERE sku_words MATCH {here})
    AND sku_words MATCH {anywhere}
LIMIT {hits}
"""
# What the question names beside another value of the attribute, if all matches have the other.
UNHELD = """
SELECT {word} AS word FROM total
WHERE n > 0 AND NOT EXISTS (SELECT 1 FROM sku_words WHERE sku_words MATCH {match})
"""
SCOPE = """
SELECT * FROM (
    SELECT rowid AS id, {rank} AS region_rank FROM sku_words
    WHERE sku_words MATCH {match} ORDER BY rowid LIMIT {hits}
)
"""
NAMED = """
SELECT e.id, 0 AS region_rank FROM skus AS k CROSS JOIN sku_search AS e USING (sku_id)
WHERE {is_named}
"""
# The candidates by rank, then the remaining hits by place and ID. A page may contain the end of the former
# and the start of the latter.
PAGE_OF_RANKED = """
SELECT id, n FROM ordered WHERE n > {offset} AND n <= {offset} + {limit}
"""
PAGE_OF_REST = """
SELECT * FROM (
    SELECT id, row_number() OVER (ORDER BY region_rank, id) AS n FROM hit ORDER BY n
    LIMIT {limit} OFFSET {offset}
)
"""
IDS = """
SELECT sku_id FROM (
    SELECT rowid AS id FROM sku_words WHERE sku_words MATCH {match} ORDER BY rowid LIMIT {most}
) CROSS JOIN sku_search USING (id)
ORDER BY id
"""
COUNT = "SELECT {way} AS way, count(*) AS n FROM sku_words WHERE sku_words MATCH {match}"
# A match that costs nothing unless no SKU was found.
MATCH_IF_EMPTY = "CASE WHEN {is_empty} THEN ({match}) ELSE {nothing} END"
# It is fast to find out that no SKU matches all words, but slow if the place matches many SKUs.
MATCH_IF_TOGETHER = """
CASE WHEN EXISTS (SELECT 1 FROM sku_words WHERE sku_words MATCH {words}) THEN {match} ELSE {nothing} END
"""

IS_EMPTY = Sql("(SELECT n FROM total) = 0")
NONE = "SELECT NULL, NULL, NULL WHERE 0"


def in_one_round_trip(parts: Sequence[Sql]) -> Sql:
    """One statement with the rows (part, value, n) of all `parts`."""
    return join(" UNION ALL ", [compose("SELECT * FROM ({part})", part=part) for part in parts])


def of_several(statements: Sequence[Sql]) -> Sql:
    """One statement with the rows of all, each after the number of its statement."""
    numbered = [
        compose("SELECT {number}, * FROM ({one})", number=Sql(f"{number}"), one=one)
        for number, one in enumerate(statements)
    ]
    return join(" UNION ALL ", numbered)


def value(param: str | int) -> Sql:
    return Sql("%s", (param,))


def find_alike(key: str) -> Sql:
    """Rows "sku" and "price" of the SKUs with `key`."""
    return compose(FIND_ALIKE, key=value(key))


def find_ids(found: Sequence[Condition], most: int) -> Sql:
    """The ids of the SKUs that meet the conditions, in the order of the index."""
    return compose(IDS, match=value(match_of(found)), most=Sql(str(most)))


def find_skus(
    plan: Plan,
    found: Sequence[Condition],
    limit: int,
    offset: int,
    ways: Sequence[frozenset[int]] = (),
) -> Sql:
    """A page of SKUs with prices, total and facets; if there are no matches, the words to keep.

    Then it counts the matches without the conditions of each of the `ways`, too, as `count_without`.
    """
    hits = max(HITS, offset + limit)
    words = [c for c in found if (plan.may_drop(c.fact) if c.fact else c.weight)]
    fixed = [condition for condition in found if condition not in words]
    return compose(
        FIND_SKUS,
        sku_rows=Sql(SKU_ROWS),
        price_rows=Sql(PRICE_ROWS),
        match=value(match_of(found)),
        scopes=_scopes(plan, found, hits),
        hits=Sql(str(hits)),
        many=Sql(str(THIN * HITS)),
        thin=Sql(str(THIN)),
        sample=Sql(f"1 + n / {HITS}"),
        candidates=Sql(str(CANDIDATES)),
        ranks=ranks(plan),
        page=_page(limit, offset),
        order=Sql(ORDER),
        margin=Sql(str(MARGIN)),
        unnamed=Sql(str(UNNAMED)),
        has_size=value(int(plan.question.has_size)),
        is_first_page=value(int(offset == 0)),
        compared=Sql(str(MAX_COMPARED)),
        alike=Sql(str(MAX_ALIKE)),
        elsewhere=_elsewhere(found),
        unheld=_unheld(plan),
        kept=_kept(fixed, words),
        without=count_without(found, ways, IS_EMPTY) if ways else Sql("SELECT NULL AS way, 0 AS n WHERE 0"),
    )


def _elsewhere(found: Sequence[Condition]) -> Sql:
    place = [condition for condition in found if condition.is_place]
    rest = [condition for condition in found if not (condition.is_place or condition.is_word)]
    if not place or not any(condition.fact for condition in rest):
        return Sql("SELECT NULL AS id WHERE 0")
    return compose(
        ELSEWHERE,
        here=value(match_of([*place, *rest])),
        anywhere=value(match_of(rest)),
        hits=Sql(str(MAX_ELSEWHERE)),
    )


def _unheld(plan: Plan) -> Sql:
    """The words for values that no match has, beside another value of their attribute."""
    pieces = [compose(UNHELD, word=value(word), match=value(match)) for word, match in alternatives(plan)]
    return join(" UNION ALL ", pieces) if pieces else Sql("SELECT NULL AS word WHERE 0")


def _kept(fixed: Sequence[Condition], words: Sequence[Condition]) -> Sql:
    """The words to keep if no SKU matches."""
    if not words or len(words) + len(fixed) == 1:
        return Sql(NONE)
    return choose(fixed, words, IS_EMPTY)


def _page(limit: int, offset: int) -> Sql:
    last = offset + limit
    parts = [(PAGE_OF_RANKED, offset, min(last, CANDIDATES)), (PAGE_OF_REST, max(offset, CANDIDATES), last)]
    pieces = [
        compose(part, limit=Sql(str(end - start)), offset=Sql(str(start)))
        for part, start, end in parts
        if start < end
    ]
    return join(" UNION ALL ", pieces)


def find_named(plan: Plan) -> list[Sql]:
    """The SKUs whose whole name the question is or quotes, wherever sold, if no argument says otherwise."""
    question = plan.question
    if argument_conditions(plan) or not question.typed:
        return []
    return [compose(NAMED, is_named=one_of("k.display_name", (question.typed, *question.quoted)))]


def _scopes(plan: Plan, found: Sequence[Condition], hits: int) -> Sql:
    rest = [condition.match for condition in found if not condition.is_place]
    matches = [both([place, *rest]) for place in place_scopes(plan)] or [both(rest)]
    pieces = [
        compose(SCOPE, rank=Sql(str(10 * place + rank)), match=value(scope), hits=Sql(str(hits)))
        for rank, found_there in enumerate(matches)
        for place, scope in enumerate(by_provider(plan, found_there))
    ]
    return join(" UNION ALL ", [*find_named(plan), *pieces])


def _match_if_together(found: Sequence[Condition]) -> Sql:
    words = [condition for condition in found if condition.weight]
    if not words or len(words) == len(found):
        return value(match_of(found))
    return compose(
        MATCH_IF_TOGETHER,
        words=value(match_of(words)),
        match=value(match_of(found)),
        nothing=value(NOTHING),
    )


def count_without(
    found: Sequence[Condition], ways: Sequence[frozenset[int]], is_needed: Sql | None = None
) -> Sql:
    """Rows (way, count): the number of SKUs that match without the conditions of each way.

    Args:
        found: the conditions.
        ways: the numbers of those to leave out, for each way.
        is_needed: true if they are to be counted; otherwise all counts are 0.
    """
    kept = [[condition for i, condition in enumerate(found) if i not in way] for way in ways]
    pieces = [
        compose(COUNT, way=value(number), match=_if_needed(_match_if_together(conditions), is_needed))
        for number, conditions in enumerate(kept)
    ]
    return join(" UNION ALL ", pieces)


def _if_needed(match: Sql, is_needed: Sql | None) -> Sql:
    if is_needed is None:
        return match
    return compose(MATCH_IF_EMPTY, is_empty=is_needed, match=match, nothing=value(NOTHING))


def required_terms(plan: Plan) -> list[Term]:
    return [term for term in plan.question.terms if not term.is_optional]
