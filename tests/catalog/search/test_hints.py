from __future__ import annotations

from typing import Any

import pytest

from catalog.errors import InvalidArgumentError
from catalog.models import Service
from catalog.search import SearchRequest, search
from tests.catalog.factories import make_service, make_sku, make_update

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _catalog() -> None:
    make_update()
    compute = make_service(service_id="6F81-5844-456A", display_name="Compute Engine")
    make_sku(service=compute, display_name="N2 Core in Frankfurt")
    make_sku(service=compute, display_name="N2 Ram in Frankfurt", resource_group="RAM")
    belgium = ["europe-west1"]
    make_sku(
        service=compute,
        display_name="E2 Core in Belgium",
        service_regions=belgium,
        geo_taxonomy_regions=belgium,
    )
    make_service(service_id="152E-C115-5142", display_name="Cloud Run")


def _hint(query: str = "", **arguments: Any) -> str | None:
    answer = search(SearchRequest(query, **arguments))
    assert answer["skus"] == []
    assert answer["total"] == 0
    return answer["hint"]


def _rejection(query: str = "", **arguments: Any) -> InvalidArgumentError:
    with pytest.raises(InvalidArgumentError) as rejected:
        search(SearchRequest(query, **arguments))
    return rejected.value


def test_the_hint_says_which_word_to_drop_and_how_many_would_match() -> None:
    assert _hint("e2 ram") == 'No SKU matches all terms. Without "e2": 1 match. Without "ram": 1 match.'


def test_the_hint_also_names_filters_and_places_read_from_the_query() -> None:
    assert _hint("e2", resource_group="RAM") == (
        'No SKU matches all terms. Without resource_group RAM: 1 match. Without "e2": 1 match.'
    )
    assert _hint("e2 ram frankfurt") == 'No SKU matches all terms. Without "e2": 1 match.'
    assert _hint("e2 ram belgium") == 'No SKU matches all terms. Without "ram": 1 match.'


def test_the_hint_says_if_dropping_one_condition_is_not_enough() -> None:
    assert _hint("banana bread") == 'No SKU matches "banana" or "bread".'
    assert _hint("e2 ram", resource_group="RAM", usage_type="spot") == (
        "No SKU matches all terms, even with any one of them dropped. "
        "Send fewer terms: the product, its part and the place."
    )


def test_words_that_the_catalog_does_not_contain_are_ignored_and_named() -> None:
    answer = search(SearchRequest("n2 core pretty please frobnicate"))

    assert [sku["display_name"] for sku in answer["skus"]] == ["N2 Core in Frankfurt"]
    assert answer["interpreted"]["words"] == ["n2", "core"]
    assert answer["hint"] == 'Ignored "pretty", "frobnicate": not in any SKU or service.'


def test_the_name_of_a_service_without_skus_is_not_ignored() -> None:
    make_service(display_name="Cloud Memorystore")

    assert _hint("cloud memorystore n2 core") == (
        "Cloud Memorystore for Redis (product): the catalog has no SKUs of it."
    )


def test_the_next_search_finds_as_many_as_the_hint_says() -> None:
    assert _hint("n2", usage_type="spot") == (
        "No SKU matches all terms. Without usage_type Preemptible: 2 matches."
    )
    assert search(SearchRequest("n2"))["total"] == 2


def test_a_usage_type_that_the_thing_is_not_sold_by_is_told() -> None:
    answer = search(SearchRequest("spot n2 core"))

    assert [sku["display_name"] for sku in answer["skus"]] == ["N2 Core in Frankfurt"]
    assert answer["hint"] == 'Not sold as "spot".'
    assert answer["interpreted"]["usage_type"] is None


def test_only_five_words_of_a_long_query_are_required() -> None:
    hint = _hint(" ".join(f"bogus{number}" for number in range(14)))
    assert hint is not None
    assert hint.startswith('No SKU matches "bogus0" or "bogus1"')
    assert hint.endswith('or "bogus4".')


def test_the_hint_says_that_a_service_has_no_skus() -> None:
    assert _hint(service="Cloud Run") == "The catalog has no SKUs for Cloud Run."
    assert _hint(service="Cloud Run", kind="skus") == "No SKU matches service Cloud Run."
    assert _hint("cloud run") == "Cloud Run (product): the catalog has no SKUs of it."


def test_the_hint_for_an_unknown_id_mentions_details() -> None:
    assert _hint("0000-0000-0000") == (
        "No SKU matches id 0000-0000-0000 (only details shows withdrawn SKUs)."
    )


def test_a_search_for_services_without_results_has_a_hint() -> None:
    make_service(display_name="Artifact Registry")

    answer = search(SearchRequest("registry c9", kind="services"))
    assert answer["hint"] == 'No service matches all terms. Without "c9": 1 match.'


def test_the_hint_says_that_the_catalog_is_empty() -> None:
    Service.objects.all().delete()

    assert search(SearchRequest(kind="services"))["hint"] == "The catalog has no services."


def test_an_unknown_service_is_rejected_with_similar_names() -> None:
    error = _rejection("n2", service="Compute Engin")
    assert error.code == "invalid_argument"
    assert error.candidates == [{"service_id": "6F81-5844-456A", "display_name": "Compute Engine"}]
    assert _rejection(service="run").candidates == [
        {"service_id": "152E-C115-5142", "display_name": "Cloud Run"}
    ]


def test_the_address_of_an_api_is_not_a_service_but_the_services_of_its_product_are_candidates() -> None:
    error = _rejection("n2", service="compute.googleapis.com")

    assert error.message == 'No service is called "compute.googleapis.com".'
    assert error.hint.startswith("The catalog does not know services by the address of their API.")
    assert error.candidates[0] == {"service_id": "6F81-5844-456A", "display_name": "Compute Engine"}


@pytest.mark.parametrize(
    ("argument", "candidates"),
    [
        ("usage_type", ["OnDemand"]),
        ("resource_family", ["Compute"]),
        ("resource_group", ["CPU", "RAM"]),
    ],
)
def test_an_unknown_value_is_rejected_with_the_valid_ones(argument: str, candidates: list[str]) -> None:
    error = _rejection("n2", **{argument: "bogus"})
    assert error.message == f'No SKU has {argument} "bogus".'
    assert error.candidates == candidates


def test_only_the_most_similar_of_many_valid_values_are_candidates() -> None:
    for number in range(20):
        make_sku(resource_group=f"Group{number}")

    candidates = _rejection(resource_group="Groop1").candidates
    assert candidates[0] == "Group1"
    assert len(candidates) <= 5


def test_an_unknown_region_is_rejected_with_similar_places() -> None:
    error = _rejection("n2", region="frankfrut")
    assert error.candidates == [{"region": "europe-west3", "place": "Frankfurt"}]
    assert _rejection("n2", region="europe-west99").message == 'No region or place is called "europe-west99".'
    assert _rejection("n2 europe-west99").candidates[0]["region"].startswith("europe-west")


@pytest.mark.parametrize("region", ['"', "%", "*", "-", "🎉"])
def test_a_region_of_punctuation_is_rejected(region: str) -> None:
    assert _rejection("n2", region=region).message == f'No region or place is called "{region}".'


@pytest.mark.parametrize("query", ["", "   ", "🎉", "?!", "2", "100 gb"])
def test_a_request_without_words_or_filters_is_rejected(query: str) -> None:
    assert "Nothing to search for" in _rejection(query, region="  ").message


@pytest.mark.parametrize("limit", [0, 51, -1])
def test_a_limit_out_of_range_is_rejected(limit: int) -> None:
    assert "from 1 to 50" in _rejection("n2", limit=limit).hint


def test_a_query_of_more_than_200_characters_is_rejected() -> None:
    assert "201 characters" in _rejection("n" * 201).message
