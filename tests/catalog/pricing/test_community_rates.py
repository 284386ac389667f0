"""A community's list prices what no provider lists, and nothing else."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest

from catalog.pricing.answers import ResourceLine
from catalog.pricing.calculate import ResourceRequest, calculate
from catalog.pricing.list_prices import snapshot
from catalog.pricing.model_lists import listed_models
from catalog.pricing.model_rate import RateSource
from catalog.pricing.model_rates import every_rate, rates_of
from catalog.providers.aws.source import AwsSource
from catalog.providers.community.prices import prices, source
from catalog.providers.sample.source import SampleSource
from catalog.sync.run import sync
from tests.catalog.pricing.resources.test_tokens import MILLION
from tests.harness.fake_aws_prices import FakeAwsPrices, Rate

pytestmark = pytest.mark.django_db


def test_no_model_on_a_cloud_has_prices_of_both() -> None:
    sync(SampleSource())
    found: dict[tuple[str, str], set[RateSource]] = {}
    for model_id, rates in every_rate(snapshot()).rates.items():
        for rate in rates.rates:
            found.setdefault((model_id, rate.counted.provider), set()).add(rate.source)

    assert all(len(sources) == 1 for sources in found.values())
    assert found["gemini-2.5-pro", "gcp"] == {RateSource.LIST}
    assert found["grok-4.3", "aws"] == {RateSource.LIST}
    assert found["grok-4.3", "gcp"] == {RateSource.COMMUNITY}
    assert {key for key, sources in found.items() if RateSource.COMMUNITY in sources} <= {
        (price.model_id, price.provider) for price in prices()
    }


def test_a_single_price_of_the_provider_silences_the_list(tmp_path: Path) -> None:
    FakeAwsPrices({"AmazonBedrock": (Rate("USE1-NovaPro-input-tokens-flex", "0.0004"),)}).save(tmp_path)
    sync(AwsSource.in_folder(tmp_path))

    [rate] = rates_of(snapshot(), model_id="nova-pro").rates
    assert (rate.source, rate.counted.tier) == (RateSource.LIST, "flex")
    assert {each.source for each in rates_of(snapshot(), model_id="nova-lite").rates} == {
        RateSource.COMMUNITY
    }


def test_nothing_is_known_before_the_first_sync_or_the_day_of_the_list() -> None:
    assert every_rate(snapshot()).rates == {}

    sync(SampleSource())
    before = snapshot(source().since - timedelta(days=1))

    assert rates_of(before, model_id="nova-lite").rates == ()
    assert rates_of(snapshot(), model_id="nova-lite").rates


def test_an_answer_says_that_it_is_not_the_providers_word() -> None:
    sync(SampleSource())
    answer = calculate([ResourceRequest(resource="grok-4.3 on gcp", input_tokens=MILLION)])
    line = cast("ResourceLine", answer["items"][0])

    assert [part["source"] for part in line["components"]] == ["community"]
    assert line["components"][0]["sku_id"].startswith("litellm:vertex_ai/xai/grok-4.3")
    assert "Not Google Cloud's word" in line["notes"][0]
    assert source().read_on in line["notes"][0]
    assert "names no region" in line["notes"][0]
    assert answer["proof"]["pricing_info_ids"] == []


def test_the_rows_of_all_models_say_whose_prices_they_are() -> None:
    sync(SampleSource())
    rows = listed_models(snapshot())

    assert {row.line.source for row in rows} == {"list", "community"}
    # What a community's list says has no SKU.
    said = {
        rate.sku_id.startswith("litellm:"): row.line.source for row in rows for rate in row.rates.values()
    }
    assert said == {True: "community", False: "list"}
