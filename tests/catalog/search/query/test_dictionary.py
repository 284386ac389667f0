from __future__ import annotations

import pytest

from catalog.offers import DATA
from catalog.search.query.dictionary import (
    DESTINATIONS,
    MACHINE_GPUS,
    MACHINE_SHAPES,
    SHORT_FORMS,
    STOP_WORDS,
    SUBJECTS,
    SYNONYMS,
)
from catalog.search.query.reader import take_facts
from catalog.words import entries


@pytest.mark.parametrize("word", SYNONYMS)
def test_a_synonym_is_of_a_word_that_is_no_fact_already(word: str) -> None:
    assert " " not in word
    assert take_facts(word)[1] == word
    assert word not in STOP_WORDS


@pytest.mark.parametrize("destination", DESTINATIONS)
def test_a_destination_is_followed_by_the_areas_around_it(destination: str) -> None:
    assert DESTINATIONS[destination]
    assert all(area == area.strip() for area in DESTINATIONS[destination])


@pytest.mark.parametrize("abbreviation", SHORT_FORMS)
def test_an_abbreviation_stands_for_words_that_are_none(abbreviation: str) -> None:
    assert SHORT_FORMS[abbreviation] not in SHORT_FORMS


def test_a_machine_type_with_a_gpu_has_a_known_shape_and_a_known_model() -> None:
    keys = {fact for _, key, _ in entries(DATA / "vocabulary.txt") for fact in key.split()}

    assert {name.split()[1] for name in MACHINE_GPUS} <= {*MACHINE_SHAPES}
    assert {f"model={gpu}" for gpu in MACHINE_GPUS.values()} <= keys


def test_any_ending_is_meant_by_a_star() -> None:
    assert "transfer*" in SUBJECTS["traffic"]
    assert not [phrase for phrases in SUBJECTS.values() for phrase in phrases if set("()|") & set(phrase)]
