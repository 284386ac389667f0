from __future__ import annotations

import pytest

from catalog.places import (
    EXONYMS,
    EXONYMS_FILE,
    PLACES,
    close_places,
    close_regions,
    fold,
    in_english,
    is_listed,
    read_place,
)
from catalog.providers.google_cloud.regions import MULTI_REGIONS, REGIONS, Region
from catalog.words import keys


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
    assert close_places("zzzzzz") == []


def test_folding_gives_lower_case_words_without_accents() -> None:
    assert fold("  Zürich,\tPD-SSD (São Paulo)_x\0 🎉") == "zurich pd ssd sao paulo x"


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Francfort", "europe-west3"),
        ("Francoforte", "europe-west3"),
        ("\uff26\uff52\uff41\uff4e\uff4b\uff46\uff55\uff52\uff54", "europe-west3"),
        ("Zürich", "europe-west6"),
        ("Zu\u0308rich", "europe-west6"),
        ("Zurigo", "europe-west6"),
        ("Varsovia", "europe-central2"),
        ("Milán", "europe-west8"),
        ("Londres", "europe-west2"),
        ("Tokio", "asia-northeast1"),
        ("東京", "asia-northeast1"),
        ("서울", "asia-northeast3"),
        ("กรุงเทพ", "asia-southeast3"),
        ("Sa\u0303o Paulo", "southamerica-east1"),
        ("Bélgica", "europe-west1"),
        ("Pays-Bas", "europe-west4"),
        ("Países Bajos", "europe-west4"),
        ("Niederlande", "europe-west4"),
        ("Deutschland", "Germany"),
        ("Großbritannien", "europe-west2"),
        ("Estados Unidos", "us"),
    ],
)
def test_a_place_is_recognized_in_its_own_and_in_other_languages(text: str, label: str) -> None:
    place = read_place(text)
    assert place is not None
    assert place.label == label


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("n2 in munchen", "n2 in munich"),
        ("东京的价格", "tokyo 的价格"),
        ("во франкфурте", "во frankfurt"),
        ("서울에서", "seoul 에서"),
        ("タイのリアルタイム", "thailand のリアルタイム"),
        ("salt lake city", "salt lake city"),
    ],
)
def test_places_in_a_text_are_put_into_english(text: str, english: str) -> None:
    assert in_english(text) == english


@pytest.mark.parametrize("region", REGIONS.values(), ids=lambda region: region.code)
def test_the_country_of_a_region_has_names_in_other_languages(region: Region) -> None:
    assert list(EXONYMS.values()).count(fold(region.country)) >= 5


def test_a_name_in_another_language_is_not_one_in_english() -> None:
    assert not EXONYMS.keys() & PLACES.keys()


def test_no_two_names_in_other_languages_fold_alike() -> None:
    listed = keys(EXONYMS_FILE, is_english=False)

    assert len(listed) == len(EXONYMS)


def test_folding_sets_scripts_apart() -> None:
    assert fold("东京的n2价格") == "东京的 n2 价格"
    assert fold("\uff21\uff12ガ") == "a2 ガ"


def test_a_misspelled_country_is_answered_with_its_regions() -> None:
    assert close_places("Itly") == [
        {"region": "europe-west8", "place": "Milan"},
        {"region": "europe-west12", "place": "Turin"},
    ]


def test_regions_are_close_by_their_own_names_and_not_by_their_countries() -> None:
    assert close_regions("frankfrut") == [{"region": "europe-west3", "place": "Frankfurt"}]
    assert close_regions("europe-west33")[0]["region"] == "europe-west3"
    assert close_regions("Austria") == []
