"""What is stored of models is what the tables list, or it is not found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from catalog.models import Derived, DerivedState, Sku, SkuModel
from catalog.pricing import list_prices, model_lists, model_rates, model_store
from catalog.pricing.model_lines import ListedModel
from catalog.providers.aws.source import AwsSource
from catalog.providers.sample.source import SampleSource
from catalog.search.index.renew import renew
from catalog.sync.run import sync
from tests.catalog.factories import make_price, make_update
from tests.harness.fake_aws_prices import FakeAwsPrices, Rate

pytestmark = pytest.mark.django_db
QWEN = "USE1-Qwen3-32B-input-tokens"


def forget() -> None:
    """Be a worker that has just started."""
    for module in (list_prices, model_lists, model_rates):
        module.forget()


def found() -> model_store.Stored | None:
    forget()
    return model_store.find(list_prices.snapshot())


def listed() -> Sequence[ListedModel]:
    forget()
    return model_lists.listed_models(list_prices.snapshot())


def worked_out() -> Sequence[ListedModel]:
    """The rows by the tables alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(model_store, "find", lambda _: None)
        return listed()


@pytest.fixture(autouse=True)
def _stored(remembering: None, tmp_path: Path) -> None:  # noqa: ARG001
    """A list in two regions, of which one has a price that SKUs disagree in."""
    rates = [
        Rate(QWEN, "0.00015"),
        Rate(QWEN, "0.00015", region="eu-west-1"),
        Rate("USE1-Qwen3-32B-output-tokens", "0.0006"),
        Rate("USE1-Qwen3-32B-output-tokens", "0.0007", region="eu-west-1"),
        Rate("USE1-NovaLite-input-tokens", "0.00006"),
        Rate("USE1-DeepSeekV3-1-input-tokens", "0.00058"),
        Rate("USE1-deepseek.v3.1-mantle-input-tokens-standard", "0.00059"),
    ]
    FakeAwsPrices({"AmazonBedrock": rates}).save(tmp_path)
    sync(AwsSource.in_folder(tmp_path))
    model_store.renew()


def qwen() -> Sku:
    row = SkuModel.objects.filter(model_id="qwen3-32b", direction="Input").order_by("sku_id").first()
    assert row
    return row.sku


def _price(amount: int, **fields: object) -> None:
    tokens = {"base_unit": "count", "base_unit_conversion_factor": "1000", "usage_unit": "1K tokens"}
    make_price(qwen(), [(0, "0", amount)], **{"created_at": timezone.now(), **tokens, **fields})


def test_what_is_stored_is_what_the_tables_list() -> None:
    stored = found()

    assert stored
    assert stored.rows == listed() == worked_out()
    assert [each.line.model for each in stored.rows if each.disputed] == ["deepseek-v3.1"]
    listed_in = {each.regions for each in stored.rows if each.line.source == "list"}
    assert listed_in == {("us-east-1",), ("eu-west-1",)}


def test_the_sample_is_stored_to_the_last_digit() -> None:
    Sku.objects.all().delete()
    sync(SampleSource())
    renew()

    stored = found()

    assert stored
    assert stored.rows == worked_out()
    assert sum(len(each.rates) for each in stored.rows) > 100


def test_the_rows_take_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    forget()
    snapshot = list_prices.snapshot()

    with django_assert_num_queries(1):
        model_lists.listed_models(snapshot)
    with django_assert_num_queries(0):
        model_lists.listed_models(snapshot)


def test_a_sync_that_changes_nothing_writes_nothing_and_leaves_them_valid() -> None:
    make_update(completed_at=timezone.now())
    assert found() is None

    assert model_store.renew() == 0

    assert found()


def _running() -> None:
    make_update(status="running", completed_at=None, heartbeat_at=timezone.now())


def _other_code() -> None:
    DerivedState.objects.update(code_version="another")


def _another_price_in_effect() -> None:
    DerivedState.objects.update(until=timezone.now())


@pytest.mark.parametrize("happens", [_running, make_update, _other_code, _another_price_in_effect])
def test_nothing_is_found_that_may_have_changed(happens: Callable[[], object]) -> None:
    assert found()
    Derived.objects.filter(state="model prices").update(content="[]")

    happens()

    assert found() is None
    assert listed() == worked_out() != []


def _dearer() -> None:
    _price(200_000, effective_time=timezone.now())


def _withdrawn() -> None:
    Sku.objects.filter(pk=qwen().pk).update(retired_at=timezone.now())


def _read_as_another_model() -> None:
    SkuModel.objects.filter(pk=qwen().pk).update(model_id="qwen3-33b")


def _of_another_developer() -> None:
    SkuModel.objects.filter(pk=qwen().pk).update(developer="Somebody")


def _sold_elsewhere() -> None:
    Sku.objects.filter(pk=qwen().pk).update(service_regions=["sa-east-1"])


@pytest.mark.parametrize(
    "change", [_dearer, _withdrawn, _read_as_another_model, _of_another_developer, _sold_elsewhere]
)
def test_a_sync_that_changes_something_has_it_stored(change: Callable[[], object]) -> None:
    before = listed()
    change()
    make_update(completed_at=timezone.now())

    assert model_store.renew() == 1

    assert found()
    assert listed() == worked_out() != before


def test_they_hold_until_the_next_price_takes_effect() -> None:
    soon = timezone.now() + timedelta(hours=1)
    _price(200_000, effective_time=soon)
    make_update(completed_at=timezone.now())
    model_store.renew()
    listed()

    stored = found()
    assert stored
    assert stored.until == soon
    kept = list_prices.snapshot()
    after = list_prices.Snapshot(soon, kept.update, kept.latest, state=kept.state)

    prices = {row.rates["input"].price for row in model_lists.listed_models(after) if "input" in row.rates}
    assert model_store.find(after) is None
    assert Decimal("0.0000002") in prices


def test_a_question_about_the_past_is_answered_from_the_tables() -> None:
    assert model_store.find(list_prices.snapshot(timezone.now() - timedelta(days=1))) is None
