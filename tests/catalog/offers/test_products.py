from __future__ import annotations

import pytest

from catalog.offers.phrases import texts
from catalog.offers.products import product_names, product_of, products, services_called, slug


@pytest.mark.parametrize(
    ("name", "product"),
    [
        ("GKE", "kubernetes-engine"),
        ("big query", "bigquery"),
        ("Memorystore for Redis", "cloud-memorystore-for-redis"),
        ("pub/sub", "cloud-pub-sub"),
        ("Amazon Web Services", "amazon-web-services"),
        ("NetApp Volumes", "netapp-volumes"),
    ],
)
def test_a_product_is_known_by_its_names(name: str, product: str) -> None:
    words = texts(name)

    assert product_names().at(words, 0)[0] == (len(words), product)


def test_an_ordinary_word_that_is_a_product_s_whole_name_is_no_name() -> None:
    assert product_names().at(texts("support"), 0) == []


@pytest.mark.parametrize(
    ("service", "product"),
    [
        ("Compute Engine", "compute-engine"),
        ("BigQuery Reservation API", "bigquery"),
        ("Cloud Functions", "cloud-run-functions"),
        ("App Engine", "app-engine"),
        ("Made-up Service (New)", "made-up-service-new"),
    ],
)
def test_a_service_sells_its_own_product_or_one_that_lists_it(service: str, product: str) -> None:
    assert product_of(service) == product


def test_every_product_has_a_name_that_no_other_has() -> None:
    names = [
        (product.slug, {found for _, found in product_names().at(texts(product.name), 0)})
        for product in products().values()
        if len(texts(product.name)) > 1
    ]

    assert [slug for slug, found in names if slug not in found] == []


def test_every_feature_names_a_service_that_has_it() -> None:
    features = [product for product in products().values() if product.is_feature]
    services = {product.name for product in products().values() if not product.is_feature}

    assert features
    assert [each.name for each in features if not services.issuperset(each.services[1:] or [""])] == []


def test_a_slug_is_a_value_of_an_attribute() -> None:
    assert slug("Cloud Key Management Service (KMS)") == "cloud-key-management-service-kms"


@pytest.mark.parametrize(
    ("name", "first"),
    [("gke", "Kubernetes Engine"), ("K8s", "Kubernetes Engine"), ("object storage", "Cloud Storage")],
)
def test_the_services_of_a_product_are_known_by_its_names(name: str, first: str) -> None:
    assert services_called(name)[0] == first


@pytest.mark.parametrize("name", ["gke nodes", "frobnicate", ""])
def test_a_name_that_is_no_product_s_has_no_services(name: str) -> None:
    assert services_called(name) == ()
