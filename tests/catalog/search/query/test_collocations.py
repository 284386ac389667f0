from __future__ import annotations

import pytest

from catalog.search.index.vocabulary import LISTED_WORDS
from catalog.search.query import read_question
from catalog.search.query.collocations import take_collocations
from catalog.search.query.phrases import phrases


def _take(text: str) -> tuple[list[tuple[str, str]], list[str]]:
    found, left = take_collocations(list(phrases(text)))
    return [(word, synonyms[0]) for word, synonyms in found], left


@pytest.mark.parametrize(
    ("text", "found", "left"),
    [
        ("files erased too soon", ("erased soon", "early delete"), ["files", "too"]),
        ("early for what we delete", ("early delete", "early delete"), ["for", "what", "we"]),
        ("suspending my vms", ("suspending vms", "suspended"), ["my"]),
        ("isolated hosts", ("isolated hosts", "sole tenancy"), []),
    ],
)
def test_a_collocation_matches_in_any_order_and_form(
    text: str, found: tuple[str, str], left: list[str]
) -> None:
    assert _take(text) == ([found], left)


def test_a_context_word_is_required_and_remains_a_word() -> None:
    assert _take("mirrored") == ([], ["mirrored"])
    assert _take("mirrored balanced pd") == ([("mirrored", "regional")], ["balanced pd"])


def test_the_unit_of_an_amount_counts_as_context() -> None:
    for amount in ("100gbps", "100 gbps"):
        assert _take(f"direct circuit {amount}") == ([("direct circuit", "dedicated")], [amount])


def test_a_word_is_used_once_by_the_longest_rule() -> None:
    found, left = _take("additional memory past the limit")
    assert (found, left) == ([("additional memory limit", "extended + ram")], ["past", "the"])


def test_a_collocation_becomes_a_term_that_outweighs_a_listed_word() -> None:
    collocation, listed = read_question("pausing an instance autopilot").terms
    assert (collocation.word, collocation.synonyms) == ("pausing instance", ("suspended",))
    assert collocation.weight > listed.weight


def test_listed_words_do_not_contain_the_context_mark() -> None:
    assert "hyperdisk" in LISTED_WORDS
    assert not [word for word in LISTED_WORDS if "~" in word]
