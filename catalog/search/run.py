"""Runs a statement of search."""

from __future__ import annotations

from typing import Any

from django.db import connection

from catalog.search.sql import Sql


def rows_of(statement: Sql) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement.text, statement.params)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
