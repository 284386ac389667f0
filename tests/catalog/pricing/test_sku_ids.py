from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from catalog.pricing.sku_ids import nearest, normalize
from tests.catalog.factories import make_sku


@pytest.mark.parametrize(
    ("text", "sku_id"),
    [
        ("22EB-AAE8-FBCD", "22EB-AAE8-FBCD"),
        ("22eb-aae8-fbcd", "22EB-AAE8-FBCD"),
        (" 22EBAAE8FBCD", "22EB-AAE8-FBCD"),
        ("22EB-AAE8-FBC", "22EB-AAE8-FBC"),
        ("aws:t3.micro", "aws:t3.micro"),
        ("services/6F81-5844-456A/skus/22EB-AAE8-FBCD", "22EB-AAE8-FBCD"),
        ("services/6F81-5844-456A/skus/22ebaae8fbcd", "22EB-AAE8-FBCD"),
        (
            "https://cloudbilling.googleapis.com/v1/services/6F81-5844-456A/skus/22EB-AAE8-FBCD",
            "22EB-AAE8-FBCD",
        ),
        ("services/6F81-5844-456A", "services/6F81-5844-456A"),
        ("services/6F81-5844-456A/skus/", "services/6F81-5844-456A/skus/"),
        ("Microsoft.Compute/skus/B2", "Microsoft.Compute/skus/B2"),
    ],
)
def test_google_ids_are_normalized_to_the_catalogs_spelling(text: str, sku_id: str) -> None:
    assert normalize(text) == sku_id


@pytest.mark.django_db
@pytest.mark.parametrize(
    "typo",
    ["22EB-AAE8-FBCE", "12EB-AAE8-FBCD", "22EB-AE8-FBCD", "22EB-AAE88-FBCD", "22EB-AA8E-FBCD", "22EB-FBCD"],
)
def test_a_mistyped_id_gets_the_intended_one_as_candidate(typo: str) -> None:
    make_sku(sku_id="22EB-AAE8-FBCD", display_name="Egress")
    make_sku(sku_id="22EB-0000-0000")
    make_sku(sku_id="0000-0000-FBCD")

    assert nearest([typo]) == {typo: [{"sku_id": "22EB-AAE8-FBCD", "display_name": "Egress"}]}


@pytest.mark.django_db
def test_a_text_that_is_not_an_id_has_no_candidates_and_takes_no_query(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(0):
        assert nearest(["n2 core", "%", ""]) == {"n2 core": [], "%": [], "": []}


@pytest.mark.django_db
def test_any_number_of_ids_takes_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        nearest([f"0000-0000-{number:04}" for number in range(20)])
    with django_assert_num_queries(0):
        nearest([])


@pytest.mark.django_db
def test_only_the_first_three_unknown_ids_get_candidates() -> None:
    make_sku(sku_id="22EB-AAE8-FBCD", display_name="Egress")
    typos = [f"22EB-AAE8-FBC{letter}" for letter in "1234"]

    assert [len(found) for found in nearest(typos).values()] == [1, 1, 1, 0]
