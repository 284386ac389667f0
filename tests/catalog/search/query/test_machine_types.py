from __future__ import annotations

import pytest

from catalog.search.query import read_question


@pytest.mark.parametrize(
    ("machine", "synonyms"),
    [
        ("n2-standard-8", ("n2 + core|cpu|ram",)),
        ("c9x-highmem-4", ("c9x + core|cpu|ram",)),
        ("c2-standard-60", ("compute optimized + core|cpu|ram", "c2 + core|cpu|ram")),
        ("e2-medium", ("e2 + core|cpu|ram",)),
        ("n1-standard-4", ("n1 predefined + core|cpu|ram", "n1standard 4")),
        ("custom-4-8192", ("custom instance + core|cpu|ram", "n1custom 4")),
        ("n2d-custom-8-16384-ext", ("n2d + custom + core|cpu|ram",)),
        ("a2-ultragpu-1g", ("a2 + core|cpu|ram", "a100 80gb gpu")),
        ("db-n1-highmem-8", ("n1highmem 8",)),
        ("m3-ultramem", ("m3 + core|cpu|ram",)),
        ("a3-ultragpu", ("a3 + core|cpu|ram", "h200 141gb gpu")),
        ("db-f1-standard-1", ("db f1 standard 1",)),
    ],
)
def test_the_synonyms_of_a_machine_type_are_its_parts(machine: str, synonyms: tuple[str, ...]) -> None:
    term = read_question(f"{machine} in london").terms[0]
    assert term.synonyms == synonyms


def test_the_parts_of_an_n1_rank_before_a_whole_database_machine() -> None:
    assert not read_question("n1-standard-4").terms[0].are_equal
    assert read_question("n2-standard-4").terms[0].are_equal


@pytest.mark.parametrize("text", ["sql server standard 2019", "n2 standard", "highmem"])
def test_a_shape_alone_is_not_a_machine_type(text: str) -> None:
    assert not any("+" in synonym for term in read_question(text).terms for synonym in term.synonyms)


def test_a_part_named_with_the_machine_type_remains_a_word() -> None:
    assert read_question("n2-standard-8 ram").words == ["n2 standard 8", "ram"]


def test_a_machine_type_says_how_many_processors_a_licence_is_for() -> None:
    names = {name for term in read_question("rhel n2-standard-8").terms for name in term.synonyms}
    assert "5 or more vcpu" in names
    assert "1 to 4 vcpu" not in names
