"""The values by which SKUs can be filtered, read once after each sync."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from catalog.pricing.list_prices import Snapshot
from catalog.search.index.sql import Sql, rows_of

# One statement. The index folds case, so the first SKU of a token tells how Google spells its value.
_READ = """
WITH token AS MATERIALIZED (
    SELECT col, term FROM sku_vocabulary WHERE col = 'place' OR (col = 'filters' AND term LIKE '%%=_%%')
), sku AS MATERIALIZED (
    SELECT term, (
        SELECT rowid FROM sku_words WHERE sku_words MATCH 'filters : "' || term || '"' LIMIT 1
    ) AS id
    FROM token WHERE term LIKE 'group=%%' OR term LIKE 'usage=%%'
)
SELECT 'region', term, term FROM token WHERE col = 'place'
UNION SELECT 'service', service_id, display_name
    FROM service_search JOIN services USING (service_id) WHERE sku_count > 0
UNION SELECT 'group', resource_group, resource_group
    FROM sku CROSS JOIN sku_search USING (id) WHERE term LIKE 'group=%%'
UNION SELECT 'usage', usage_type, usage_type
    FROM sku CROSS JOIN sku_search USING (id) WHERE term LIKE 'usage=%%'
"""
# A value with its name.
Choices = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Values:
    """What the offered SKUs have, each in order of the names."""

    services: Choices = ()
    regions: Choices = ()
    resource_groups: Choices = ()
    usage_types: Choices = ()


def values_of(snapshot: Snapshot) -> Values:
    """The values of the catalog after the last run; none before the first sync."""
    return _kept(snapshot.edition) if snapshot.latest else Values()


@lru_cache(maxsize=1)
def _kept(_edition: Hashable) -> Values:
    found: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for kind, value, name in rows_of(Sql(_READ)):
        found[kind].append((value, name))
    ordered = {kind: sorted(pairs, key=lambda pair: pair[1].casefold()) for kind, pairs in found.items()}
    return Values(*(ordered.get(kind, ()) for kind in ("service", "region", "group", "usage")))


def forget() -> None:
    """Clears the cache, so that the values are read again."""
    _kept.cache_clear()
