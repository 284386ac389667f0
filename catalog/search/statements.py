"""The statements of search."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from catalog.question import Question, Term
from catalog.search.conditions import (
    OFFERED_OF_SERVICE,
    Condition,
    Wanted,
    conditions,
    region_rank,
    service_conditions,
)
from catalog.search.ranks import ORDER, ranks
from catalog.search.sql import Sql, all_of, any_of, compose, contains, has_prefix, join, spaced

# CROSS JOIN keeps SQLite from starting at the services and looking each SKU up.
OFFERED = Sql("skus AS k CROSS JOIN services AS s ON s.service_id = k.service_id AND k.retired_at IS NULL")
TEXT = (
    "' ' || lower(k.display_name || ' ' || coalesce(k.description, '') || ' ' || s.display_name || ' '"
    " || coalesce(k.resource_group, '') || ' ' || coalesce(k.resource_family, '')) || ' '"
)
SERVICE_WORDS = spaced("' ' || lower(s.display_name) || ' '")
SERVICE_ORDER = "is_named DESC, has_skus DESC, length(display_name), display_name, service_id"
SERVICE_ORDER_WITHOUT_WORDS = "has_skus DESC, display_name, service_id"
FACET_VALUES = 8

# Words are first looked for anywhere in the text, which spares most rows the costly spacing.
FIND_SKUS = """
WITH listed AS MATERIALIZED (
    SELECT k.sku_id, k.display_name AS name, k.usage_type, k.resource_group, k.service_regions,
        s.display_name AS service, {region_rank} AS region_rank, {text} AS text
    FROM {offered} WHERE {conditions}
), likely AS MATERIALIZED (
    SELECT *, {words} AS words FROM listed WHERE {likely}
), named AS MATERIALIZED (
    SELECT sku_id, name, usage_type, resource_group, service_regions, service, region_rank,
        substr(words, 1, length(name) + 2) AS name_words
    FROM likely WHERE {matches}
), hit AS MATERIALIZED (
    SELECT *, {ranks} FROM named
), page AS (
    SELECT * FROM hit ORDER BY {order} LIMIT {limit} OFFSET {offset}
)
SELECT 'sku' AS part, json_object(
        'sku_id', k.sku_id, 'display_name', k.display_name, 'service_id', k.service_id,
        'service', page.service, 'resource_family', k.resource_family, 'resource_group', k.resource_group,
        'usage_type', k.usage_type, 'regions', json(k.service_regions), 'description', k.description,
        'geo_taxonomy_type', k.geo_taxonomy_type, 'geo_taxonomy_regions', json(k.geo_taxonomy_regions),
        'service_provider_name', k.service_provider_name
    ) AS value, row_number() OVER (ORDER BY {order}) AS n
FROM page JOIN skus AS k USING (sku_id)
UNION ALL SELECT 'sku_total', NULL, count(*) FROM hit
UNION ALL {facets}
"""
FACET = """
SELECT * FROM (
    SELECT {name}, {value} AS value, count(*) AS n FROM {source}
    WHERE {value} <> '' GROUP BY {value} ORDER BY n DESC, value LIMIT {facet_values}
)
"""
REGIONS_OF_HITS = "hit, json_each(hit.service_regions) AS region"
FACETS = {
    "service": ("service", "hit"),
    "region": ("region.value", REGIONS_OF_HITS),
    "usage_type": ("usage_type", "hit"),
    "resource_group": ("resource_group", "hit"),
}

FIND_SERVICES = """
WITH hit AS MATERIALIZED (
    SELECT s.service_id, s.display_name, {is_named} AS is_named,
        EXISTS ({offered_of_service}) AS has_skus
    FROM services AS s WHERE {conditions} AND ({is_named} OR {matches})
), page AS (
    SELECT * FROM hit ORDER BY {order} LIMIT {limit} OFFSET {offset}
)
SELECT 'found_service' AS part, json_object(
        'service_id', service_id, 'display_name', display_name, 'sku_count',
        (SELECT count(*) FROM skus AS k WHERE k.service_id = page.service_id AND k.retired_at IS NULL)
    ) AS value, row_number() OVER (ORDER BY {order}) AS n
FROM page
UNION ALL SELECT 'service_total', NULL, count(*) FROM hit
"""

COUNT = """
WITH listed AS MATERIALIZED (SELECT {filter_flags} {words} AS words FROM {source}),
    flagged AS (SELECT *, {term_flags} 1 FROM listed)
SELECT {flags}, count(*) FROM flagged GROUP BY {flags}
"""


def in_one_round_trip(parts: Sequence[Sql]) -> Sql:
    """All rows (part, value, n) of `parts`."""
    return join(" UNION ALL ", [compose("SELECT * FROM ({part})", part=part) for part in parts])


def find_skus(wanted: Wanted, limit: int, offset: int) -> Sql:
    """The page of SKUs, their total, and the facets over all of them."""
    terms = wanted.question.terms
    return compose(
        FIND_SKUS,
        region_rank=region_rank(wanted),
        text=Sql(TEXT),
        offered=OFFERED,
        conditions=all_of(condition.sql for condition in conditions(wanted)),
        words=Sql(spaced("text")),
        likely=all_of(_may_have(term) for term in terms),
        ranks=ranks(wanted),
        matches=all_of(has_prefix("words", term) for term in terms),
        order=Sql(ORDER),
        limit=Sql("%s", (limit,)),
        offset=Sql("%s", (offset,)),
        facets=join(" UNION ALL ", [_facet(name, *of) for name, of in FACETS.items()]),
    )


def _may_have(term: Term) -> Sql:
    return any_of(contains("text", spelling.split()[0]) for spelling in term.spellings)


def _facet(name: str, value: str, source: str) -> Sql:
    return compose(
        FACET,
        name=Sql("%s", (name,)),
        value=Sql(value),
        source=Sql(source),
        facet_values=Sql("%s", (FACET_VALUES,)),
    )


def find_services(wanted: Wanted, limit: int, offset: int) -> Sql:
    """The page of services and their total: those named in the question, then those whose names match it."""
    return compose(
        FIND_SERVICES,
        is_named=_is_named(wanted.question),
        offered_of_service=Sql(OFFERED_OF_SERVICE),
        conditions=all_of(condition.sql for condition in service_conditions(wanted)),
        matches=all_of(has_prefix(SERVICE_WORDS, term) for term in wanted.question.terms),
        order=Sql(SERVICE_ORDER if wanted.question.terms else SERVICE_ORDER_WITHOUT_WORDS),
        limit=Sql("%s", (limit,)),
        offset=Sql("%s", (offset,)),
    )


def _is_named(question: Question) -> Sql:
    """The service's whole name is among the words, or among what Google calls them."""
    typed = " ".join(term.word for term in question.terms)
    preferred = " ".join(term.spellings[0] for term in question.terms)
    return Sql("(instr(%s, ' ' || lower(s.display_name) || ' ') > 0)", (f" {typed}  {preferred} ",))


def count_matches(filters: Sequence[Condition], terms: Sequence[Term]) -> Sql:
    """A row for each combination of conditions met (1) and not met (0), and how many SKUs are so."""
    return _count(filters, terms, spaced(TEXT), OFFERED)


def count_service_matches(filters: Sequence[Condition], terms: Sequence[Term]) -> Sql:
    """The same of services."""
    return _count(filters, terms, SERVICE_WORDS, Sql("services AS s"))


def _count(filters: Sequence[Condition], terms: Sequence[Term], words: str, source: Sql) -> Sql:
    flags = [f"f{number}" for number in range(len(filters) + len(terms))]
    return compose(
        COUNT,
        filter_flags=_flags(flags[: len(filters)], (condition.sql for condition in filters)),
        words=Sql(words),
        source=source,
        term_flags=_flags(flags[len(filters) :], (has_prefix("words", term) for term in terms)),
        flags=Sql(", ".join(flags)),
    )


def _flags(names: Sequence[str], pieces: Iterable[Sql]) -> Sql:
    named = zip(names, pieces, strict=True)
    return join(" ", (compose(f"coalesce({{sql}}, 0) <> 0 AS {name},", sql=sql) for name, sql in named))
