from __future__ import annotations

import pytest

from catalog.search.query import read_question
from catalog.search.query.quantities import take_quantities


@pytest.mark.parametrize(
    ("text", "quantities", "rest"),
    [
        ("100 gb nearline", ("100 gb",), "nearline"),
        ("5 million requests", ("5 million",), "requests"),
        ("3 n2 core", ("3",), "n2 core"),
        ("1 000 000 tokens", ("1 000 000 tokens",), ""),
        ("730 hours and 2 tib", ("730 hours", "2 tib"), "and"),
        ("n2 core", (), "n2 core"),
    ],
)
def test_a_number_is_taken_with_its_unit(text: str, quantities: tuple[str, ...], rest: str) -> None:
    found, left = take_quantities(text)

    assert found == quantities
    assert left.split() == rest.split()


@pytest.mark.parametrize(
    "query", ["1 standard bucket", "12 n2 cores", "3 gke clusters", "1 million requests", "36 egress gb"]
)
def test_a_count_is_a_quantity_and_no_commitment(query: str) -> None:
    question = read_question(query)

    assert question.quantity
    assert "term" not in question.attributes


def test_a_number_of_years_is_a_commitment_and_no_quantity() -> None:
    question = read_question("n2 core 1 year commitment")

    assert question.quantity == ()
    assert [fact.facts for fact in question.facts if fact.attribute == "term"] == [(("term", "1y"),)]


@pytest.mark.parametrize("query", ["n2 core 100 gbps", "sql server 2019", "a100 80gb", "h100 80 gb"])
def test_a_number_in_a_phrase_that_skus_have_is_no_quantity(query: str) -> None:
    assert read_question(query).quantity == ()
