from __future__ import annotations

from django.db.backends.sqlite3 import features


class DatabaseFeatures(features.DatabaseFeatures):
    """What a libSQL server can do; where sqlite3's features ask Python's SQLite, the server's answer."""

    max_query_params = 32766
    can_alter_table_drop_column = True
    can_return_columns_from_insert = True
    can_return_rows_from_bulk_insert = True
    test_db_allows_multiple_connections = True
    # A server holds one database: there is no file to copy.
    can_clone_databases = False
    # The server's own regular expressions, not those of Python.
    supports_regex_backreferencing = False
