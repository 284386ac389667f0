"""SQL that a person or a model has written: one SELECT over the charges, checked, run apart, and bounded."""

from __future__ import annotations

from costs.sql.answer import DEFAULT_LIMIT, MAX_LIMIT, SqlAnswer, run_sql
from costs.sql.guard import MAX_CHARACTERS, TABLES

__all__ = ["DEFAULT_LIMIT", "MAX_CHARACTERS", "MAX_LIMIT", "TABLES", "SqlAnswer", "run_sql"]
