from __future__ import annotations

import pytest

from catalog.spreadsheet import cell


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\uff1d1+1", "\uff0b1", "\uff0d1", "\uff20A"]
)
def test_no_text_is_a_formula(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize(
    ("text", "shown"), [("a\0b", "ab"), ("\0=1+1", "'=1+1"), ("a=1", "a=1"), ("", ""), (None, "")]
)
def test_other_texts_stay_but_for_nul(text: str | None, shown: str) -> None:
    assert cell(text) == shown


def test_a_number_may_be_negative() -> None:
    assert cell("-0.5", is_number=True) == "-0.5"
