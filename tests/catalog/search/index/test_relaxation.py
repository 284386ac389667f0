"""Questions with words that no SKU matches together."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from catalog.models import PricingUpdate, Service
from catalog.search import SearchAnswer, SearchRequest, search
from tests.catalog.factories import make_service, make_sku, make_update

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _catalog() -> None:
    make_update()
    compute = make_service(display_name="Compute Engine")
    for family in ("E2", "N2", "G2"):
        for part, group in (("Core", "CPU"), ("Ram", "RAM")):
            name = f"{family} Instance {part} running in Frankfurt"
            make_sku(service=compute, display_name=name, resource_group=group)
    make_sku(service=compute, display_name="Nvidia L4 GPU running in Frankfurt")
    make_sku(service=compute, display_name="Batch Fee in Frankfurt")
    make_sku(service=compute, display_name="VM state: suspended RAM in Frankfurt", resource_group="RAM")
    make_sku(service=compute, display_name="Regional Archive Snapshot Retrieval in Frankfurt")
    make_sku(service=compute, display_name="Regional Archive Snapshot Data Storage in Frankfurt")


def _names(answer: SearchAnswer) -> list[str]:
    return [sku["display_name"] for sku in answer["skus"]]


def _search(query: str, **arguments: Any) -> SearchAnswer:
    return search(SearchRequest(query, **arguments))


def test_a_word_that_no_sku_matches_with_the_others_is_ignored_and_named() -> None:
    answer = _search("n2 core for our batch")

    assert _names(answer) == ["N2 Instance Core running in Frankfurt"]
    assert answer["total"] == 1
    assert answer["interpreted"]["words"] == ["n2", "core"]
    assert answer["hint"] == 'No SKU matches all terms. Ignored "batch".'


def test_the_heaviest_combination_of_words_is_kept_in_any_order() -> None:
    answer = _search("batch retrieval of archive snapshots")

    assert _names(answer)[0] == "Regional Archive Snapshot Retrieval in Frankfurt"
    assert answer["interpreted"]["words"] == ["retrieval", "archive", "snapshot"]
    assert answer["hint"] == 'No SKU matches all terms. Ignored "batch".'


def test_all_words_are_required_if_a_sku_matches_them_all() -> None:
    answer = _search("suspended ram")

    assert _names(answer) == ["VM state: suspended RAM in Frankfurt"]
    assert answer["hint"] is None


@pytest.mark.parametrize(
    "query", ["n2 c9", "c9 core", "t2a core frankfurt", "c9 core and ram", "e2 core x7 y8"]
)
def test_a_code_is_not_dropped_for_lighter_words(query: str) -> None:
    answer = _search(query)

    code = next(word for word in query.split() if word not in {"n2", "e2", "core"})
    assert answer["skus"] == []
    assert answer["missing"] == [{"what": "family", "value": code, "why": "the catalog has no SKUs of it"}]


def test_a_gpu_is_found_with_the_machine_family_that_has_it_and_with_no_other() -> None:
    assert _names(_search("g2 l4 gpu")) == ["Nvidia L4 GPU running in Frankfurt"]
    assert _search("g2 l4 gpu")["hint"] is None

    other = _search("n2 l4 gpu")
    assert other["skus"] == []
    assert other["hint"] == 'No SKU matches all terms. Without "n2": 1 match.'


@pytest.mark.parametrize(
    "arguments",
    [{"region": "europe-west4"}, {"usage_type": "Preemptible"}, {"service": "Cloud Run"}],
)
def test_arguments_are_never_dropped(arguments: dict[str, str]) -> None:
    make_service(display_name="Cloud Run")

    answer = _search("n2 core batch", **arguments)

    assert answer["skus"] == []
    assert answer["total"] == 0


def test_a_place_in_the_query_is_never_dropped() -> None:
    assert _search("n2 core batch netherlands")["skus"] == []


def test_a_usage_type_is_dropped_after_other_words_and_told() -> None:
    make_sku(
        service=Service.objects.get(display_name="Compute Engine"),
        display_name="Spot Preemptible N2 Instance Core running in Tokyo",
        usage_type="Preemptible",
    )

    assert _search("spot n2 core batch")["hint"] == 'No SKU matches all terms. Ignored "batch".'
    assert _search("3 year commitment n2 core batch")["hint"] == (
        'No SKU matches all terms. Ignored "batch". Not sold as "3 year commitment".'
    )


def test_pages_and_facets_use_the_same_words() -> None:
    first = _search("instance n2 ram core batch", limit=1)
    second = _search("instance n2 ram core batch", limit=1, cursor=first["next_cursor"])

    assert sorted(_names(first) + _names(second)) == [
        "N2 Instance Core running in Frankfurt",
        "N2 Instance Ram running in Frankfurt",
    ]
    assert first["total"] == second["total"] == first["facets_counted"] == 2
    assert second["next_cursor"] is None
    hint = 'No SKU matches all terms. Ignored "batch".'
    assert first["hint"] == (
        f"{hint} Several SKUs fit equally well; they differ in part."
        " Which part: core, memory, capacity, requests?"
    )
    assert second["hint"] == hint


@pytest.mark.parametrize(("query", "statements"), [("n2 core", 1), ("n2 core batch", 2), ("n2 l4", 2)])
def test_a_second_statement_is_sent_only_if_no_sku_matches_all_words(
    query: str, statements: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    latest = PricingUpdate.objects.latest_completed()
    search(SearchRequest("core"), latest=latest)

    with django_assert_num_queries(statements):
        search(SearchRequest(query), latest=latest)


def test_skus_with_a_negated_term_come_last() -> None:
    assert _names(_search("archive snapshot, not data storage"))[0].endswith("Retrieval in Frankfurt")
    assert _names(_search("archive snapshot"))[0].endswith("Data Storage in Frankfurt")


def test_optional_words_are_required_if_the_question_has_no_others() -> None:
    assert _search("charge for traffic from one zone to another")["skus"] == []
    assert _search("instance")["total"] == 6
