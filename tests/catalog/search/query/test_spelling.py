from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.search.query.spelling import Lexicon, distance, stem

LEXICON = Lexicon(["standard", "stands", "storage", "core", "commitment", "n2"], ["frankfurt", "paris"])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("frankfrut", "frankfurt"),
        ("standart", "standard"),
        ("storrage", "storage"),
        ("pariss", "paris"),
        ("comittment", "commitment"),
        ("storagecore", "storage core"),
        ("core2", "core 2"),
    ],
)
def test_a_slip_is_mended(typed: str, meant: str) -> None:
    assert LEXICON.mend(typed) == meant


@pytest.mark.parametrize("word", ["storage", "stor", "cores", "cor", "n3", "c2", "tore", "frobnicate", ""])
def test_what_is_known_short_or_unlike_anything_stays(word: str) -> None:
    assert LEXICON.mend(word) == word


def test_of_equally_near_words_a_preferred_one_wins_and_else_the_first() -> None:
    assert Lexicon(["parts"], ["parks"]).mend("parcs") == "parks"
    assert Lexicon(["parts", "parks"]).mend("parcs") == "parks"
    assert Lexicon(["region", "regional"]).mend("regionl") == "regional"


@pytest.mark.parametrize(
    ("one", "other", "slips"),
    [("core", "core", 0), ("core", "cor", 1), ("core", "cores", 1), ("core", "croe", 1), ("ram", "vpn", 3)],
)
def test_a_slip_is_a_letter_too_many_too_few_wrong_or_swapped(one: str, other: str, slips: int) -> None:
    assert distance(one, other) == distance(other, one) == slips


@pytest.mark.parametrize(
    ("word", "stemmed"),
    [
        ("mirrored", "mirror"),
        ("mirroring", "mirror"),
        ("vms", "vm"),
        ("tpus", "tpu"),
        ("ips", "ip"),
        ("gas", "gas"),
    ],
)
def test_forms_of_a_word_have_one_stem(word: str, stemmed: str) -> None:
    assert stem(word) == stemmed


def test_words_are_stemmed_in_many_threads_at_once() -> None:
    words = [f"{syllable}{number}ings" for number in ("on", "twin") for syllable in "bcdfghklmnprst"] * 200
    alone = [stem.__wrapped__(word) for word in words]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(stem.__wrapped__, words)) == alone


@given(st.text(alphabet="abc", max_size=8), st.text(alphabet="abc", max_size=8))
def test_equal_words_alone_have_no_distance(one: str, other: str) -> None:
    assert (distance(one, other) == 0) == (one == other)
    assert distance(one, other) <= max(len(one), len(other))
