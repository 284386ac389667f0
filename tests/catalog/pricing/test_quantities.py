from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.errors import InvalidArgumentError
from catalog.pricing.quantities import MAX_QUANTITY, parse_quantity


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("730", "730"),
        ("0.1", "0.1"),
        (".5", "0.5"),
        ("5.", "5"),
        ("+5", "5"),
        ("1e+18", "1000000000000000000"),
        ("1e-07", "0.0000001"),
        ("1e-30", "0.000000000000000000000000000001"),
        ("-0", "0"),
        ("5,000,000", "5000000"),
        ("12,345,678.25", "12345678.25"),
        ("1,024.5", "1024.5"),
        ("10k", "10000"),
        ("1.5K", "1500"),
        ("10 k", "10000"),
        ("1.5bn", "1500000000"),
        ("2 thousand", "2000"),
        ("2.5 million", "2500000"),
        ("2.5 Millions", "2500000"),
        ("1e3 billion", "1000000000000"),
    ],
)
def test_numbers_in_digits_are_read_exactly(text: str, quantity: str) -> None:
    assert parse_quantity(text) == Decimal(quantity)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-1",
        "NaN",
        "inf",
        "1,024",
        "0,024.5",
        "1,0240,000",
        "5,000,00",
        "1.024,5",
        ",000,000",
        "1_000",
        "1e19",
        "1e-31",
        "1e999",
        "٣",
        "1 GB",
        " 1",
        "0x10",
        "1".zfill(41),
        "10.000k",
        "10,000k",
        "1M",
        "10k million",
        "million",
        "2.5 millions of",
    ],
)
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(InvalidArgumentError):
        parse_quantity(text)


PLAIN = "Send a number or a decimal string of at most 40 characters, such as 730."
SEPARATED = "Send the digits without separators, and decimals with a point."


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("730 h", "Send quantity 730 and unit 'h'."),
        ("730h", "Send quantity 730 and unit 'h'."),
        ("8 vCPU", "Send quantity 8 and unit 'vCPU'."),
        ("500GB", "Send quantity 500 and unit 'GB'."),
        ("1M requests", "Send quantity 1 and unit 'M requests'."),
        ("1,000,000 requests", "Send quantity 1000000 and unit 'requests'."),
        ("3 frobs", "Send quantity 3 and unit 'frobs'."),
        ("1M", "Send 1000000 if M means million; a unit goes in `unit`."),
        ("5m", "Send 5000000 if m means million; a unit goes in `unit`."),
        ("2.5B", "Send 2500000000 if B means billion; a unit goes in `unit`."),
        ("1T", "Send 1000000000000 if T means trillion; a unit goes in `unit`."),
        ("1,024", SEPARATED),
        ("1,5", SEPARATED),
        ("1 000 000", SEPARATED),
        ("1.000.000", SEPARATED),
        ("many", PLAIN),
        ("h 730", PLAIN),
        ("5%", PLAIN),
        ("1.5.2 h", PLAIN),
    ],
)
def test_a_quantity_that_is_refused_comes_with_what_to_send(text: str, hint: str) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        parse_quantity(text)

    assert caught.value.message == f"{text!r} is not a quantity."
    assert caught.value.hint == hint


@given(st.text(alphabet="0123456789.,eEkKmMbBtTn GiByh_'$-", max_size=45))
def test_any_text_is_a_quantity_or_is_refused_with_what_to_send(text: str) -> None:
    try:
        quantity = parse_quantity(text)
    except InvalidArgumentError as error:
        refusal = error
    else:
        assert 0 <= quantity <= MAX_QUANTITY
        return

    assert "quantity" in refusal.message.casefold()
