from __future__ import annotations

import pytest

from catalog.offers.phrases import texts
from catalog.offers.routes import place_at, place_called


@pytest.mark.parametrize(
    ("text", "label", "words"),
    [
        ("europe-west3 core", "europe-west3", 2),
        ("us-central1-a core", "us-central1", 3),
        ("europe-west77 core", "europe-west77", 2),
        ("Frankfurt core", "europe-west3", 1),
        ("São Paulo core", "southamerica-east1", 2),
        ("Netherlands", "europe-west4", 1),
        ("Las Vegas", "us-west4", 2),
        ("Western Europe", "western europe", 2),
        ("Northern America", "North America", 2),
        ("Americas", "americas", 1),
        ("Other Destinations", "worldwide", 2),
        ("Osaka/Tokyo Dual-region", "asia1", 2),
    ],
)
def test_a_place_is_found_with_the_number_of_its_words(text: str, label: str, words: int) -> None:
    found = place_at(texts(text), 0)

    assert found is not None
    assert (found[0], found[1].label) == (words, label)


@pytest.mark.parametrize(("text", "label"), [("core", ""), ("us-west", "us"), ("west3", ""), ("n2", "")])
def test_half_a_code_is_no_region(text: str, label: str) -> None:
    found = place_at(texts(text), 0)

    assert (found[1].label if found else "") == label


def test_a_wide_place_is_the_regions_that_it_covers() -> None:
    _, emea = place_at(["emea"], 0) or (0, None)

    assert emea is not None
    assert {"europe-west3", "me-west1", "africa-south1"} <= set(emea.codes)
    assert "asia-east1" not in emea.codes


def test_nothing_is_sold_where_we_know_no_region() -> None:
    _, china = place_at(["china"], 0) or (0, None)

    assert china is not None
    assert china.codes == ()


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("EMEA", "emea"),
        ("China", "china"),
        ("Frankfurt", "europe-west3"),
        ("Japan", "Japan"),
        ("eu", "europe"),
    ],
)
def test_a_place_is_known_by_the_names_of_people_and_of_skus(name: str, label: str) -> None:
    found = place_called(name)

    assert found is not None
    assert found.label == label


@pytest.mark.parametrize("name", ["", "core", "EMEA core"])
def test_a_name_that_is_no_place_as_a_whole_is_none(name: str) -> None:
    assert place_called(name) is None
