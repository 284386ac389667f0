from __future__ import annotations

import pytest

from catalog.search.index.vocabulary import OUR_WORDS
from catalog.search.query import read_question
from catalog.search.query.collocations import take_together
from catalog.search.query.phrases import phrases


def _take(text: str) -> tuple[list[tuple[str, str]], list[str]]:
    found, left = take_together(list(phrases(text)))
    return [(word, spellings[0]) for word, spellings in found], left


@pytest.mark.parametrize(
    ("text", "found", "left"),
    [
        ("files erased too soon", ("erased soon", "early delete"), ["files", "too"]),
        ("early for what we delete", ("early delete", "early delete"), ["for", "what", "we"]),
        ("suspending my vms", ("suspending vms", "suspended"), ["my"]),
        ("isolated hosts", ("isolated hosts", "sole tenancy"), []),
    ],
)
def test_words_mean_one_thing_in_whatever_order_and_form(
    text: str, found: tuple[str, str], left: list[str]
) -> None:
    assert _take(text) == ([found], left)


def test_a_word_beside_has_to_be_there_and_stays() -> None:
    assert _take("mirrored") == ([], ["mirrored"])
    assert _take("mirrored balanced pd") == ([("mirrored", "regional")], ["balanced pd"])


def test_the_unit_of_an_amount_stands_beside() -> None:
    for amount in ("100gbps", "100 gbps"):
        assert _take(f"direct circuit {amount}") == ([("direct circuit", "dedicated")], [amount])


def test_a_word_is_taken_once_by_the_rule_of_most_words() -> None:
    found, left = _take("additional memory past the limit")
    assert (found, left) == ([("additional memory limit", "extended + ram")], ["past", "the"])


def test_what_is_taken_is_a_term_that_outweighs_a_listed_word() -> None:
    together, listed = read_question("pausing an instance autopilot").terms
    assert (together.word, together.spellings) == ("pausing instance", ("suspended",))
    assert together.weight > listed.weight


def test_our_words_have_no_marks() -> None:
    assert "hyperdisk" in OUR_WORDS
    assert not [word for word in OUR_WORDS if "~" in word]
