"""Several questions at once."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from catalog.errors import InvalidArgumentError
from catalog.models import Sku, SkuAttributes
from catalog.pricing import list_prices
from catalog.pricing.resources import offers
from catalog.search import SearchRequest, search, search_several
from tests.catalog.pricing.resources.conftest import machine_prices

__all__ = ["machine_prices"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("machine_prices")]
QUESTIONS = ["n2 core", "n2-standard-8 belgium", "zzqq", "e2 core spot", "aws lambda", "n2 core %s not iowa"]


def test_each_question_is_answered_as_if_it_were_alone() -> None:
    snapshot = list_prices.snapshot()

    found = search_several(QUESTIONS, 25, snapshot)

    answers = [each.answer for each in found]
    assert answers == [search(SearchRequest(query=each, limit=25), snapshot=snapshot) for each in QUESTIONS]


def test_what_all_matches_take_is_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    snapshot = list_prices.snapshot()
    search_several(["n2 core"], 5, snapshot)

    with django_assert_num_queries(1):
        search_several(["n2 core", "e2 core", "n1 core", "n2 ram"], 5, snapshot)


def test_skus_that_differ_by_place_alone_are_one_thing() -> None:
    core = Sku.objects.get(display_name="N2 Instance Core running in Americas")
    own = SkuAttributes.objects.get(pk=core.pk)
    core.pk = own.pk = "FFFF-FFFF-FFFF"
    core.display_name = "N2 Instance Core running in Frankfurt"
    core.save(force_insert=True)
    own.save(force_insert=True)

    [found] = search_several(["n2 core"], 25, list_prices.snapshot())

    names = {sku["sku_id"]: sku["display_name"] for sku in found.answer["skus"]}
    assert [sku_id for thing in found.things for sku_id in thing] != []
    assert sorted(sku_id for thing in found.things for sku_id in thing) == sorted(names)
    things = [{names[sku_id].partition(" running in ")[0] for sku_id in thing} for thing in found.things]
    assert all(len(each) == 1 for each in things)
    assert max(map(len, found.things)) > 1


@pytest.mark.usefixtures("remembering")
def test_skus_that_are_wanted_besides_take_no_query_more(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    list_prices.forget()
    snapshot = list_prices.snapshot()
    search_several(["n2 core"], 5, snapshot)
    [core] = SkuAttributes.objects.filter(sku__display_name="N2 Instance Core running in Americas")

    with django_assert_num_queries(1):
        search_several(["n2 core"], 5, snapshot, [core.facts])
        [offer, *_] = offers.offers_of([core.facts], snapshot)[core.facts]

    assert offer.name == "N2 Instance Core running in Americas"


def test_a_question_without_words_is_refused() -> None:
    with pytest.raises(InvalidArgumentError):
        search_several(["n2 core", "!"], 5, list_prices.snapshot())
