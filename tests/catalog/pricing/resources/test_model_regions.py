"""Where models are priced: in no region that their cloud lacks, and nothing is chosen where prices differ."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest

from catalog.errors import InvalidArgumentError
from catalog.models import Sku
from catalog.pricing.calculate import ResourceRequest
from catalog.pricing.list_prices import snapshot
from catalog.pricing.model_rate import UNSAID
from catalog.pricing.model_rates import every_rate
from catalog.pricing.resources.components import compose
from catalog.pricing.resources.composed import Composed
from catalog.pricing.resources.model_regions import regions_called
from catalog.pricing.resources.wanted import read_resource
from catalog.providers.community.prices import prices
from catalog.providers.sample.source import SampleSource
from catalog.sync.run import sync

pytestmark = pytest.mark.django_db
MILLION = Decimal(1_000_000)
OWN = {
    "aws": ("us-east-1", "eu-west-1", "eu-north-1", "us-gov-west-1", "il-central-1", "ap-northeast-1"),
    "azure": ("eastus", "westeurope", "uksouth", "West Europe"),
    "gcp": ("us-central1", "europe-west1", "Frankfurt"),
}
NOWHERE = ("Mars", "atlantis-1", "eu-west-99", "europe-west99", "us east", "-")


@pytest.fixture(autouse=True)
def _sample() -> None:
    sync(SampleSource())


def asked(model: str, cloud: str, **arguments: Any) -> ResourceRequest:
    sent = {"input_tokens": MILLION, "output_tokens": MILLION} | arguments
    return ResourceRequest(resource=model, cloud=cloud, **sent)


def composed(requests: list[ResourceRequest]) -> list[Composed]:
    return compose([read_resource(each) for each in requests], snapshot())


def models() -> list[tuple[str, str]]:
    every = every_rate(snapshot()).rates.items()
    return sorted({(name, each.counted.provider) for name, rates in every for each in rates.rates})


def test_no_model_has_a_price_where_its_cloud_has_no_region() -> None:
    others = {
        cloud: [*NOWHERE, *(code for other, codes in OWN.items() if other != cloud for code in codes[:2])]
        for cloud in OWN
    }
    for model, cloud in models():
        for region in others[cloud]:
            with pytest.raises(InvalidArgumentError, match=r"No region or place is called|is a region of"):
                read_resource(asked(model, cloud, region=region))


def test_a_region_of_another_cloud_is_called_that() -> None:
    with pytest.raises(InvalidArgumentError, match='"us-east-1" is a region of AWS, not of Google Cloud'):
        read_resource(asked("gemini-2.5-pro", "gcp", region="us-east-1"))


def test_every_region_of_a_list_is_known_on_its_cloud() -> None:
    for each in prices():
        assert not each.region or each.provider in regions_called(each.region), each


@pytest.mark.usefixtures("remembering")
def test_no_scope_is_chosen_among_prices_that_differ_and_every_value_of_the_question_has_one() -> None:
    """Swept over all models and regions: what is not asked costs the same in all prices that hold there."""
    requests = [asked(*one, region=region) for one in models() for region in (None, *OWN[one[1]])]
    found = composed(requests)
    listed = _listed()
    follow_up: list[tuple[ResourceRequest, str]] = []
    for request, each in zip(requests, found, strict=True):
        scopes = {value for choice in each.choices if choice.attribute == "scope" for value in choice.values}
        follow_up += [(request, scope) for scope in scopes]
        if each.choices or not each.components or not request.region:
            continue
        covers = regions_called(request.region)[request.cloud or ""].covered_by
        there = {
            price
            for region, price in listed[request.resource, request.cloud or ""]
            if region in covers or region == UNSAID
        }
        paid = next(
            part.list_price.first_paid for part in each.components if part.part.name == "input tokens"
        )
        assert len(there) <= 1 or {paid} == there, request
    assert len(follow_up) > 300
    answers = composed(
        [asked(one.resource, one.cloud or "", region=one.region, scope=scope) for one, scope in follow_up]
    )
    for (request, scope), each in zip(follow_up, answers, strict=True):
        assert each.components or each.choices, (request, scope)


def _listed() -> dict[tuple[str, str], set[tuple[str, Decimal]]]:
    """The prices of plain input tokens by where they hold; those of global endpoints are of no region."""
    found: defaultdict[tuple[str, str], set[tuple[str, Decimal]]] = defaultdict(set)
    for name, rates in every_rate(snapshot()).rates.items():
        for rate in rates.rates:
            of = rate.counted
            plain = (of.direction, of.cache, of.tier, of.modality, of.variant)
            if (
                plain == ("Input", "Uncached", "standard", "text", "")
                and of.scope != "global"
                and of.context != "long"
            ):
                found[name, of.provider].add((rate.region, rate.price))
    return found


@pytest.mark.parametrize(
    ("model", "cloud", "region", "scopes"),
    [
        ("deepseek-v3.2", "aws", "eu-west-1", {"geo", "unspecified"}),
        ("claude-opus-5", "aws", "us-east-1", {"geo", "global", "unspecified"}),
        ("claude-opus-5", "aws", "us-gov-west-1", {"geo", "global", "regional", "unspecified"}),
        ("gpt-4o", "azure", "westeurope", {"geo", "unspecified"}),
        ("gpt-4o", "azure", None, {"geo", "unspecified"}),
        # Only prices of calls that may leave the region are listed.
        ("claude-sonnet-4", "aws", "us-east-1", {"global"}),
        ("glm-5.2", "azure", "eastus", {"geo"}),
    ],
)
def test_the_scope_is_asked_with_all_values_that_have_a_price(
    model: str, cloud: str, region: str | None, scopes: set[str]
) -> None:
    [found] = composed([asked(model, cloud, region=region)])

    assert {value for each in found.choices if each.attribute == "scope" for value in each.values} == scopes


@pytest.mark.parametrize(
    ("region", "scope", "price"),
    [("eu-west-1", "geo", "0.74"), ("eu-west-1", "unspecified", "0.62"), ("us-east-1", None, "0.62")],
)
def test_a_price_of_a_part_of_the_world_holds_in_its_regions(
    region: str, scope: str | None, price: str
) -> None:
    [found] = composed([asked("deepseek-v3.2", "aws", region=region, scope=scope)])

    assert found.components[0].list_price.first_paid * MILLION == Decimal(price)


def test_a_region_leaves_only_the_clouds_that_have_it() -> None:
    request = ResourceRequest(resource="sonnet 4.6", region="us-east-1", input_tokens=MILLION)
    [found] = composed([request])

    assert [each.attribute for each in found.choices] == ["scope"]
    assert found.wanted.bill.resource == "claude-sonnet-4-6-on-aws"


def test_a_region_that_only_a_synced_list_knows_is_one() -> None:
    Sku.objects.filter(provider="azure").update(service_regions=["newregion1"])

    assert [*regions_called("newregion1")] == ["azure"]
