from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from catalog.models import Service, Sku
from catalog.pricing.availability import is_sold_in, same_name_in
from tests.catalog.factories import make_service, make_sku


@pytest.mark.parametrize(
    ("service_regions", "taxonomy", "region", "sold"),
    [
        (["europe-west3"], ["europe-west3"], "europe-west3", True),
        (["europe-west3"], ["europe-west3"], "europe-west1", False),
        (["europe-west3"], None, "global", False),
        (["us"], ["us-central1", "us-east1"], "us-east1", True),
        (["us"], ["us-central1", "us-east1"], "us", True),
        (["us"], ["us-central1", "us-east1"], "us-south1", False),
        (["us-central1", "us-east1"], [], "us-east1", True),
        (["global"], [], "europe-west3", True),
        ([], None, "europe-west3", True),
    ],
)
def test_a_sku_is_sold_in_its_regions(
    service_regions: list[str], taxonomy: list[str] | None, region: str, sold: bool
) -> None:
    assert is_sold_in(Sku(service_regions=service_regions, geo_taxonomy_regions=taxonomy), region) is sold


@pytest.fixture
def compute() -> Service:
    return make_service()


def named_skus_in(region: str, name: str, others: Sequence[str], service: Service) -> list[str]:
    """Those of `others`, all sold in the region, that count as the same SKU."""
    for other in others:
        make_sku(display_name=other, service=service, service_regions=[region])
    sku = make_sku(display_name=name, service=service, service_regions=["asia-east1"])
    return [other.display_name for other in same_name_in(sku, region)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "same", "others"),
    [
        (
            "N2 Instance Core running in Frankfurt",
            "N2 Instance Core running in EMEA",
            ["N2D AMD Instance Core running in EMEA", "N2 Custom Instance Core running in EMEA"],
        ),
        (
            "Commitment v1: A2 Cpu in Israel for 3 Years",
            "Commitment v1: A2 Cpu in Salt Lake City for 3 Year",
            [
                "Commitment v1: G2 Cpu in Salt Lake City for 3 Years",
                "Commitment v1: A2 Cpu in Iowa for 1 Year",
            ],
        ),
        (
            "Network Inter Region Egress from Warsaw to Los Angeles",
            "Network Inter Region Egress from Frankfurt to Los Angeles",
            ["Network Inter Region Egress from Frankfurt to Tokyo"],
        ),
        (
            "Nearline Storage Mumbai (Early Delete)",
            "Nearline Storage Iowa (Early Delete)",
            ["Nearline Storage Iowa"],
        ),
        (
            "Storage PD Capacity",
            "Storage PD Capacity in Frankfurt",
            ["Regional Storage PD Capacity in Frankfurt"],
        ),
        (
            "Nvidia T4 GPU running in Tokyo",
            "Nvidia T4 GPU running in Frankfurt",
            ["Nvidia P4 GPU running in Frankfurt"],
        ),
    ],
)
def test_the_same_sku_elsewhere_differs_only_in_the_place(
    name: str, same: str, others: list[str], compute: Service
) -> None:
    assert named_skus_in("europe-west3", name, [*others, same], compute) == [same]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Nvidia T4 GPU running in Tokyo", "Nvidia P4 GPU running in Frankfurt"),
        ("Network Egress from Tokyo to Asia", "Network Egress from Frankfurt to China"),
        ("Licensing Fee for Ubuntu", "Licensing Fee for Red Hat Enterprise Linux"),
    ],
)
def test_another_product_is_not_a_candidate_when_the_region_lacks_this_one(
    name: str, other: str, compute: Service
) -> None:
    assert named_skus_in("europe-west3", name, [other], compute) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "different",
    [
        {"usage_type": "Preemptible"},
        {"resource_group": "RAM"},
        {"resource_family": "Storage"},
        {"retired_at": datetime(2026, 1, 2, tzinfo=UTC)},
    ],
)
def test_skus_of_another_category_and_withdrawn_skus_are_not_candidates(
    different: dict[str, Any], compute: Service
) -> None:
    name = "N2 Instance Core running in EMEA"
    make_sku(**{"display_name": name, "service": compute} | different)

    assert named_skus_in("europe-west3", "N2 Instance Core running in Tokyo", [], compute) == []


@pytest.mark.django_db
def test_skus_of_another_service_are_not_candidates(compute: Service) -> None:
    make_sku(display_name="Kubernetes fee in Frankfurt")

    assert named_skus_in("europe-west3", "Kubernetes fee in Tokyo", [], compute) == []


@pytest.mark.django_db
def test_the_global_sku_is_the_candidate_when_a_region_has_none_of_its_own(compute: Service) -> None:
    make_sku(display_name="Balanced PD Capacity in Moon", service=compute, service_regions=["global"])
    sku = make_sku(display_name="Balanced PD Capacity in Tokyo", service=compute)

    assert same_name_in(sku, "europe-west1") == []

    everywhere = make_sku(display_name="Balanced PD Capacity", service=compute, service_regions=["global"])
    assert same_name_in(sku, "europe-west1") == [everywhere]

    local = make_sku(
        display_name="Balanced PD Capacity in Salt Lake City",
        service=compute,
        service_regions=["europe-west1"],
    )
    assert same_name_in(sku, "europe-west1") == [local]
