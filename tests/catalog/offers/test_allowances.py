from __future__ import annotations

import pytest

from catalog.offers.allowances import allowances
from catalog.offers.named_sku import NamedSku


def test_each_allowance_has_an_amount_a_page_of_googles_and_one_thing_that_it_is_for() -> None:
    for allowance in allowances():
        assert allowance.given > 0
        assert allowance.source.startswith("https://cloud.google.com/")
        assert (allowance.resource is None) != (allowance.product is None)


@pytest.mark.parametrize(
    ("service", "name", "usage_type", "names"),
    [
        ("Cloud Storage", "Standard Storage US Regional", "OnDemand",
         ["Cloud Storage Free Tier: Standard storage"]),
        ("Cloud Storage", "Standard Storage US Multi-region", "OnDemand", []),
        ("Cloud Storage", "Nearline Storage Iowa", "OnDemand", []),
        ("Secret Manager", "Secret version replica storage", "OnDemand",
         ["Secret Manager free tier: active secret versions"]),
        ("Cloud Run", "Services CPU (Request-based billing)", "OnDemand",
         ["Cloud Run free tier: CPU, request-based billing"]),
        ("Cloud Run", "Services Min Instance CPU (Request-based billing)", "OnDemand", []),
        ("Cloud Run", "Services CPU (Request-based billing)", "Commit1Yr", []),
        ("Kubernetes Engine", "Autopilot Kubernetes Clusters", "OnDemand",
         ["GKE free tier: credit for one zonal or Autopilot cluster"]),
        ("Kubernetes Engine", "Regional Kubernetes Clusters", "OnDemand", []),
        ("Kubernetes Engine", "Extended Period Kubernetes Clusters", "OnDemand", []),
        ("Compute Engine", "E2 Instance Core running in Americas", "OnDemand", []),
    ],
)  # fmt: skip
def test_an_allowance_is_for_the_skus_that_google_means(
    service: str, name: str, usage_type: str, names: list[str]
) -> None:
    sku = NamedSku(service, name, "", "", usage_type)

    assert [allowance.name for allowance in allowances() if allowance.is_for(sku)] == names
