from __future__ import annotations

import pytest

from catalog.search.query import read_question
from catalog.search.query.sizes import take_sizes, vcpu_names


def _names(text: str) -> list[str]:
    return [name for _, names in take_sizes(text)[0] for name in names]


@pytest.mark.parametrize(
    ("count", "is_for", "is_not_for"),
    [
        (2, "1 to 4 vcpu", "more than 4 vcpu"),
        (4, "up to 4 vcpu", "5 or more vcpu"),
        (5, "more than 4 vcpu", "1 to 4 vcpu"),
        (96, "80 to 97 vcpu", "98 to 221 vcpu"),
    ],
)
def test_a_number_of_processors_matches_the_ranges_in_sku_names(
    count: int, is_for: str, is_not_for: str
) -> None:
    assert is_for in vcpu_names(count)
    assert is_not_for not in vcpu_names(count)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("8 vcpu", "5 or more vcpu"),
        ("16core", "10 to 17 vcpu"),
        ("more than 4 vcpu", "more than 4 vcpu"),
        ("above 4 vcpus", "5 or more vcpu"),
        ("1 to 4 vcpu", "1 to 4 vcpu"),
        ("sixteen cores", "10 to 17 vcpu"),
        ("16 vcpu 104gb", "16 104"),
        ("2 cpu and 7 5 gb", "2 7 5"),
        ("96 cores 360 gigs", "96 vcpu 360gb"),
        ("v3 32", "pod"),
    ],
)
def test_a_size_is_written_as_in_sku_names(text: str, name: str) -> None:
    assert name in _names(text)


@pytest.mark.parametrize("text", ["v3 8", "n2 core", "2 zones", "104 gb"])
def test_not_every_number_is_a_size(text: str) -> None:
    assert _names(text) == []


def test_processors_with_memory_are_a_machine_and_not_words() -> None:
    assert read_question("mysql 16 vcpu 104 gb ram").words == ["mysql"]
    assert read_question("n2 8 vcpus").words == ["n2", "vcpus"]


def test_a_high_memory_machine_is_not_a_standard_one() -> None:
    names = [name for term in read_question("mysql 16 vcpu high memory").terms for name in term.synonyms]
    assert "n1highmem 16" in names
    assert "n1standard 16" not in names
    assert not {"high", "memory"} & set(names)


def test_quantities_are_ignored() -> None:
    assert read_question("4 gpus t4").words == ["gpus", "t4"]


@pytest.mark.parametrize(
    ("text", "name"),
    [("100 gigabit interconnect", "100gbps"), ("500mbit attachment", "500mbps"), ("50 megabits", "50mbps")],
)
def test_a_speed_is_a_size_as_skus_have_it(text: str, name: str) -> None:
    question = read_question(text)
    assert ("size", name) in {fact.facts[0] for fact in question.facts}
    assert question.quantity == ()
