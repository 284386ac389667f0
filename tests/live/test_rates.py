from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest

from catalog.models import PricingInfo, PricingTier, Service, Sku, SkuAttributes
from catalog.offers import store
from catalog.offers.model_names import Names
from costs.reports.effective_prices import AXES, DayOfTokens
from live.bill_prices import BillPrices
from live.list_prices import ListPrices
from live.rates import Chain, Key, Price, PriceSource
from tests.costs.stores import MemoryStore, tokens

DAY = date(2026, 11, 20)
AXES_OF_NOVA: Mapping[str, str | None] = {
    **dict.fromkeys(AXES),
    "cloud": "aws",
    "account": "1111",
    "region": "us-east-1",
    "model": "nova-lite",
    "direction": "Input",
    "cache": "Uncached",
    "modality": "text",
    "tier": "standard",
    "scope": "regional",
    "currency": "USD",
}
NOVA = Key("aws", "1111", "us-east-1", "nova-lite", "Input", cache="Uncached", scope="regional")


def day(tokens_: int, cost: str, *, days_ago: int = 0, **axes: Any) -> DayOfTokens:
    found = MappingProxyType({**AXES_OF_NOVA, **axes})
    return DayOfTokens(found, DAY - timedelta(days=days_ago), Decimal(tokens_), Decimal(cost))


def per_million(price: Price | None) -> Decimal | None:
    return price.per_token * 1_000_000 if price else None


def test_the_price_of_the_bill_is_what_was_paid_for_the_tokens_of_its_last_days() -> None:
    prices = BillPrices(
        [day(1_000_000, "2.85"), day(3_000_000, "8.55", days_ago=1), day(10, "99", days_ago=20)]
    )

    # Days of long ago count only as far as there are no seven later ones.
    assert per_million(BillPrices([day(1_000_000, "2.85")]).price(NOVA)) == Decimal("2.85")
    found = prices.price(NOVA)
    assert found is not None
    assert (found.source, found.as_of, found.detail) == ("bill", DAY, "bill 2026-10-31 to 2026-11-20")


def test_only_the_last_seven_days_with_such_tokens_count() -> None:
    days = [day(1_000_000, "2", days_ago=at) for at in range(7)]

    assert per_million(BillPrices([*days, day(1_000_000, "50", days_ago=8)]).price(NOVA)) == 2


def test_the_price_of_an_account_comes_before_that_of_others_and_says_whose_it_is() -> None:
    days = [day(1_000_000, "2"), day(1_000_000, "4", account="2222")]

    assert per_million(BillPrices(days).price(NOVA)) == 2
    other = BillPrices(days[1:]).price(NOVA)
    assert per_million(other) == 4
    assert other is not None
    assert "other accounts" in other.detail


def test_a_region_has_the_price_of_its_own_if_the_bill_has_one() -> None:
    days = [day(1_000_000, "2"), day(1_000_000, "3", region="eu-west-1")]

    assert per_million(BillPrices(days).price(NOVA._replace(region="eu-west-1"))) == 3
    assert per_million(BillPrices(days).price(NOVA._replace(region="ap-south-1"))) == Decimal("2.5")


def test_cached_tokens_that_a_metric_hides_are_priced_by_their_share_of_the_bill() -> None:
    days = [day(1_000_000, "2"), day(3_000_000, "0.6", cache="Read")]

    hidden = BillPrices(days).price(NOVA._replace(cache=None))

    assert per_million(hidden) == Decimal("0.65")
    assert hidden is not None
    assert (hidden.is_upper_bound, hidden.assumes) == (False, ("cache as billed",))


@pytest.mark.parametrize(
    "axes",
    [
        {"cache": "Read"},
        {"tier": "batch"},
        {"scope": "global"},
        {"direction": "Output"},
        {"model": "nova-pro"},
    ],
)
def test_tokens_of_another_kind_have_another_price(axes: dict[str, Any]) -> None:
    key = NOVA._replace(tier="standard")

    assert BillPrices([day(1_000_000, "2", **axes)]).price(key) is None


def test_what_a_bill_does_not_tell_counts_if_nothing_else_does() -> None:
    untold = day(1_000_000, "2", scope=None)

    assert per_million(BillPrices([untold]).price(NOVA)) == 2
    assert per_million(BillPrices([untold, day(1_000_000, "3")]).price(NOVA)) == 3


def test_a_tier_that_is_not_told_is_one_of_single_calls() -> None:
    days = [day(1_000_000, "2"), day(1_000_000, "4", tier="priority"), day(9_000_000, "9", tier="batch")]

    assert per_million(BillPrices(days).price(NOVA)) == 3
    assert BillPrices(days[2:]).price(NOVA) is None
    assert per_million(BillPrices(days).price(NOVA._replace(tier="batch"))) == 1


def test_calls_of_an_inference_profile_are_billed_as_in_the_region_on_aws_alone() -> None:
    geo = NOVA._replace(scope="geo")
    days = [day(1_000_000, "2"), day(1_000_000, "1", scope="global")]

    assert per_million(BillPrices(days).price(geo)) == 2
    assert per_million(BillPrices([*days, day(1_000_000, "3", scope="geo")]).price(geo)) == 3
    azure = [day(1_000_000, "2", cloud="azure")]
    assert BillPrices(azure).price(geo._replace(cloud="azure")) is None


def test_a_subscription_is_the_same_however_the_bill_of_azure_writes_it() -> None:
    days = [
        day(1_000_000, "2", account="/subscriptions/ABC"),
        day(1_000_000, "4", account="/subscriptions/d"),
    ]

    assert per_million(BillPrices(days).price(NOVA._replace(account="abc"))) == 2


@pytest.mark.parametrize(
    "days",
    [
        [day(1_000_000, "0")],
        [day(1_000_000, "2"), day(1_000_000, "2", currency="EUR")],
        [],
    ],
)
def test_a_bill_without_one_price_gives_none(days: list[DayOfTokens]) -> None:
    assert BillPrices(days).price(NOVA) is None


def test_prices_are_read_from_loaded_charges() -> None:
    charged: dict[str, Any] = {"x_ModelId": "nova-lite", "SubAccountId": "1111", "RegionId": "us-east-1"}
    store = MemoryStore(
        [
            tokens("2000000", "2026-11-18", "6", EffectiveCost=Decimal(5), **charged),
            # No price: without its tokens, or a correction of an earlier charge.
            tokens("1000000", "2026-11-18", "100", ChargeClass="Correction", **charged),
            tokens("1000000", "2026-09-01", "100", **charged),
        ]
    )

    found = BillPrices.of(store, datetime(2026, 11, 20, tzinfo=UTC), is_demo=False).price(
        Key("aws", "1111", "us-east-1", "nova-lite", "Input", cache="Uncached")
    )

    assert per_million(found) == Decimal("2.5")


def test_without_loaded_costs_there_are_no_prices() -> None:
    assert (
        BillPrices.of(MemoryStore([]), datetime(2026, 11, 20, tzinfo=UTC), is_demo=False).price(NOVA) is None
    )


def test_the_first_source_that_knows_a_price_gives_it_and_unknown_is_none() -> None:
    class Always:
        def __init__(self, price: Price | None) -> None:
            self._price = price

        def price(self, _key: Key) -> Price | None:
            return self._price

    price = Price(Decimal("0.000001"), "USD", PriceSource.LIST, DAY, "a list")

    assert Chain([Always(None), Always(price)]).price(NOVA) is price
    assert Chain([Always(None)]).price(NOVA) is None


GEMINI = Key("gcp", "p", "us-central1", "gemini-2.5-pro", "Input", scope="regional")


def list_sku(name: str, price: int, *, regions: tuple[str, ...] = ("global",), **values: str) -> None:
    """A SKU of tokens, at so many nanos of a dollar a token."""
    service, _ = Service.objects.get_or_create(service_id="C7E2", defaults={"display_name": "Vertex AI"})
    sku = Sku.objects.create(
        sku_id=f"SKU-{name}", service=service, display_name=name, service_regions=list(regions), **values
    )
    facts = " direction=input product=vertex-ai "
    SkuAttributes.objects.create(
        sku=sku, facts=facts, unread=" ", key=name, costs={}, cost=0, has_place=False
    )
    store.read_services_again([service.pk])
    info = PricingInfo.objects.create(
        sku=sku, usage_unit="count", effective_time=datetime(2026, 10, 1, tzinfo=UTC), base_unit="count"
    )
    PricingTier.objects.create(pricing_info=info, start_usage_amount=0, price_units="0", price_nanos=price)


def listed_price(key: Key = GEMINI) -> Price | None:
    return ListPrices(Names()).price(key)


@pytest.mark.django_db
class TestList:
    def test_a_price_is_found_by_what_the_name_of_its_sku_says(self) -> None:
        list_sku("Gemini 2.5 Pro Text Input - Predictions", 1250)
        list_sku("Gemini 2.5 Pro Text Output - Predictions", 10000)
        list_sku("Gemini 2.5 Pro Image Input - Predictions", 999)
        list_sku("Gemini 2.5 Pro Input Text Caching", 125)
        list_sku("Gemini 2.5 Flash GA Text Input - Predictions", 300)

        found = listed_price()

        assert found is not None
        assert (per_million(found), found.source, found.as_of) == (Decimal("1.25"), "list", date(2026, 10, 1))
        assert "SKU-Gemini 2.5 Pro Text Input" in found.detail
        # What was cached is hidden and costs less.
        assert found.is_upper_bound
        assert per_million(listed_price(GEMINI._replace(cache="Read"))) == Decimal("0.125")

    def test_a_regional_call_has_not_the_price_of_global_ones(self) -> None:
        list_sku("Gemini 3.8 Flash Global Text Input", 1500)

        key = GEMINI._replace(model="gemini-3.8-flash")
        assert listed_price(key) is None
        assert per_million(listed_price(key._replace(scope="global"))) == Decimal("1.5")

    def test_a_longer_context_that_may_cost_more_is_said_and_makes_no_bound(self) -> None:
        list_sku("Gemini 2.5 Pro Text Input - Predictions", 1250)
        list_sku("Gemini 2.5 Pro Text Input (Long) - Predictions", 2500)

        found = listed_price()

        assert found is not None
        assert per_million(found) == Decimal("1.25")
        assert not found.is_upper_bound
        assert any(each.startswith("context") for each in found.assumes)

    def test_two_prices_for_the_same_tokens_are_none(self) -> None:
        list_sku("Gemini 2.5 Pro Text Input - Predictions", 1250)
        list_sku("Gemini 2.5 Pro Text Input", 1300)

        assert listed_price() is None

    def test_a_price_of_zero_is_none_and_so_is_that_of_a_withdrawn_sku(self) -> None:
        list_sku("Gemini 2.5 Pro Text Input - Predictions", 0)

        assert listed_price() is None

    def test_the_price_of_another_region_is_not_taken(self) -> None:
        list_sku("Gemini 2.5 Pro Text Input - Predictions", 1250, regions=("europe-west4",))

        assert listed_price() is None
        assert per_million(listed_price(GEMINI._replace(region="europe-west4"))) == Decimal("1.25")
