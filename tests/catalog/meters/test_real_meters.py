"""Measures the reading on the real meters of three clouds; docs/meters.md holds the figures."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.meters.meter import Meter, UsageKind
from catalog.meters.read import read_meter
from catalog.offers.model_names import BUNDLED, Names
from tests.catalog.meters.rows import Row, meters, table

AXES = ("kind", "billing_model", "direction", "cache", "modality", "tier", "scope", "context", "per_unit")
# Azure's oldest meters have one price for what goes in and what comes out.
ONE_PRICE = ("babbage-002", "davinci-002", "gpt-3.5-turbo")

any_row = st.builds(lambda at: meters()[at % len(meters())], st.integers(min_value=0))


def read(row: Row) -> Meter:
    return read_meter(row.cloud, row.meter, row.unit, *row.products)


@pytest.mark.parametrize("label", table("labels.csv"), ids=lambda label: label["meter"])
def test_sixty_meters_are_read_as_people_labelled_them(label: dict[str, str]) -> None:
    meter = read_meter(label["cloud"], label["meter"], label["unit"], *label["product"].split("/"))
    said = {axis: str(getattr(meter, axis) or "") for axis in AXES}
    assert said == {axis: label[axis] for axis in AXES}


@pytest.mark.parametrize("cloud", ["aws", "gcp", "azure"])
def test_each_meter_of_tokens_has_a_direction_a_model_and_a_factor(cloud: str) -> None:
    read_tokens = [
        (row.meter, meter)
        for row in meters()
        if row.cloud == cloud and (meter := read(row)).kind is UsageKind.TOKENS
    ]
    assert len(read_tokens) > {"aws": 75, "gcp": 110, "azure": 1350}[cloud]
    assert not [name for name, meter in read_tokens if not meter.billing_model or meter.per_unit is None]
    unread = [name for name, meter in read_tokens if meter.direction is None]
    assert all(name.lower().split(" tokens")[0].removeprefix("az-").startswith(ONE_PRICE) for name in unread)
    assert len(unread) == {"aws": 0, "gcp": 0, "azure": 7}[cloud]


def test_every_meter_of_the_three_clouds_is_of_ai() -> None:
    assert not [row for row in meters() if read(row).kind is None]


def test_no_axis_word_is_left_in_a_billing_name() -> None:
    """Read again beside the words of plain text input, a billing name is nothing but a name."""
    for row in meters():
        name = read(row).billing_model
        if not name:
            continue
        again = read_meter(row.cloud, f"{name} Text Input Tokens", "1K", "")
        assert again.billing_model == name, row
        assert (again.direction, again.cache, again.tier, again.context) == (
            "Input",
            "Uncached",
            "standard",
            None,
        ), row


def test_the_bundled_table_names_the_model_of_every_real_meter() -> None:
    names = Names()
    unmapped = {
        (row.cloud, row.product, meter.billing_model)
        for row in meters()
        if (meter := read(row)).billing_model and not names.find(row.cloud, row.products, meter.billing_model)
    }
    assert unmapped == set()


def test_a_name_in_the_table_has_a_source_if_a_real_meter_has_it_and_is_inferred_if_none_has() -> None:
    real = {(row.cloud, words_in(read(row).billing_model)) for row in meters()}
    with BUNDLED.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            is_real = (row["cloud"], words_in(row["billing_model"])) in real
            assert is_real == (row["source"] != "inferred"), row


def words_in(name: str) -> tuple[str, ...]:
    return tuple(re.split(r"[\s_-]+", name.casefold()))


def test_two_meters_of_azure_never_read_alike() -> None:
    """Otherwise a word of one of them, and its price, would be lost; of fine-tuned models, "dev" is."""
    seen: dict[tuple[str, Meter], Row] = {}
    for row in meters():
        meter = read(row)
        if row.cloud == "azure" and meter.kind is UsageKind.TOKENS and meter.tier != "fine-tuned":
            assert (row.product, meter) not in seen, (row, seen[row.product, meter])
            seen[row.product, meter] = row


@pytest.mark.parametrize(
    ("axis", "cheap", "dear", "pairs"),
    [
        ("cache", "Read", "Uncached", 212),
        ("cache", "Uncached", "Write", 16),
        ("direction", "Input", "Output", 378),
        ("scope", "global", "geo", 389),
        ("scope", "global", "regional", 156),
        ("tier", "batch", "standard", 132),
        ("tier", "standard", "priority", 39),
        ("context", "short", "long", 26),
        ("context", None, "long", 21),
        ("modality", "text", "audio", 117),
    ],
)
def test_list_prices_agree_with_what_is_read(axis: str, cheap: str | None, dear: str, pairs: int) -> None:
    """Of two meters that differ in one axis alone, the one that should cost more never costs less."""
    prices, change = _list_prices(), cast("dict[str, Any]", {axis: dear})
    found = [
        (price, prices[other])
        for (product, meter), price in prices.items()
        if getattr(meter, axis) == cheap and (other := (product, replace(meter, **change))) in prices
    ]
    assert len(found) == pairs
    assert not [pair for pair in found if pair[0] > pair[1]]


@cache
def _list_prices() -> dict[tuple[str, Meter], Decimal]:
    """The list price of one token of each meter of Azure, whatever its unit."""
    prices = {}
    for row in table("meters.csv"):
        meter = read_meter(row["cloud"], row["meter"], row["unit"], row["product"])
        if row["list_price_usd"] and meter.kind is UsageKind.TOKENS and meter.per_unit:
            if meter.tier == "fine-tuned":
                continue
            key = (row["product"], replace(meter, per_unit=None))
            prices[key] = Decimal(row["list_price_usd"]) / meter.per_unit
    return prices


@given(any_row)
def test_capitals_and_underscores_do_not_count_on_google_cloud(row: Row) -> None:
    if row.cloud != "gcp":
        return
    plain = read(row)
    for spelling in (row.meter.lower(), row.meter.upper(), row.meter.replace(" ", "_")):
        other = read_meter(row.cloud, spelling, row.unit, row.product)
        assert other.billing_model.lower() == plain.billing_model.lower()
        assert [getattr(other, axis) for axis in AXES if axis != "billing_model"] == [
            getattr(plain, axis) for axis in AXES if axis != "billing_model"
        ]


@given(any_row)
def test_capitals_do_not_count_on_azure_but_between_joint_words(row: Row) -> None:
    # Only their capitals part "3bFTregnl" and "Prvw" from the word before.
    if row.cloud != "azure" or "Prvw" in row.meter or "FTregnl" in row.meter:
        return
    plain, upper = read(row), read_meter(row.cloud, row.meter.upper(), row.unit, row.product)
    assert upper.billing_model.lower() == plain.billing_model.lower()
    assert (upper.direction, upper.cache, upper.tier, upper.scope) == (
        plain.direction,
        plain.cache,
        plain.tier,
        plain.scope,
    )


@given(st.sampled_from(["aws", "gcp", "azure"]), st.text(), st.text(max_size=20), st.text(max_size=20))
def test_any_text_is_read_always_alike_and_to_its_own_words(
    cloud: str, meter: str, unit: str, product: str
) -> None:
    read_twice = [read_meter.__wrapped__(cloud, meter, unit, product) for _ in range(2)]
    assert read_twice[0] == read_twice[1]
    assert read_twice[0].per_unit is None or read_twice[0].per_unit > 0
    assert set(read_twice[0].billing_model) <= {*meter.replace("_", " "), *product.replace("_", " "), " "}


@given(any_row)
def test_only_tokens_have_a_direction_and_a_cache(row: Row) -> None:
    meter = read(row)
    is_tokens = meter.kind is UsageKind.TOKENS
    assert (meter.cache is not None) == is_tokens
    assert meter.direction is None or is_tokens
    assert meter.cache in (None, "Uncached") or meter.direction == "Input"
