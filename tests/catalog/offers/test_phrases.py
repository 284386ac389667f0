from __future__ import annotations

import pytest

from catalog.offers.phrases import Phrases, singular, texts, tokens_of


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("A100 80GB", ("a100", "80", "gb")),
        ("vCPUs", ("vcpu",)),
        ("2.5 queries", ("2", "5", "query")),
        ("10Gbps", ("10", "gbp")),
        ("São Paulo", ("sao", "paulo")),
        ("", ()),
    ],
)
def test_a_text_is_split_into_singular_words_and_numbers(text: str, tokens: tuple[str, ...]) -> None:
    assert texts(text) == tokens


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("cores", "core"),
        ("gpus", "gpu"),
        ("policies", "policy"),
        ("access", "access"),
        ("addresses", "address"),
        ("opus", "opus"),
        ("mtls", "mtls"),
    ],
)
def test_a_plural_and_its_singular_are_one_word(word: str, expected: str) -> None:
    assert singular(word) == expected
    assert singular(expected) == expected


def test_a_token_knows_the_word_that_it_comes_from() -> None:
    assert [(token.text, token.word) for token in tokens_of(["a100", "80gb"])] == [
        ("a100", 0),
        ("80", 1),
        ("gb", 1),
    ]


def test_the_longest_phrase_comes_first() -> None:
    phrases: Phrases[str] = Phrases()
    for phrase in ("local", "local ssd", "local ssd disk", "local disk"):
        phrases.add(phrase, phrase)

    found = phrases.at(["a", "local", "ssd", "disk"], 1)

    assert found == [(4, "local ssd disk"), (3, "local ssd"), (2, "local")]


def test_a_phrase_may_have_several_values() -> None:
    phrases: Phrases[int] = Phrases()
    phrases.add("image", 1)
    phrases.add("images", 2)

    assert phrases.at(["image"], 0) == [(1, 1), (1, 2)]


def test_the_end_of_the_text_ends_no_longer_phrase() -> None:
    phrases: Phrases[str] = Phrases()
    phrases.add("local ssd disk", "long")
    phrases.add("local ssd", "short")

    assert phrases.at(["local", "ssd"], 0) == [(2, "short")]
    assert phrases.at(["local"], 0) == []


def test_the_words_of_all_phrases_are_known() -> None:
    phrases: Phrases[str] = Phrases()
    phrases.add("local ssds", "")

    assert phrases.words() == {"local", "ssd"}
