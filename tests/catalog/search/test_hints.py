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


def _refusal(query: str = "", **arguments: Any) -> InvalidArgumentError:
    with pytest.raises(InvalidArgumentError) as refused:
        search(SearchRequest(query, **arguments))
    return refused.value


def test_the_hint_says_which_word_to_drop_and_how_many_would_match() -> None:
    assert _hint("n2 c9") == 'No SKUs match all of it: without "c9" 2 do.'
    assert _hint("c9 core") == 'No SKUs match all of it: without "c9" 2 do.'


def test_the_hint_names_filters_and_what_was_read_out_of_the_words() -> None:
    assert _hint("e2", region="europe-west3") == (
        'No SKUs match all of it: without "e2" 2 do, without region europe-west3 1 do.'
    )
    assert _hint("e2 frankfurt") == (
        'No SKUs match all of it: without "e2" 2 do, without "frankfurt" (read as region europe-west3) 1 do.'
    )


def test_the_hint_drops_several_words_where_one_is_not_enough() -> None:
    assert _hint("n2 c9 c8") == 'No SKUs match all of it: without "c9" and "c8" 2 do.'
    assert _hint("foo bar") == 'No SKUs match "foo" or "bar".'
    assert _hint("e2 n2 ram frankfurt", resource_group="CPU", region="europe-west1") == (
        "No SKUs match all of it, nor with one thing less. "
        "Send fewer: the product, what of it, and the place."
    )


def test_words_that_say_nothing_to_the_catalog_are_left_out_and_named() -> None:
    answer = search(SearchRequest("n2 core pretty please frobnicate"))

    assert [sku["display_name"] for sku in answer["skus"]] == ["N2 Core in Frankfurt"]
    assert answer["interpreted"]["words"] == ["n2", "core"]
    assert answer["hint"] == 'No SKU or service has "pretty", "frobnicate": left out.'


def test_a_services_name_is_not_left_out_though_nothing_is_sold_under_it() -> None:
    make_service(display_name="Cloud Memorystore")

    assert _hint("cloud memorystore n2 core") == (
        "The catalog has no SKUs of Cloud Memorystore. "
        'No SKUs match all of it: without "cloud memorystore" 1 do.'
    )


def test_the_count_in_the_hint_is_what_the_next_search_finds() -> None:
    assert _hint("spot n2") == (
        "No SKUs match all of it: without the words read as usage_type Preemptible 2 do."
    )
    assert search(SearchRequest("n2"))["total"] == 2


def test_of_too_many_words_five_have_to_be_found() -> None:
    hint = _hint(" ".join(f"x{number}" for number in range(14)))
    assert hint is not None
    assert hint.startswith('No SKUs match "x0" or "x1"')
    assert hint.endswith('or "x4".')


def test_a_service_without_skus_is_said_to_have_none() -> None:
    assert _hint(service="Cloud Run") == "The catalog has no SKUs of Cloud Run."
    assert _hint(service="Cloud Run", kind="skus") == "No SKUs match service Cloud Run."
    hint = _hint("cloud run")
    assert hint is not None
    assert hint.startswith("The catalog has no SKUs of Cloud Run.")


def test_an_unknown_id_is_not_found_and_details_is_named() -> None:
    assert _hint("0000-0000-0000") == (
        "No SKUs match id 0000-0000-0000 (withdrawn SKUs are in details only)."
    )


def test_a_services_search_that_finds_nothing_says_so() -> None:
    make_service(display_name="Artifact Registry")

    answer = search(SearchRequest("registry c9", kind="services"))
    assert answer["hint"] == 'No services match all of it: without "c9" 1 do.'


def test_an_empty_catalog_is_said_to_be_empty() -> None:
    Service.objects.all().delete()

    assert search(SearchRequest(kind="services"))["hint"] == "The catalog has no services."


def test_an_unknown_service_is_refused_with_close_names() -> None:
    refused = _refusal("n2", service="Compute Engin")
    assert refused.code == "invalid_argument"
    assert refused.candidates == [{"service_id": "6F81-5844-456A", "display_name": "Compute Engine"}]
    assert _refusal(service="run").candidates == [
        {"service_id": "152E-C115-5142", "display_name": "Cloud Run"}
    ]


@pytest.mark.parametrize(
    ("argument", "candidates"),
    [
        ("usage_type", ["OnDemand"]),
        ("resource_family", ["Compute"]),
        ("resource_group", ["CPU", "RAM"]),
    ],
)
def test_an_unknown_value_is_refused_with_the_valid_ones(argument: str, candidates: list[str]) -> None:
    refused = _refusal("n2", **{argument: "bogus"})
    assert refused.message == f'No SKU has {argument} "bogus".'
    assert refused.candidates == candidates


def test_of_many_valid_values_the_nearest_are_shown() -> None:
    for number in range(20):
        make_sku(resource_group=f"Group{number}")

    candidates = _refusal(resource_group="Groop1").candidates
    assert candidates[0] == "Group1"
    assert len(candidates) <= 5


def test_an_unknown_region_is_refused_with_close_places() -> None:
    refused = _refusal("n2", region="frankfrut")
    assert refused.candidates == [{"region": "europe-west3", "place": "Frankfurt"}]
    assert _refusal("n2", region="europe-west99").message == 'No region or place is called "europe-west99".'
    assert _refusal("n2 europe-west99").candidates[0]["region"].startswith("europe-west")


@pytest.mark.parametrize("query", ["", "   ", "🎉", "?!"])
def test_a_request_without_words_or_filters_is_refused(query: str) -> None:
    assert "Nothing to search for" in _refusal(query, region="  ").message


@pytest.mark.parametrize("limit", [0, 51, -1])
def test_a_limit_out_of_bounds_is_refused(limit: int) -> None:
    assert "from 1 to 50" in _refusal("n2", limit=limit).hint


def test_a_query_of_more_than_200_characters_is_refused() -> None:
    assert "201 characters" in _refusal("n" * 201).message
