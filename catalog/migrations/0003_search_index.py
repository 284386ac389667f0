"""The search index: two tables that say in words what each SKU and service is, and an FTS5 index over the first.

Triggers keep them, so whatever writes a SKU indexes it in the same transaction, with no statement more.
The words are in columns of their own (external content) because ranking reads them again. docs/search.md
says what each column is for. A later migration that makes SQLite rebuild `skus` or `services` drops their
triggers and has to create them again; tests/catalog/search/index/test_index.py watches that.
"""

from django.db import migrations

# What makes a name a variant of the plain SKU. The plain one shall come first, so its id is lower.
VARIANTS = (
    "archive",
    "asynchronous replication",
    "balanced",
    "byol",
    "byos",
    "calendar mode",
    "coldline",
    "commitment",
    "custom",
    "discount",
    "dual region",
    "durable reduced availability",
    "dws",
    "early delete",
    "early deletion",
    "extended",
    "extreme",
    "for mps",
    "gpu cost",
    "instant snapshot",
    "iops",
    "machine image",
    "nearline",
    "on f1 micro",
    "on g1 small",
    "overcommit",
    "preemptible",
    "premium",
    "ram cost",
    "regional",
    "reserved",
    "sole tenancy",
    "spot",
    "ssd",
    "sustained use",
    "tagging",
    "throughput throughput",
    "upgrade premium",
    "vpn",
)


def words(text):
    """SQL for the words of `text` in lower case, a space before, between and after them."""
    text = f"' ' || replace(lower({text}), '''', ' ') || ' '"
    for separator in "-/:,.()_&+=":
        text = f"replace({text}, '{separator}', ' ')"
    # Three separators or fewer stand in a row; each step halves the spaces of a run.
    for _ in range(2):
        text = f"replace({text}, '  ', ' ')"
    return text


def filter_token(kind, column):
    return f"'{kind}=' || replace(coalesce({column}, ''), ' ', '_')"


NAME = words("new.display_name")
TEXT = words(
    "coalesce((SELECT display_name FROM services WHERE service_id = new.service_id), '') || ' '"
    " || coalesce(new.resource_group, '') || ' ' || coalesce(new.resource_family, '') || ' '"
    " || coalesce(new.description, '')"
)
FILTERS = " || ' ' || ".join(
    filter_token(kind, f"new.{column}")
    for kind, column in {
        "service": "service_id",
        "family": "resource_family",
        "group": "resource_group",
        "usage": "usage_type",
    }.items()
)
VARIANT_COUNT = " + ".join(f"(instr(name, ' {variant} ') > 0)" for variant in VARIANTS)

# 1 bit: not on demand; 6 bits: variants; 10 bits: length of the name; 24 bits: as it came.
INDEX_SKU = f"""
INSERT INTO sku_search (id, sku_id, service_id, usage_type, resource_group, name, text, place, reach, filters)
SELECT coalesce((SELECT max(id) FROM sku_search WHERE id BETWEEN first AND first + 16777215) + 1, first),
    new.sku_id, new.service_id, new.usage_type, new.resource_group,
    name, {TEXT}, new.service_regions, coalesce(new.geo_taxonomy_regions, ''), {FILTERS}
FROM (
    SELECT name, (((coalesce(new.usage_type, '') NOT IN ('', 'OnDemand')) << 40)
        | (({VARIANT_COUNT}) << 34) | (min(length(name), 1023) << 24)) AS first
    FROM (SELECT {NAME} AS name)
)
WHERE new.retired_at IS NULL
"""
COLUMNS = "name, text, place, reach, filters, sku_id"
INDEXED = (
    "display_name, description, service_id, resource_family, resource_group, usage_type, service_regions,"
    " geo_taxonomy_regions, retired_at"
)

CREATE = [
    """
    CREATE TABLE service_search (
        id INTEGER PRIMARY KEY, service_id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, sku_count INTEGER NOT NULL
    )
    """,
    """
    CREATE TABLE sku_search (
        id INTEGER PRIMARY KEY, sku_id TEXT NOT NULL UNIQUE, service_id TEXT NOT NULL, usage_type TEXT,
        resource_group TEXT, name TEXT NOT NULL, text TEXT NOT NULL, place TEXT NOT NULL, reach TEXT NOT NULL,
        filters TEXT NOT NULL
    )
    """,
    f"""
    CREATE VIRTUAL TABLE sku_words USING fts5(
        {COLUMNS}, content='sku_search', content_rowid='id', columnsize=0,
        tokenize="unicode61 remove_diacritics 2 tokenchars '-=_'"
    )
    """,
    "CREATE VIRTUAL TABLE sku_vocabulary USING fts5vocab(sku_words, col)",
    f"""
    CREATE TRIGGER sku_search_insert AFTER INSERT ON sku_search BEGIN
        INSERT INTO sku_words (rowid, {COLUMNS})
            VALUES (new.id, new.name, new.text, new.place, new.reach, new.filters, new.sku_id);
        UPDATE service_search SET sku_count = sku_count + 1 WHERE service_id = new.service_id;
    END
    """,
    f"""
    CREATE TRIGGER sku_search_delete AFTER DELETE ON sku_search BEGIN
        INSERT INTO sku_words (sku_words, rowid, {COLUMNS})
            VALUES ('delete', old.id, old.name, old.text, old.place, old.reach, old.filters, old.sku_id);
        UPDATE service_search SET sku_count = sku_count - 1 WHERE service_id = old.service_id;
    END
    """,
    f"CREATE TRIGGER search_sku_insert AFTER INSERT ON skus BEGIN {INDEX_SKU}; END",
    f"""
    CREATE TRIGGER search_sku_update AFTER UPDATE OF {INDEXED} ON skus BEGIN
        DELETE FROM sku_search WHERE sku_id = old.sku_id;
        {INDEX_SKU};
    END
    """,
    """
    CREATE TRIGGER search_sku_delete AFTER DELETE ON skus BEGIN
        DELETE FROM sku_search WHERE sku_id = old.sku_id;
    END
    """,
    f"""
    CREATE TRIGGER search_service_insert AFTER INSERT ON services BEGIN
        INSERT INTO service_search (service_id, name, sku_count)
            VALUES (new.service_id, {NAME}, 0);
    END
    """,
    f"""
    CREATE TRIGGER search_service_update AFTER UPDATE OF display_name ON services
    WHEN new.display_name <> old.display_name BEGIN
        UPDATE service_search SET name = {NAME} WHERE service_id = new.service_id;
        UPDATE skus SET description = description WHERE service_id = new.service_id;
    END
    """,
    """
    CREATE TRIGGER search_service_delete AFTER DELETE ON services BEGIN
        DELETE FROM service_search WHERE service_id = old.service_id;
    END
    """,
    f"""
    INSERT INTO service_search (service_id, name, sku_count)
        SELECT new.service_id, {NAME}, 0 FROM services AS new
    """,
    "UPDATE skus SET description = description",
]
NAMES_OF_TRIGGERS = (
    "search_sku_insert",
    "search_sku_update",
    "search_sku_delete",
    "search_service_insert",
    "search_service_update",
    "search_service_delete",
)
DROP = [
    *(f"DROP TRIGGER {name}" for name in NAMES_OF_TRIGGERS),
    *(f"DROP TABLE {name}" for name in ("sku_vocabulary", "sku_words", "sku_search", "service_search")),
]


class Migration(migrations.Migration):
    dependencies = [("catalog", "0002_sync_runs")]

    operations = [migrations.RunSQL(CREATE, DROP)]
