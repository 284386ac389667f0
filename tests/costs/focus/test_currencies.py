from __future__ import annotations

import json
import re
from importlib import resources

import pytest

from costs.focus.currencies import currencies


def test_each_currency_in_use_is_known_by_its_code() -> None:
    # Generators of FOCUS files have a list of their own.
    theirs = resources.files("focus_data_toolkit") / "model" / "iso_4217_currencies.json"
    codes = set(json.loads(theirs.read_text(encoding="utf-8"))["codes"])

    assert codes - currencies() == {"XTS", "XXX"}
    assert currencies() - codes == {"CUC", "HRK", "SLL", "ZWL"}


def test_all_codes_have_the_form_of_one() -> None:
    assert all(re.fullmatch("[A-Z]{3}", code) for code in currencies())


@pytest.mark.parametrize("text", ["usd", "US$", "ABC", "EURO", "BTC", "XXX", "", "#"])
def test_what_only_looks_like_a_code_is_none(text: str) -> None:
    assert text not in currencies()
