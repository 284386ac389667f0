from __future__ import annotations

from catalog.search.index.service_names import ServiceNames

NAMES = ServiceNames([("A", " cloud storage "), ("B", " kubernetes engine "), ("C", " storage transfer ")])


def test_services_are_found_by_the_start_of_any_word_of_their_names() -> None:
    assert NAMES.containing(" stor") == {"A", "C"}
    assert NAMES.containing(" cloud") == {"A"}
    assert NAMES.containing(" engine ") == {"B"}


def test_what_no_name_contains_finds_nothing_even_across_two_names() -> None:
    assert NAMES.containing(" torage") == set()
    assert NAMES.containing(" storage kubernetes") == set()
    assert ServiceNames().containing(" storage") == set()


def test_a_service_whose_name_has_a_word_twice_is_found_once_and_the_next_ones_too() -> None:
    names = ServiceNames([("A", " data data "), ("B", " data ")])
    assert names.containing(" data") == {"A", "B"}
