"""Whole machines on the search page."""

from __future__ import annotations

import pytest
from django.test import Client

from catalog.pricing.list_prices import snapshot
from catalog.search import search_several
from console.prices.home import _example

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("machine_prices")]
DISCOUNT = "after sustained-use discount"


def test_a_month_says_if_it_is_less_than_its_hours(client: Client) -> None:
    assert DISCOUNT in client.get("/search?q=n2-standard-4+us-central1").content.decode()
    assert DISCOUNT not in client.get("/search?q=e2-standard-4+us-central1").content.decode()
    assert DISCOUNT not in client.get("/search?q=n2-standard-4+spot+us-central1").content.decode()


def test_the_card_of_a_machine_says_so_too() -> None:
    questions = ["n2-standard-8 iowa", "e2-standard-4 iowa"]
    answers = search_several(questions, 1, snapshot())

    cards = [_example(each, found.answer) for each, found in zip(questions, answers, strict=True)]

    assert [card.per for card in cards] == [f"month, {DISCOUNT}", "month"]


def test_a_sustained_use_discount_is_in_percent(client: Client) -> None:
    html = client.get("/machines/n2-standard-4/").content.decode()

    sentence = html.partition("Sustained-use discount for a whole month: ")[2].partition("</p>")[0]
    assert sentence.startswith("19.98 % on ")
