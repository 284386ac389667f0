from __future__ import annotations

import pytest

from catalog.search.query.reader import take_facts


def _words(text: str) -> list[str]:
    return [fact.word for fact in take_facts(text)[0]]


@pytest.mark.parametrize(
    ("text", "words", "rest"),
    [
        ("pd ssd price", ["pd ssd"], "price"),
        ("pd  ssd", ["pd", "ssd"], ""),
        ("idle public ip addresses", ["idle public ip addresses"], ""),
        ("cheap n2 core please", ["n2", "core"], "cheap  please"),
        ("frobnicate", [], "frobnicate"),
        ("", [], ""),
    ],
)
def test_the_longest_phrase_is_read_and_never_spans_a_gap(text: str, words: list[str], rest: str) -> None:
    assert _words(text) == words
    assert take_facts(text)[1] == rest


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("ampere altra", "family=t2a"),
        ("shared core", "family=f1|g1"),
        ("compute optimised", "family=c2"),
        ("memory optimised", "family=m1|m2|m3"),
        ("h100 80", "model=h100"),
        ("h100 80gb plus", "model=h100-mega"),
        ("single tenancy", "purpose=sole"),
        ("early deletion penalty", "part=early-delete"),
        ("deleted after", "part=early-delete"),
        ("put and list requests", "part=class-a"),
        ("api read requests", "part=class-b"),
        ("orphaned static ip", "part=static-ip"),
        ("disk mirrored across two zones", "location_type=regional"),
        ("intrazone", "network=intra-zone"),
        ("between availability zones", "network=inter-zone"),
        ("spend commitment", "purpose=dollar"),
        ("10g link", "size=10gbps"),
    ],
)
def test_what_people_say_is_read_as_what_skus_are(text: str, fact: str) -> None:
    found, _ = take_facts(text)
    assert fact in {f"{named.attribute}={'|'.join(named.values())}" for named in found}


def test_a_version_is_read_with_its_minor_number_after_a_system_only() -> None:
    facts = {fact.attribute: fact.values() for fact in take_facts("ubuntu 22 04")[0]}
    assert facts["version"] == ["22-04", "22", "2022"]
    assert take_facts("core 22 04")[1] == "22 04"
