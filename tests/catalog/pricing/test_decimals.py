from __future__ import annotations

from decimal import Decimal

import pytest

from catalog.pricing.decimals import plain


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("0", "0"),
        ("-0.0", "0"),
        ("1E+3", "1000"),
        ("122.8800", "122.88"),
        ("-0.000000001", "-0.000000001"),
        ("1000000000000000000.000000001", "1000000000000000000.000000001"),
        ("0.000000000931322574615478515625", "0.000000000931322574615478515625"),
        ("0.0000000000000000000000000000015", "0.000000000000000000000000000002"),
    ],
)
def test_numbers_are_written_in_digits_exact_to_30_decimal_places(number: str, text: str) -> None:
    assert plain(Decimal(number)) == text
