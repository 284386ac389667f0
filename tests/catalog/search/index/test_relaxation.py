"""Questions with words that no SKU matches together."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from catalog.models import PricingUpdate
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
    make_sku(service=compute, display_name="Suspended Ram in Frankfurt")
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
    assert answer["interpreted"]["words"] == ["retrieval", "archive snapshot"]


def test_all_words_are_required_if_a_sku_matches_them_all() -> None:
    answer = _search("suspended ram")

    assert _names(answer) == ["Suspended Ram in Frankfurt"]
    assert answer["hint"] is None


@pytest.mark.parametrize(
    "query", ["n2 c9", "c9 core", "t2a core frankfurt", "c9 core and ram", "e2 core x7 y8"]
)
def test_a_code_is_not_dropped_for_lighter_words(query: str) -> None:
    answer = _search(query)

    assert answer["skus"] == []
    assert answer["hint"] is not None
    assert answer["hint"].startswith("No SKU matches")


def test_of_two_codes_the_one_that_matches_with_the_other_words_is_kept() -> None:
    answer = _search("g2 l4 gpu")

    assert _names(answer) == ["Nvidia L4 GPU running in Frankfurt"]
    assert answer["hint"] == 'No SKU matches all terms. Ignored "g2".'


@pytest.mark.parametrize(
    "arguments",
    [{"region": "europe-west4"}, {"usage_type": "Preemptible"}, {"service": "Cloud Run"}],
)
def test_arguments_are_never_dropped(arguments: dict[str, str]) -> None:
    make_service(display_name="Cloud Run")

    answer = _search("n2 core batch", **arguments)

    assert answer["skus"] == []
    assert answer["total"] == 0


def test_a_place_and_a_usage_type_in_the_query_are_never_dropped() -> None:
    assert _search("n2 core batch netherlands")["skus"] == []
    assert _search("spot n2 core batch")["skus"] == []


def test_pages_and_facets_use_the_same_words() -> None:
    first = _search("instance n2 ram core batch", limit=1)
    second = _search("instance n2 ram core batch", limit=1, cursor=first["next_cursor"])

    assert sorted(_names(first) + _names(second)) == [
        "N2 Instance Core running in Frankfurt",
        "N2 Instance Ram running in Frankfurt",
    ]
    assert first["total"] == second["total"] == first["facets_counted"] == 2
    assert second["next_cursor"] is None
    assert first["hint"] == second["hint"] == 'No SKU matches all terms. Ignored "batch".'


@pytest.mark.parametrize(("query", "statements"), [("n2 core", 1), ("n2 core batch", 2), ("n2 c9", 2)])
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
