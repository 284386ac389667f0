from __future__ import annotations

import pytest

from catalog.search.query import NamesOfServices
from catalog.search.query.services import take_services


def _take(text: str) -> tuple[list[str], str]:
    """The products of the services that the text names, and what is left of it."""
    names = NamesOfServices()
    names.anywhere.add("Cloud Run", "cloud-run")
    names.alone.add("Custom Search", "custom-search")
    named, rest = take_services(text, names)
    return [value for fact in named for _, value in fact.facts], " ".join(rest.split())


@pytest.mark.parametrize("text", ["cloud run cpu", "cpu of cloud run", "cloud runs cpu"])
def test_a_name_means_the_service_wherever_it_stands(text: str) -> None:
    products, rest = _take(text)

    assert products == ["cloud-run"]
    assert "run" not in rest


@pytest.mark.parametrize(
    "text", ["custom search", "price of custom search in iowa", "custom search us east1"]
)
def test_a_name_of_common_words_means_the_service_if_the_question_says_nothing_else(text: str) -> None:
    assert _take(text)[0] == ["custom-search"]


@pytest.mark.parametrize("text", ["custom search core", "n2 custom search", "search custom"])
def test_a_name_of_common_words_is_words_beside_others(text: str) -> None:
    assert _take(text) == ([], text)
