from __future__ import annotations

import pytest

from catalog.offers.products import product_names
from catalog.offers.vocabulary import vocabulary
from catalog.places import EXONYMS, PLACES
from catalog.search.query.dictionary import DESTINATIONS, GENERIC, OPTIONAL, SHORT_FORMS, STOP_WORDS, SYNONYMS
from catalog.search.query.languages import apart
from catalog.search.query.ordinary import is_ordinary
from catalog.search.query.read import read_question


@pytest.mark.parametrize(
    ("query", "unread"),
    [
        ("was kostet ein n2 kern in frankfurt", ("was", "kostet", "ein", "kern", "in")),
        ("cuánto cuesta una n2-standard-4 en Madrid", ("cuanto", "cuesta", "una", "en")),
        ("prix du stockage coldline à Paris", ("prix", "du", "stockage", "a")),
        ("东京的n2价格多少", ("的", "价格多少")),
        ("сколько стоит n2 во Франкфурте", ("сколько", "стоит", "во")),
    ],
)
def test_of_a_question_in_another_language_names_are_read_and_the_rest_is_told(
    query: str, unread: tuple[str, ...]
) -> None:
    question = read_question(query, correct=lambda word: "storage" if word in {"stockage", "kern"} else word)

    assert sorted(question.unread) == sorted(unread)
    assert question.place is not None
    assert question.facts
    assert not question.corrected
    assert not question.unknown


def test_words_that_are_not_read_are_told_in_the_order_of_the_question() -> None:
    assert read_question("was kostet ein n2 kern").unread == ("was", "kostet", "ein", "kern")


def test_an_article_is_not_los_angeles_and_los_angeles_has_its_article() -> None:
    assert apart(["prix", "de", "la", "machine"]).words == ("machine",)
    assert apart(["n2", "en", "los", "angeles", "por", "mes"]).words == ("n2", "los", "angeles")


@pytest.mark.parametrize(
    "query",
    [
        "n2 core in rio de janeiro",
        "what is the price of n2 in frankfurt de",
        "n2 in la",
        "gemini pro",
        "n2 na",
    ],
)
def test_a_few_foreign_words_do_not_make_a_question_foreign(query: str) -> None:
    assert not apart(query.split()).is_other


@pytest.mark.parametrize(
    "query", ["combien coûte une machine à Londres", "сколько стоит диск", "最便宜的虚拟机"]
)
def test_a_question_in_which_nothing_but_a_place_was_read_is_in_another_language(query: str) -> None:
    assert read_question(query).is_in_another_language


@pytest.mark.parametrize("query", ["n2 core 東京", "東京", "n2 コア", "disk in London"])
def test_a_question_that_names_a_thing_or_only_a_place_is_answered(query: str) -> None:
    assert not read_question(query).is_in_another_language


def test_a_place_in_another_language_has_a_name_that_search_knows() -> None:
    assert {*EXONYMS.values()} <= {*PLACES, *DESTINATIONS}


def test_a_place_in_another_language_is_no_word_of_english_or_of_the_lists() -> None:
    lists = (STOP_WORDS, GENERIC, OPTIONAL, SHORT_FORMS, SYNONYMS, DESTINATIONS, product_names().words())
    listed = {*vocabulary().words(), *(word for words in lists for word in words)}

    assert not [name for name in EXONYMS if name in listed or is_ordinary(name)]
