from __future__ import annotations

import pytest

from catalog.offers.attributes import NO_LIMIT, Span
from catalog.search.query import read_question
from catalog.search.query.sizes import Size, size_of_machine, sizes_in, take_sizes


def _names(text: str) -> list[str]:
    return [name for _, names in take_sizes(text)[0] for name in names]


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("rhel 8 4 vcpu", Size("cpu", 4, 4)),
        ("16core", Size("cpu", 16, 16)),
        ("sixteen cores", Size("cpu", 16, 16)),
        ("up to 4 vcpus", Size("cpu", 1, 4)),
        ("4 to 5 vcpu", Size("cpu", 4, 5)),
        ("more than 4 vcpu", Size("cpu", 5, NO_LIMIT)),
        ("6 or more vcpu", Size("cpu", 6, NO_LIMIT)),
        ("ubuntu pro with 2 gpus", Size("gpu", 2, 2)),
        ("2048 gb of ram", Size("ram", 2048, 2048)),
    ],
)
def test_a_count_is_the_size_of_a_machine(text: str, size: Size) -> None:
    assert sizes_in(text) == (size,)


@pytest.mark.parametrize(
    ("text", "size"), [("8", (Size("cpu", 8, 8),)), ("2g", (Size("gpu", 2, 2),)), ("micro", ()), ("", ())]
)
def test_a_machine_type_has_a_size(text: str, size: tuple[Size, ...]) -> None:
    assert size_of_machine(text) == size


@pytest.mark.parametrize(
    ("span", "fits"),
    [(Span("cpu", 1, 4), True), (Span("cpu", 5, NO_LIMIT), False), (Span("gpu", 1, 4), False)],
)
def test_a_size_fits_a_span_of_its_unit_that_includes_it(span: Span, fits: bool) -> None:
    assert Size("cpu", 4, 4).fits(span) == fits


def test_only_what_is_sold_by_size_has_one() -> None:
    assert read_question("rhel on n2-standard-8").sizes == ()
    assert read_question("rhel 8 licence on n2-standard-8").sizes == (Size("cpu", 8, 8),)
    assert read_question("4 n2 cores").sizes == ()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("8 vcpu", "n1standard 8"),
        ("more than 4 vcpu", "more than 4 vcpu"),
        ("1 to 4 vcpu", "1 to 4 vcpu"),
        ("sixteen cores", "n1highmem 16"),
        ("16 vcpu 104gb", "16 104"),
        ("2 cpu and 7 5 gb", "2 7 5"),
        ("96 cores 360 gigs", "96 vcpu 360gb"),
    ],
)
def test_a_size_is_written_as_in_sku_names(text: str, name: str) -> None:
    assert name in _names(text)


@pytest.mark.parametrize(
    ("text", "rest"), [("tpu v3 32", "tpu v3 pod"), ("tpu v3 8", "tpu v3"), ("v5e 16 slice", "v5e pod slice")]
)
def test_a_slice_of_more_than_a_board_is_of_a_pod(text: str, rest: str) -> None:
    assert take_sizes(text)[1] == rest


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
