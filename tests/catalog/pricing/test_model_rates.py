"""SKUs of one thing fold into one rate; a usage type of AWS finds its own price and no other."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from catalog.meters.read import read_meter
from catalog.offers.model_names import Names
from catalog.offers.store import read_all_again
from catalog.pricing.list_prices import snapshot
from catalog.pricing.model_rate import ModelRates
from catalog.pricing.model_rates import RateConflictError, counted_by, rate_of, rates_of
from catalog.providers.aws.source import AwsSource
from catalog.providers.sample.source import SampleSource
from catalog.sync.run import sync
from tests.catalog.factories import make_service
from tests.catalog.meters.rows import meters
from tests.catalog.pricing.known_skus import GLOBAL, add_sku
from tests.harness.fake_aws_prices import FakeAwsPrices, Rate

NAMES = Names()


@pytest.fixture
def aws(tmp_path: Path) -> Any:
    """Syncs AWS's price list with these rates."""

    def load(*rates: Rate) -> None:
        FakeAwsPrices({"AmazonBedrock": rates}).save(tmp_path)
        sync(AwsSource.in_folder(tmp_path))

    return load


@pytest.mark.django_db
def test_every_real_usage_type_of_aws_finds_its_own_price_and_no_other(aws: Any) -> None:
    rows = [row for row in meters() if row.cloud == "aws" and row.unit in ("1K tokens", "1M tokens")]
    rows = [row for row in rows if not row.meter.startswith(("USW2", "EU-")) and "MP:" not in row.meter]
    things: dict[Any, str] = {}
    for row in rows:
        thing = _thing(row.meter, row.unit, *row.products)
        things.setdefault(thing, f"{len(things) + 1}")
    aws(*(Rate(row.meter, things[_thing(row.meter, row.unit, *row.products)], row.unit) for row in rows))
    now = snapshot()
    assert len(rows) > 50
    for thing, usd in things.items():
        rate = rate_of(now, thing, "us-east-1")
        assert rate, thing
        assert rate.price in (Decimal(usd) / 1000, Decimal(usd) / 1_000_000)


def _thing(meter: str, unit: str, *products: str, cloud: str = "aws") -> Any:
    read = read_meter(cloud, meter, unit, *products)
    model = NAMES.find(cloud, products, read.billing_model)
    assert model, meter
    return counted_by(cloud, model[0], read)


@pytest.mark.django_db
def test_every_real_sku_of_googles_models_finds_its_own_price_and_no_other() -> None:
    rows = [row for row in meters() if row.cloud == "gcp" and row.product.startswith("Vertex AI")]
    rows = [row for row in rows if read_meter("gcp", row.meter, row.unit, *row.products).kind == "tokens"]
    things: dict[Any, int] = {}
    services = {product: make_service(display_name=product) for product in {row.product for row in rows}}
    for number, row in enumerate(rows):
        thing = _thing(row.meter, row.unit, *row.products, cloud="gcp")
        nanos = things.setdefault(thing, 1000 * (len(things) + 1))
        service = services[row.product]
        add_sku(f"SKU-{number}", row.meter, row.unit, [(0, "0", nanos)], regions=GLOBAL, service=service)
    assert len(rows) > 80
    now = snapshot()
    for thing, nanos in things.items():
        rate = rate_of(now, thing, "us-central1")
        assert rate, thing
        assert rate.price == Decimal(nanos) / 10**9


@pytest.mark.django_db
def test_the_gemini_api_is_another_product_whose_prices_are_not_vertex_ais() -> None:
    for service, nanos in (("Gemini API", 900), ("Vertex AI", 1250)):
        add_sku(
            f"SKU-{nanos}",
            "Gemini 2.5 Pro Text Input - Predictions",
            "count",
            [(0, "0", nanos)],
            regions=GLOBAL,
            service=make_service(display_name=service),
        )
    read_all_again()

    found = rates_of(snapshot(), model_id="gemini-2.5-pro")

    assert [rate.price * 1_000_000 for rate in found.rates] == [Decimal("1.25")]
    assert found.conflicts == ()


@pytest.mark.django_db
def test_two_spellings_of_one_rate_fold_into_one(aws: Any) -> None:
    aws(
        Rate("USE1-Qwen3-32B-input-tokens", "0.00015"),
        Rate("USE1-qwen.qwen3-32b-mantle-input-tokens-standard", "0.00015"),
    )
    (rate,) = rates_of(snapshot(), model_id="qwen3-32b").rates
    assert rate.price == Decimal("0.00000015")
    assert len(rate.sku_ids) == 2


@pytest.mark.django_db
def test_two_spellings_at_two_prices_are_an_error_that_names_both(aws: Any) -> None:
    rates = (
        Rate("USE1-Qwen3-32B-input-tokens", "0.00015"),
        Rate("USE1-qwen.qwen3-32b-mantle-input-tokens-standard", "0.00016"),
    )
    aws(*rates)
    (conflict,) = rates_of(snapshot(), model_id="qwen3-32b").conflicts
    with pytest.raises(RateConflictError) as caught:
        rate_of(snapshot(), conflict.counted, "us-east-1")
    assert set(caught.value.candidates) == {rate.sku for rate in rates}


@pytest.mark.django_db
def test_what_is_listed_at_zero_or_in_an_unknown_unit_has_no_rate(aws: Any) -> None:
    aws(
        Rate("USE1-Qwen3-32B-input-tokens", "0.0000000000"),
        Rate("USE1-Qwen3-32B-output-tokens", "0.0006", "1B tokens"),
    )
    assert rates_of(snapshot(), model_id="qwen3-32b") == ModelRates(())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("provider", "model_id", "axes", "per_million"),
    [
        ("aws", "claude-sonnet-4-6", ("Input", "Uncached", "standard", "regional", None, ""), "3.3"),
        ("aws", "claude-sonnet-4-6", ("Input", "Read", "standard", "global", None, ""), "0.3"),
        ("aws", "claude-sonnet-4-6", ("Input", "Write", "standard", "regional", None, "1h"), "6.6"),
        ("aws", "claude-sonnet-4-6", ("Output", "Uncached", "batch", "global", None, ""), "7.5"),
        ("aws", "claude-sonnet-4", ("Input", "Uncached", "standard", "global", "long", ""), "6"),
        ("aws", "qwen3-32b", ("Output", "Uncached", "priority", "regional", None, ""), "1.05"),
        ("aws", "grok-4.3", ("Input", "Uncached", "standard", "regional", None, ""), "1.25"),
        ("azure", "gpt-5-mini", ("Input", "Uncached", "standard", "global", None, ""), "0.25"),
        ("azure", "gpt-5-mini", ("Input", "Read", "standard", "geo", None, ""), "0.0275"),
        ("azure", "gpt-5.4-mini", ("Output", "Uncached", "priority", "global", None, ""), "9"),
        ("azure", "gpt-5", ("Input", "Uncached", "batch", "global", None, ""), "0.625"),
        ("gcp", "gemini-2.5-pro", ("Input", "Read", "standard", None, None, ""), "0.125"),
        ("gcp", "gemini-2.5-flash-lite", ("Output", "Uncached", "standard", None, None, ""), "0.4"),
    ],
)
def test_known_figures_of_the_sample_are_found_to_the_last_digit(
    provider: str, model_id: str, axes: tuple[str | None, ...], per_million: str
) -> None:
    """AWS's price list of July and September 2026, Azure's retail prices of August, Google's catalog."""
    sync(SampleSource())
    found = {
        rate.price * 1_000_000
        for rate in rates_of(snapshot(), model_id=model_id, provider=provider).rates
        if rate.counted.modality == "text"
        and (*rate.counted[3:5], *rate.counted[6:9], rate.counted.variant) == axes
    }
    assert found == {Decimal(per_million)}
