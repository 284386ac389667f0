from __future__ import annotations

import pytest

from catalog.places import close_places, fold, is_listed, read_place
from catalog.providers.google_cloud.regions import MULTI_REGIONS, REGIONS


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("europe-west3", "europe-west3"),
        ("EUROPE-WEST3", "europe-west3"),
        ("europe-west3-a", "europe-west3"),
        ("Frankfurt", "europe-west3"),
        ("Hesse", "europe-west3"),
        ("São Paulo", "southamerica-east1"),
        ("sao paulo", "southamerica-east1"),
        ("Montreal", "northamerica-northeast1"),
        ("belgium", "europe-west1"),
        ("N. Virginia", "us-east4"),
        ("USA", "us"),
        ("EU", "europe"),
        ("nam4", "nam4"),
        ("Holland", "europe-west4"),
    ],
)
def test_a_place_is_recognized_by_code_zone_city_state_and_country(text: str, label: str) -> None:
    place = read_place(text)
    assert place is not None
    assert place.label == label


@pytest.mark.parametrize("text", ["", "n2", "frankfrut", "west", "europe west"])
def test_other_text_is_not_a_place(text: str) -> None:
    assert read_place(text) is None


def test_a_region_lists_the_multi_regions_that_include_it() -> None:
    place = read_place("europe-west1")
    assert place is not None
    assert {"eu", "europe", "eur5"} == {*place.wider}
    assert place.within == ()


def test_a_multi_region_lists_its_member_regions() -> None:
    place = read_place("us")
    assert place is not None
    assert place.codes == ("us",)
    assert {"us-central1", "us-south1"} <= {*place.within}
    assert "northamerica-northeast1" not in place.within


def test_a_country_covers_all_its_regions() -> None:
    place = read_place("Japan")
    assert place is not None
    assert place.label == "Japan"
    assert place.codes == ("asia-northeast1", "asia-northeast2")


def test_a_region_code_missing_from_the_table_is_recognized_but_not_listed() -> None:
    place = read_place("europe-west99")
    assert place is not None
    assert place.codes == ("europe-west99",)
    assert not is_listed(place)


def test_every_label_reads_back_as_the_same_place() -> None:
    for code in [*REGIONS, *MULTI_REGIONS, "Japan", "Middle East", "Australia"]:
        place = read_place(code)
        assert place is not None
        assert read_place(place.label) == place
        assert is_listed(place)


def test_a_misspelled_place_finds_the_closest_one() -> None:
    assert close_places("frankfrut") == [{"region": "europe-west3", "place": "Frankfurt"}]
    assert close_places("Itly") == [{"region": "Italy", "place": "europe-west8, europe-west12"}]
    assert close_places("zzzzzz") == []


def test_folding_gives_lower_case_words_without_accents() -> None:
    assert fold("  Zürich,\tPD-SSD (São Paulo)_x\0 🎉") == "zurich pd ssd sao paulo x"
