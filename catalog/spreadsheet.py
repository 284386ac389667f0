"""Cells of CSV files that spreadsheets open."""

from __future__ import annotations

import unicodedata

# A spreadsheet takes a text that begins so for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
NUL = "\0"


def cell(value: str | None, *, is_number: bool = False) -> str:
    """A cell that no spreadsheet takes for a formula; a number may begin with a sign.

    Some take a full-width sign for the plain one, and some end a cell at a NUL.
    """
    text = (value or "").replace(NUL, "")
    first = unicodedata.normalize("NFKC", text[:1])
    return f"'{text}" if first.startswith(FORMULA) and not is_number else text
