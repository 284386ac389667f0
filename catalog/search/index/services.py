"""The statements that find services: by the products that a question names, or by words of their names."""

from __future__ import annotations

from collections.abc import Sequence

from catalog.search.index.plan import Plan, argument_conditions
from catalog.search.index.service_names import ServiceNames
from catalog.search.index.sql import Sql, all_of, any_is, any_of, compose, contains, join, one_of
from catalog.search.index.statements import value
from catalog.search.query import Term

FIND_SERVICES = """
WITH hit AS MATERIALIZED (
    SELECT v.id, v.service_id, v.name, v.sku_count, {is_named} AS is_named FROM service_search AS v
    WHERE {conditions} AND {is_found}
), found AS MATERIALIZED (SELECT *, row_number() OVER (ORDER BY {order}) AS n FROM hit)
SELECT 'found_service' AS part, json_object(
        'service_id', s.service_id, 'display_name', s.display_name, 'sku_count', found.sku_count,
        'synced_at', s.synced_at, 'sync_error', s.sync_error, 'provider', s.provider
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


def find_services(plan: Plan, limit: int, offset: int) -> Sql | None:
    """A page of services and their total: services named in the question first, then those that match it.

    None if no service is named and none matches.
    """
    terms = service_terms(plan)
    found = {*plan.named_services, *_matching(plan.services, terms)}
    if terms and not found:
        return None
    return compose(
        FIND_SERVICES,
        is_named=any_is("v.service_id = %s", plan.named_services),
        conditions=all_of(service_conditions(plan)),
        is_found=one_of("v.service_id", sorted(found)) if terms else Sql("1"),
        order=Sql(SERVICE_ORDER if terms else SERVICE_ORDER_WITHOUT_WORDS),
        limit=value(limit),
        offset=value(offset),
    )


def count_services_without(plan: Plan, ways: Sequence[frozenset[int]]) -> Sql:
    """Rows (way, count): the number of services that match without the conditions of each way."""
    found = [*service_conditions(plan), *(service_has(term) for term in service_terms(plan))]
    pieces = [
        compose(
            COUNT_SERVICES,
            way=value(number),
            conditions=all_of(sql for i, sql in enumerate(found) if i not in way),
        )
        for number, way in enumerate(ways)
    ]
    return join(" UNION ALL ", pieces)


def service_terms(plan: Plan) -> list[Term]:
    """The terms that the name of a service has to have; facts are about SKUs."""
    return [term for term in plan.question.service_terms if not term.is_optional]


def _matching(names: ServiceNames, terms: Sequence[Term]) -> set[str]:
    """The IDs of the services whose names have all terms, as `service_has` has it."""
    found: set[str] | None = None
    for term in terms:
        having = set().union(*(names.containing(f" {synonym}") for synonym in term.synonyms))
        found = having if found is None else found & having
        if not found:
            break
    return found or set()


def service_has(term: Term) -> Sql:
    """Whether a word of the service name starts with the term."""
    return any_of(contains("v.name", f" {synonym}") for synonym in term.synonyms)


def service_conditions(plan: Plan) -> list[Sql]:
    """The conditions for a service; filters on SKUs keep services that sell matching SKUs."""
    pieces = [one_of("v.service_id", plan.question.ids)] if plan.question.ids else []
    for condition in argument_conditions(plan):
        is_it = one_of("v.service_id", condition.service_ids)
        pieces.append(is_it if condition.service_ids else Sql(SELLS, (f"({condition.match})",)))
    return pieces
