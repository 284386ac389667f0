from __future__ import annotations

from pathlib import Path

import pytest

from catalog.search.query.known_settings import NOTHING, read_settings, settings
from catalog.words import WordListError


@pytest.mark.parametrize("key", ["machine-type", "machine_type", "machineType", "node_machine_type"])
def test_a_key_is_known_in_each_spelling_and_by_its_end(key: str) -> None:
    assert settings().reading(key, "e2-small") == "machine"


def test_a_key_is_not_known_by_its_end_if_its_value_is_not() -> None:
    assert settings().reading("storage_class", "nearline") == "storage class"
    assert settings().reading("instance_class", "F1") is None


def test_a_key_that_says_nothing_about_a_price_is_known() -> None:
    assert settings().reading("service-account", "me") == NOTHING


@pytest.mark.parametrize(
    ("reading", "value", "words"),
    [
        ("spot", "true", "spot"),
        ("storage class", "COLDLINE", "coldline storage"),
        ("image", "rhel-cloud/rhel-9", "rhel 9"),
        ("image", "debian-cloud/debian-12", ""),
        ("tier", "db-f1-micro", "db-f1-micro"),
    ],
)
def test_a_value_is_what_the_lists_say(reading: str, value: str, words: str) -> None:
    assert settings().words(reading, value) == words


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("place: zone\n", "'place': no section"),
        ("[keys]\nplace: zone\ntype: zone\n", "'zone' has the keys 'place' and 'type'"),
    ],
)
def test_an_invalid_list_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    file = tmp_path / "settings.txt"
    file.write_text(text)

    with pytest.raises(WordListError, match=problem):
        read_settings(file)
