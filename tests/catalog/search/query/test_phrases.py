from __future__ import annotations

import pytest

from catalog.search.query.dictionary import SYNONYMS
from catalog.search.query.phrases import phrases, synonyms_of


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("pd ssd price", ["pd ssd", "price"]),
        ("pd  ssd", ["pd", "ssd"]),
        ("idle public ip addresses", ["idle public ip", "addresses"]),
        ("idle public ip address", ["idle public ip address"]),
        ("persistent disks", ["persistent disks"]),
        ("80 gb h100", ["80 gb", "h100"]),
        ("", []),
    ],
)
def test_the_longest_phrase_wins_and_never_spans_a_gap(text: str, found: list[str]) -> None:
    assert list(phrases(text)) == found


def test_one_line_of_the_dictionary_covers_many_phrases() -> None:
    assert synonyms_of("unattached static ip address") == ("static ip",)
    assert synonyms_of("list requests") == ("class a operations",)
    assert not [phrase for phrase in SYNONYMS if set("(|)") & set(phrase)]
