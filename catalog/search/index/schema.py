"""The search index: two tables that say what each SKU and service is, and an FTS5 index over the first.

Triggers keep them, so whatever writes a SKU or its attributes indexes it in the same transaction, with no
statement more. The words are in columns of their own (external content) because ranking reads them again.
docs/search.md says what each column is for.

Migration 0007 calls catalog.search.index.rebuild, which creates the index of the code at hand. A sync makes
an index of earlier code anew (`is_current`). A later migration that makes SQLite rebuild `skus`,
`sku_attributes` or `services` drops their triggers and has to call it too;
tests/catalog/search/index/test_index.py watches that.
"""

from __future__ import annotations

import json

from django.db import connection

from catalog.offers.routes import codes_by_label
from catalog.offers.store import Progress, no_progress
from catalog.providers.google_cloud.regions import LIST_PRICE_REGIONS
from catalog.search.index.fts import LISTED_AS_GLOBAL

# SKUs that one statement indexes, so that a server answers in time.
PAGE = 5000


def _words(text: str) -> str:
    """SQL for the words of `text` in lower case, a space before, between and after them."""
    text = f"' ' || replace(lower({text}), '''', ' ') || ' '"
    for separator in "-/:,.()_&+=":
        text = f"replace({text}, '{separator}', ' ')"
    # Three separators or fewer stand in a row; each step halves the spaces of a run.
    for _ in range(2):
        text = f"replace({text}, '  ', ' ')"
    return text


def _filter_token(kind: str, column: str) -> str:
    return f"'{kind}=' || replace(coalesce({column}, ''), ' ', '_')"


_NAME = _words("new.display_name")
_TEXT = _words(
    "coalesce((SELECT display_name FROM services WHERE service_id = new.service_id), '') || ' '"
    " || coalesce(new.resource_group, '') || ' ' || coalesce(new.resource_family, '') || ' '"
    " || coalesce(new.description, '')"
)
_FILTERS = " || ' ' || ".join(
    _filter_token(kind, f"new.{column}")
    for kind, column in {
        "service": "service_id",
        "family": "resource_family",
        "group": "resource_group",
        "usage": "usage_type",
    }.items()
)
_LIST_PRICE_PLACE = json.dumps(LIST_PRICE_REGIONS, separators=(",", ":"))
_CODES = json.dumps(codes_by_label(), ensure_ascii=False, separators=(",", ":")).replace("'", "''")
# What is listed as global may be sold in some places only: in those of its taxonomy, in the place of its name
# ("Egress traffic Africa"), or where the first price list counts. A taxonomy of one region is exact.
_IS_GLOBAL = """new.service_regions = '["global"]'"""
_LISTED = f"CASE WHEN {_IS_GLOBAL} THEN ' {LISTED_AS_GLOBAL}' ELSE '' END"
_PLACES_OF_TAXONOMY = "coalesce(json_array_length(new.geo_taxonomy_regions), 0)"
_AREA = f"""
CASE WHEN {_IS_GLOBAL} AND {_PLACES_OF_TAXONOMY} <> 1 THEN (
    SELECT nullif(json_group_array(DISTINCT code.value), '[]')
    FROM json_each('{_CODES}') AS place CROSS JOIN json_each(place.value) AS code
    WHERE source IS NOT NULL AND place.key IN (source, destination)
) END
"""
_PLACE = f"""
CASE
    WHEN area IS NOT NULL THEN json_array(source)
    WHEN {_IS_GLOBAL} AND {_PLACES_OF_TAXONOMY} > 0 THEN new.geo_taxonomy_regions
    WHEN is_list_price THEN '{_LIST_PRICE_PLACE}'
    ELSE new.service_regions
END
"""
_REACH = "coalesce(new.geo_taxonomy_regions, '') || coalesce(area, '')"

# 10 bits: what the SKU costs a question that leaves all open, in steps of four; 10 bits: length of the name;
# 24 bits: as it came, starting anywhere below 64, so that every n-th id is an even sample.
_INDEX_SKU = f"""
INSERT INTO sku_search (
    id, sku_id, service_id, usage_type, resource_group, name, text, place, reach, filters,
    facts, unread, key, costs, is_list_price
)
SELECT coalesce((SELECT max(id) FROM sku_search WHERE id BETWEEN first AND first | 16777215) + 1, first),
    new.sku_id, new.service_id, new.usage_type, new.resource_group, name, {_TEXT},
    {_PLACE}, {_REACH}, {_FILTERS} || {_LISTED}, facts, unread, key, costs, is_list_price
FROM (
    SELECT *, (step << 34) | (length << 24) | ((step + length) % 64) AS first
    FROM (
        SELECT *, max(0, min(cost / 4, 1023)) AS step, min(length(name), 1023) AS length
        FROM (
            SELECT {_NAME} AS name, coalesce(facts, ' ') AS facts, coalesce(unread, ' ') AS unread,
                coalesce(key, '') AS key, coalesce(costs, '{{}}') AS costs, coalesce(cost, 0) AS cost,
                coalesce(is_list_price, 0) AS is_list_price, source, {_AREA} AS area
            FROM (SELECT new.sku_id AS sku_id) LEFT JOIN sku_attributes USING (sku_id)
        )
    )
)
WHERE new.retired_at IS NULL
"""
_COLUMNS = ("name", "text", "place", "reach", "filters", "facts", "unread", "sku_id")
_INDEXED = (
    "display_name, description, service_id, resource_family, resource_group, usage_type, service_regions,"
    " geo_taxonomy_regions, retired_at"
)
_ATTRIBUTES = ("facts", "unread", "key", "costs", "cost", "source", "destination", "is_list_price")


def _row(columns: tuple[str, ...], of: str) -> str:
    return ", ".join(f"{of}.{column}" for column in columns)


_TABLES = {
    "service_search": """
    CREATE TABLE service_search (
        id INTEGER PRIMARY KEY, service_id TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
        sku_count INTEGER NOT NULL
    )
    """,
    "sku_search": """
    CREATE TABLE sku_search (
        id INTEGER PRIMARY KEY, sku_id TEXT NOT NULL UNIQUE, service_id TEXT NOT NULL, usage_type TEXT,
        resource_group TEXT, name TEXT NOT NULL, text TEXT NOT NULL, place TEXT NOT NULL, reach TEXT NOT NULL,
        filters TEXT NOT NULL, facts TEXT NOT NULL, unread TEXT NOT NULL, key TEXT NOT NULL,
        costs TEXT NOT NULL, is_list_price BOOL NOT NULL
    )
    """,
    "sku_words": f"""
    CREATE VIRTUAL TABLE sku_words USING fts5(
        {", ".join(_COLUMNS)}, content='sku_search', content_rowid='id', columnsize=0,
        tokenize="unicode61 remove_diacritics 2 tokenchars '-=_'"
    )
    """,
    "sku_vocabulary": "CREATE VIRTUAL TABLE sku_vocabulary USING fts5vocab(sku_words, col)",
}
TRIGGERS = {
    "sku_search_insert": f"""
    AFTER INSERT ON sku_search BEGIN
        INSERT INTO sku_words (rowid, {", ".join(_COLUMNS)}) VALUES (new.id, {_row(_COLUMNS, "new")});
        UPDATE service_search SET sku_count = sku_count + 1 WHERE service_id = new.service_id;
    END
    """,
    "sku_search_delete": f"""
    AFTER DELETE ON sku_search BEGIN
        INSERT INTO sku_words (sku_words, rowid, {", ".join(_COLUMNS)})
            VALUES ('delete', old.id, {_row(_COLUMNS, "old")});
        UPDATE service_search SET sku_count = sku_count - 1 WHERE service_id = old.service_id;
    END
    """,
    "search_sku_insert": f"AFTER INSERT ON skus BEGIN {_INDEX_SKU}; END",
    "search_sku_update": f"""
    AFTER UPDATE OF {_INDEXED} ON skus BEGIN
        DELETE FROM sku_search WHERE sku_id = old.sku_id;
        {_INDEX_SKU};
    END
    """,
    "search_sku_delete": """
    AFTER DELETE ON skus BEGIN
        DELETE FROM sku_search WHERE sku_id = old.sku_id;
        DELETE FROM sku_attributes WHERE sku_id = old.sku_id;
    END
    """,
    # In a sync they come before their SKU, so there is none to index yet.
    "search_attributes_insert": """
    AFTER INSERT ON sku_attributes BEGIN
        UPDATE skus SET retired_at = retired_at WHERE sku_id = new.sku_id;
    END
    """,
    "search_attributes_update": f"""
    AFTER UPDATE ON sku_attributes WHEN ({_row(_ATTRIBUTES, "new")}) IS NOT ({_row(_ATTRIBUTES, "old")}) BEGIN
        UPDATE skus SET retired_at = retired_at WHERE sku_id = new.sku_id;
    END
    """,
    "search_service_insert": f"""
    AFTER INSERT ON services BEGIN
        INSERT INTO service_search (service_id, name, sku_count) VALUES (new.service_id, {_NAME}, 0);
    END
    """,
    "search_service_update": f"""
    AFTER UPDATE OF display_name ON services WHEN new.display_name <> old.display_name BEGIN
        UPDATE service_search SET name = {_NAME} WHERE service_id = new.service_id;
        UPDATE skus SET retired_at = retired_at WHERE service_id = new.service_id;
    END
    """,
    "search_service_delete": """
    AFTER DELETE ON services BEGIN
        DELETE FROM service_search WHERE service_id = old.service_id;
    END
    """,
}
_FILL_SERVICES = f"""
INSERT INTO service_search (service_id, name, sku_count)
    SELECT new.service_id, {_NAME}, 0 FROM services AS new
"""
# The triggers index one row after another, as each row's id depends on those before.
_FILL_SKUS = "UPDATE skus SET retired_at = retired_at WHERE rowid > %s AND rowid <= %s"
# Each write leaves a segment of its own, and a search looks every word up in each of them. FTS5 would write a
# single segment again too.
MERGE = """
INSERT INTO sku_words (sku_words)
    SELECT 'optimize' WHERE (SELECT count(DISTINCT segid) FROM sku_words_idx) > 1
"""


def is_current() -> bool:
    """Whether the index has the triggers of this code; one round trip."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        stored: dict[str, str] = dict(cursor.fetchall())
    return all(stored.get(name, "") == _creation(name) for name in TRIGGERS)


def _creation(trigger: str) -> str:
    return f"CREATE TRIGGER {trigger} {TRIGGERS[trigger].strip()}"


def drop() -> None:
    """Drop the index with its triggers, in the form of this code or of an earlier one."""
    with connection.cursor() as cursor:
        for name in TRIGGERS:
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
        for name in reversed(_TABLES):
            cursor.execute(f"DROP TABLE IF EXISTS {name}")


def create(progress: Progress = no_progress) -> None:
    """Create the index and fill it; the caller opens the transaction.

    Args:
        progress: called with the number of SKUs after each part.
    """
    with connection.cursor() as cursor:
        for statement in _TABLES.values():
            cursor.execute(statement)
        for name in TRIGGERS:
            cursor.execute(_creation(name))
        cursor.execute(_FILL_SERVICES)
        cursor.execute("SELECT coalesce(max(rowid), 0) FROM skus")
        for start in range(0, cursor.fetchone()[0], PAGE):
            cursor.execute(_FILL_SKUS, [start, start + PAGE])
            progress(cursor.rowcount)
    merge()


def merge() -> None:
    """Merge the segments of the index into one, after many rows were written."""
    with connection.cursor() as cursor:
        cursor.execute(MERGE)
