"""Units: how many things one is, and when that is not known."""

from __future__ import annotations

from decimal import Decimal

import pytest

from catalog.meters.meter import UsageKind
from catalog.meters.read import read_meter
from catalog.meters.units import per_unit

PLAIN = "gpt 4.1 Inp glbl Tokens"
MILLION = "5.5 ShortCo inp Gl 1M Tokens"


@pytest.mark.parametrize(
    ("unit", "factor"),
    [
        ("1K tokens", 1000),
        ("1M tokens", 1_000_000),
        ("1M Tokens", 1_000_000),
        ("1K", 1000),
        ("1k", 1000),
        ("1M", 1_000_000),
        ("count", 1),
        ("Tokens", 1),
        ("100", 100),
        ("1 Million", 1_000_000),
        ("1000", 1000),
    ],
)
def test_a_unit_of_tokens_says_how_many_it_is(unit: str, factor: int) -> None:
    assert per_unit(unit, UsageKind.TOKENS, None) == factor


@pytest.mark.parametrize(
    "unit",
    [
        "",
        " ",
        "Units",
        "1B tokens",
        "Hrs",
        "1 Hour",
        "k{char}",
        "1K characters",
        "GiBy.mo",
        "1K TPM Hour",
        "x1K",
    ],
)
def test_a_unit_that_does_not_say_tokens_is_not_guessed(unit: str) -> None:
    assert per_unit(unit, UsageKind.TOKENS, None) is None


@pytest.mark.parametrize(
    ("unit", "kind"),
    [
        ("1/Hour", UsageKind.PROVISIONED),
        ("hour", UsageKind.HOSTING),
        ("month", UsageKind.PROVISIONED),
        ("h", UsageKind.CACHE_STORAGE),
        ("requests", UsageKind.REQUESTS),
        ("Search Units", UsageKind.SEARCHES),
        ("Images", UsageKind.IMAGES),
        ("1 Second", UsageKind.VIDEO),
    ],
)
def test_other_units_count_one_by_one(unit: str, kind: UsageKind) -> None:
    assert per_unit(unit, kind, None) == 1


@pytest.mark.parametrize(
    ("meter", "unit", "factor"),
    [
        (PLAIN, "1K", 1000),
        (MILLION, "1M", 1_000_000),
        (MILLION, "", 1_000_000),
        (MILLION, "1K", None),
        (MILLION, "Tokens", None),
        (MILLION, "Units", None),
        (PLAIN, "", None),
        (PLAIN, "Units", None),
    ],
)
def test_a_meter_and_its_unit_must_agree(meter: str, unit: str, factor: int | None) -> None:
    expected = None if factor is None else Decimal(factor)
    assert read_meter("azure", meter, unit, "Azure OpenAI").per_unit == expected


def test_a_meter_of_tokens_by_the_character_keeps_its_words_and_loses_its_factor() -> None:
    meter = read_meter("gcp", "Gemini 1.5 Flash Input tokens", "k{char}", "Vertex AI")
    assert (meter.kind, meter.direction, meter.per_unit) == (UsageKind.TOKENS, "Input", None)
