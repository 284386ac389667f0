"""Cells of CSV files that spreadsheets open."""

from __future__ import annotations

# A spreadsheet takes a text that begins so for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def cell(value: str | None, *, is_number: bool = False) -> str:
    """A cell that no spreadsheet takes for a formula; a number may begin with a sign."""
    text = value or ""
    return f"'{text}" if text.startswith(FORMULA) and not is_number else text
