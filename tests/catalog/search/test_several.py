"""Several questions at once."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from catalog.errors import InvalidArgumentError
from catalog.pricing import list_prices
from catalog.search import SearchRequest, search, search_several
from tests.catalog.pricing.resources.conftest import machine_prices

__all__ = ["machine_prices"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("machine_prices")]
QUESTIONS = ["n2 core", "n2-standard-8 belgium", "zzqq", "e2 core spot", "aws lambda", "n2 core %s not iowa"]


def test_each_question_is_answered_as_if_it_were_alone() -> None:
    snapshot = list_prices.snapshot()

    found = search_several(QUESTIONS, 25, snapshot)

    assert found == [search(SearchRequest(query=each, limit=25), snapshot=snapshot) for each in QUESTIONS]


def test_what_all_matches_take_is_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    snapshot = list_prices.snapshot()
    search_several(["n2 core"], 5, snapshot)

    with django_assert_num_queries(1):
        search_several(["n2 core", "e2 core", "n1 core", "n2 ram"], 5, snapshot)


def test_a_question_without_words_is_refused() -> None:
    with pytest.raises(InvalidArgumentError):
        search_several(["n2 core", "!"], 5, list_prices.snapshot())
