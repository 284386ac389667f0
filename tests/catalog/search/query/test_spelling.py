from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from catalog.search.query.spelling import SpellChecker
from catalog.search.query.stems import stem

SPELL_CHECKER = SpellChecker(
    ["standard", "stands", "storage", "core", "commitment", "n2"], ["frankfurt", "paris"]
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("frankfrut", "frankfurt"),
        ("standart", "standard"),
        ("storrage", "storage"),
        ("strage", "storage"),
        ("pariss", "paris"),
        ("comittment", "commitment"),
        ("storagecore", "storage core"),
        ("core2", "core 2"),
    ],
)
def test_a_misspelled_word_is_corrected(typed: str, meant: str) -> None:
    assert SPELL_CHECKER.correct(typed) == meant


@pytest.mark.parametrize("word", ["storage", "stor", "cores", "cor", "n3", "c2", "tore", "frobnicate", ""])
def test_a_known_short_or_unique_word_stays(word: str) -> None:
    assert SPELL_CHECKER.correct(word) == word


@pytest.mark.parametrize("word", ["xtandard", "frnkfrutt", "stndrd", "core2x"])
def test_a_wrong_first_letter_three_edits_or_two_in_a_short_word_are_too_many(word: str) -> None:
    assert SPELL_CHECKER.correct(word) == word


def test_a_preferred_word_wins_over_an_equally_close_one_and_a_longer_word_over_a_shorter_one() -> None:
    assert SpellChecker(["parts"], ["parks"]).correct("parcs") == "parks"
    assert SpellChecker(["parts", "parks"]).correct("parcs") == "parks"
    assert SpellChecker(["region", "regional"]).correct("regionl") == "regional"


def test_a_word_one_edit_away_wins_over_a_split_and_a_split_over_a_word_two_edits_away() -> None:
    assert SpellChecker(["diskhosts", "disk", "hostz"]).correct("diskhostz") == "diskhosts"
    assert SpellChecker(["disk", "hosts", "diskhoarse"]).correct("diskhosts") == "disk hosts"


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
def test_all_forms_of_a_word_have_the_same_stem(word: str, stemmed: str) -> None:
    assert stem(word) == stemmed


def test_stemming_works_in_many_threads_at_once() -> None:
    words = [f"{syllable}{number}ings" for number in ("on", "twin") for syllable in "bcdfghklmnprst"] * 200
    alone = [stem.__wrapped__(word) for word in words]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(stem.__wrapped__, words)) == alone
