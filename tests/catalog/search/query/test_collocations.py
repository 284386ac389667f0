from __future__ import annotations

import pytest

from catalog.offers.kinds import attributes
from catalog.search.index.vocabulary import LISTED_WORDS
from catalog.search.query import read_question
from catalog.search.query.collocations import collocations

Found = list[tuple[str, str]]


def find(text: str) -> Found:
    """The words of each collocation in `text`, and what they mean together."""
    words: list[str | None] = [*text.split()]
    return [
        (
            " ".join(filter(None, (words[position] for position in found.positions))),
            " ".join("|".join("=".join(fact) for fact in alternatives) for alternatives in found.facts),
        )
        for found in collocations(words, text.split())
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("files erased too soon", ("erased soon", "part=early-delete")),
        ("early for what we delete", ("early delete", "part=early-delete")),
        ("suspending my vms", ("suspending vms", "part=suspended-ram")),
        ("isolated hosts", ("isolated hosts", "purpose=sole")),
    ],
)
def test_a_collocation_matches_in_any_order_and_form(text: str, found: tuple[str, str]) -> None:
    assert find(text) == [found]


def test_a_context_word_is_required_and_is_no_part_of_the_collocation() -> None:
    assert find("mirrored") == []
    assert find("mirrored balanced") == [("mirrored", "location_type=regional")]


def test_a_context_word_may_have_been_read_already() -> None:
    assert [found.facts for found in collocations(["mirrored", None], ["mirrored", "balanced"])] == [
        ((("location_type", "regional"),),)
    ]


def test_a_word_is_used_once_by_the_longest_rule() -> None:
    assert find("additional memory past the limit") == [
        ("additional memory limit", "part=ram purpose=extended")
    ]


def test_a_word_that_was_read_for_good_is_no_part_of_a_collocation() -> None:
    assert collocations(["suspending", None], ["suspending", "vms"]) == []


def test_a_collocation_becomes_a_fact_and_its_words_no_terms() -> None:
    question = read_question("pausing an instance, frankfurt")
    assert [(fact.word, fact.facts) for fact in question.facts] == [
        ("pausing instance", (("part", "suspended-ram"),))
    ]
    assert question.terms == ()


def test_a_collocation_does_not_take_words_that_say_what_is_meant() -> None:
    facts = {fact.attribute for fact in read_question("n2 machine hibernated").facts}
    assert "family" in facts & attributes("identity")


def test_listed_words_do_not_contain_the_context_mark() -> None:
    assert "hyperdisk" in LISTED_WORDS
    assert not [word for word in LISTED_WORDS if "~" in word]
