"""The statements of search: one brings the page, its prices, the facets, the total and what to drop."""

from __future__ import annotations

from collections.abc import Sequence

from catalog.search.index.criteria import Condition, Criteria, argument_conditions, match_of, place_scopes
from catalog.search.index.fts import NOTHING, both
from catalog.search.index.ranking import ORDER, ranks
from catalog.search.index.relaxation import choose
from catalog.search.index.sql import Sql, all_of, any_of, compose, contains, join, one_of
from catalog.search.query import Term

# The number of matches read for each place scope; more for a page further down. They are the first by ID, the
# plain SKUs with short names.
HITS = 1000
# The number of hits that are ranked.
CANDIDATES = 200
# From THIN * HITS matches on, the count itself samples every THIN-th match for facets; fewer are read again.
THIN = 64

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
    SELECT id, sku_id, name, region_rank, {ranks} FROM candidate CROSS JOIN sku_search USING (id)
), page AS MATERIALIZED (SELECT sku_id, n FROM ({page}) CROSS JOIN sku_search USING (id))
SELECT 'sku' AS part, json_object(
        'sku_id', k.sku_id, 'display_name', k.display_name, 'service_id', k.service_id,
        'service', s.display_name, 'resource_family', k.resource_family, 'resource_group', k.resource_group,
        'usage_type', k.usage_type, 'regions', json(k.service_regions), 'description', k.description,
        'geo_taxonomy_type', k.geo_taxonomy_type, 'geo_taxonomy_regions', json(k.geo_taxonomy_regions),
        'service_provider_name', k.service_provider_name,
        'synced_at', s.synced_at, 'sync_error', s.sync_error
    ) AS value, n
FROM page CROSS JOIN skus AS k USING (sku_id) CROSS JOIN services AS s USING (service_id)
UNION ALL SELECT 'price', json_object(
        'id', p.id, 'sku_id', p.sku_id, 'effective_time', p.effective_time, 'created_at', p.created_at,
        'currency_code', p.currency_code, 'usage_unit', p.usage_unit,
        'usage_unit_description', p.usage_unit_description, 'tiers', (
            SELECT json_group_array(json_array(
                printf('%%!.17g', t.start_usage_amount), t.price_units, t.price_nanos
            ))
            FROM pricing_tiers AS t WHERE t.pricing_info_id = p.id
        )
    ), n
FROM page CROSS JOIN pricing_info AS p USING (sku_id)
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
UNION ALL SELECT * FROM ({kept})
"""
SCOPE = """
SELECT * FROM (
    SELECT rowid AS id, {rank} AS region_rank FROM sku_words
    WHERE sku_words MATCH {match} ORDER BY rowid LIMIT {hits}
)
"""
# The candidates by rank, then the remaining hits by place and ID. A page may contain the end of the former
# and the start of the latter.
PAGE_OF_RANKED = """
SELECT * FROM (
    SELECT id, row_number() OVER (ORDER BY {order}) AS n FROM ranked ORDER BY n LIMIT {limit} OFFSET {offset}
)
"""
PAGE_OF_REST = """
SELECT * FROM (
    SELECT id, row_number() OVER (ORDER BY region_rank, id) AS n FROM hit ORDER BY n
    LIMIT {limit} OFFSET {offset}
)
"""
COUNT = "SELECT {way}, count(*) FROM sku_words WHERE sku_words MATCH {match}"
# It is fast to find out that no SKU matches all words, but slow if the place matches many SKUs.
MATCH_IF_TOGETHER = """
CASE WHEN EXISTS (SELECT 1 FROM sku_words WHERE sku_words MATCH {words}) THEN {match} ELSE {nothing} END
"""

FIND_SERVICES = """
WITH hit AS MATERIALIZED (
    SELECT v.id, v.service_id, v.name, v.sku_count, {is_named} AS is_named FROM service_search AS v
    WHERE {conditions} AND ({is_named} OR {matches})
), found AS MATERIALIZED (SELECT *, row_number() OVER (ORDER BY {order}) AS n FROM hit)
SELECT 'found_service' AS part, json_object(
        'service_id', s.service_id, 'display_name', s.display_name, 'sku_count', found.sku_count,
        'synced_at', s.synced_at, 'sync_error', s.sync_error
    ) AS value, n
FROM found JOIN services AS s USING (service_id) WHERE n > {offset} AND n <= {offset} + {limit}
UNION ALL SELECT 'service_total', NULL, count(*) FROM found
"""
SERVICE_ORDER = "is_named DESC, sku_count = 0, length(name), name, service_id"
SERVICE_ORDER_WITHOUT_WORDS = "sku_count = 0, name, service_id"
SELLS = """
EXISTS (
    SELECT 1 FROM sku_words WHERE sku_words MATCH %s || ' AND filters : "service=' || v.service_id || '"'
)
"""
COUNT_SERVICES = "SELECT {way}, count(*) FROM service_search AS v WHERE {conditions}"
IS_EMPTY = Sql("(SELECT n FROM total) = 0")
NONE = "SELECT NULL, NULL, NULL WHERE 0"


def in_one_round_trip(parts: Sequence[Sql]) -> Sql:
    """One statement with the rows (part, value, n) of all `parts`."""
    return join(" UNION ALL ", [compose("SELECT * FROM ({part})", part=part) for part in parts])


def value(param: str | int) -> Sql:
    return Sql("%s", (param,))


def find_skus(criteria: Criteria, found: Sequence[Condition], limit: int, offset: int) -> Sql:
    """A page of SKUs with prices, total and facets; if there are no matches, the words to keep."""
    hits = max(HITS, offset + limit)
    fixed, words = [c for c in found if not c.weight], [c for c in found if c.weight]
    return compose(
        FIND_SKUS,
        match=value(match_of(found)),
        scopes=_scopes(criteria, found, hits),
        hits=Sql(str(hits)),
        many=Sql(str(THIN * HITS)),
        thin=Sql(str(THIN)),
        sample=Sql(f"1 + n / {HITS}"),
        candidates=Sql(str(CANDIDATES)),
        ranks=ranks(criteria),
        page=_page(limit, offset),
        kept=choose(fixed, words, IS_EMPTY) if len(words) > 1 else Sql(NONE),
    )


def _page(limit: int, offset: int) -> Sql:
    last = offset + limit
    parts = [(PAGE_OF_RANKED, offset, min(last, CANDIDATES)), (PAGE_OF_REST, max(offset, CANDIDATES), last)]
    pieces = [
        compose(part, order=Sql(ORDER), limit=value(end - start), offset=value(start))
        for part, start, end in parts
        if start < end
    ]
    return join(" UNION ALL ", pieces)


def _scopes(criteria: Criteria, found: Sequence[Condition], hits: int) -> Sql:
    rest = [condition.match for condition in found if not condition.is_place]
    matches = [both([place, *rest]) for place in place_scopes(criteria)] or [both(rest)]
    pieces = [
        compose(SCOPE, rank=Sql(str(rank)), match=value(scope), hits=Sql(str(hits)))
        for rank, scope in enumerate(matches)
    ]
    return join(" UNION ALL ", pieces)


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


def count_without(found: Sequence[Condition], ways: Sequence[frozenset[int]]) -> Sql:
    """Rows (way, count): the number of SKUs that match without the conditions of each way."""
    kept = [[condition for i, condition in enumerate(found) if i not in way] for way in ways]
    pieces = [
        compose(COUNT, way=value(number), match=_match_if_together(conditions))
        for number, conditions in enumerate(kept)
    ]
    return join(" UNION ALL ", pieces)


def find_services(criteria: Criteria, limit: int, offset: int) -> Sql:
    """A page of services and their total: services named in the question first, then those that match it."""
    named = [service_id for term in criteria.question.terms for service_id in term.service_ids]
    return compose(
        FIND_SERVICES,
        is_named=one_of("v.service_id", named) if named else Sql("0"),
        conditions=all_of(service_conditions(criteria)),
        matches=all_of(service_has(term) for term in required_terms(criteria)),
        order=Sql(SERVICE_ORDER if criteria.question.terms else SERVICE_ORDER_WITHOUT_WORDS),
        limit=value(limit),
        offset=value(offset),
    )


def count_services_without(criteria: Criteria, ways: Sequence[frozenset[int]]) -> Sql:
    """Rows (way, count): the number of services that match without the conditions of each way."""
    found = [*service_conditions(criteria), *(service_has(term) for term in required_terms(criteria))]
    pieces = [
        compose(
            COUNT_SERVICES,
            way=value(number),
            conditions=all_of(sql for i, sql in enumerate(found) if i not in way),
        )
        for number, way in enumerate(ways)
    ]
    return join(" UNION ALL ", pieces)


def required_terms(criteria: Criteria) -> list[Term]:
    return [term for term in criteria.question.terms if not term.is_optional]


def service_has(term: Term) -> Sql:
    """Whether a word of the service name starts with the term."""
    return any_of(contains("v.name", f" {synonym}") for synonym in term.synonyms)


def service_conditions(criteria: Criteria) -> list[Sql]:
    """The conditions for a service; filters on SKUs keep services that sell matching SKUs."""
    pieces = [one_of("v.service_id", criteria.question.ids)] if criteria.question.ids else []
    for condition in argument_conditions(criteria):
        is_it = one_of("v.service_id", criteria.service_ids)
        pieces.append(is_it if condition.is_service else Sql(SELLS, (f"({condition.match})",)))
    return pieces
