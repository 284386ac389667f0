"""The features of libSQL servers."""

from __future__ import annotations

from django.db.backends.sqlite3 import features


class DatabaseFeatures(features.DatabaseFeatures):
    """sqlite3's features, with the server's values where Django checks Python's SQLite."""

    max_query_params = 32766
    can_alter_table_drop_column = True
    can_return_columns_from_insert = True
    can_return_rows_from_bulk_insert = True
    test_db_allows_multiple_connections = True
    # There is no file to copy.
    can_clone_databases = False
    # The server has its own regular expressions, without backreferences.
    supports_regex_backreferencing = False
