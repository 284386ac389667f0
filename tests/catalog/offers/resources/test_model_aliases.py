"""Only whole names are models: swept over every id of the table, in parts and in other words."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from catalog.errors import CatalogError
from catalog.offers.resources.model_aliases import developers, id_called, ids_meant_by
from catalog.offers.resources.read import read_bill
from catalog.offers.resources.request import ResourceRequest

IDS = list(developers())


def spelled(name: str) -> str:
    """A name without its signs and the ".0" of a version, which do not count."""
    return re.sub(r"[\s._-]+", "", re.sub(r"\.0(?!\d)", "", name.lower()))


def test_every_id_is_its_own_model_however_it_is_written() -> None:
    for model_id in IDS:
        for name in (
            model_id,
            model_id.upper(),
            model_id.replace("-", " "),
            f"{developers()[model_id]} {model_id}",
        ):
            assert id_called(name) == model_id, name


def test_no_part_of_an_id_is_ever_another_model() -> None:
    for model_id in IDS:
        for at in range(1, len(model_id)):
            for part in (model_id[:at], model_id[at:]):
                found = id_called(part)
                assert found in (None, model_id) or spelled(found) == spelled(part), (model_id, part)


def test_no_other_word_beside_an_id_is_overlooked() -> None:
    for model_id in IDS:
        for word in ("preview", "ultra", "9b"):
            found = id_called(f"{model_id}-{word}")
            assert found is None or spelled(found) == spelled(f"{model_id}-{word}"), model_id


@pytest.mark.parametrize("developer", sorted({*developers().values()}))
def test_a_developer_alone_is_asked_which_of_its_models_is_meant(developer: str) -> None:
    own = {model_id for model_id, maker in developers().items() if maker == developer}

    assert id_called(developer) is None
    assert own & set(ids_meant_by(developer))


@pytest.mark.parametrize("name", ["mistral", "qwen3-coder", "llama", "claude sonnet", "gpt", "5 sonnet"])
def test_a_name_that_leaves_the_model_open_is_a_question(name: str) -> None:
    bill = read_bill(ResourceRequest(resource=name, input_tokens=Decimal(1)))
    [choice] = bill.choices

    assert choice.attribute == "resource"
    assert set(choice.values) == set(ids_meant_by(name))
    assert len(choice.values) > 1


@pytest.mark.parametrize(
    ("name", "model_id"),
    [
        ("opus 5", "claude-opus-5"),
        ("sonnet 4.6", "claude-sonnet-4-6"),
        ("3.5 sonnet", "claude-3-5-sonnet"),
        ("Claude 4.5 Haiku", "claude-haiku-4-5"),
        ("GPT5.4 mini", "gpt-5.4-mini"),
        ("anthropic.claude-opus-5", "claude-opus-5"),
        ("mistral codestral", "codestral"),
        ("gemini 3.0 pro", "gemini-3-pro"),
    ],
)
def test_short_names_and_other_orders_are_the_same_model_on_all_its_clouds(name: str, model_id: str) -> None:
    found = read_bill(ResourceRequest(resource=name, input_tokens=Decimal(1))).model
    whole = read_bill(ResourceRequest(resource=model_id, input_tokens=Decimal(1))).model

    assert found
    assert whole
    assert (found.model_id, found.clouds) == (model_id, whole.clouds)


@pytest.mark.parametrize("name", ["large", "pro", "mini", "5", "chatgpt-99"])
def test_words_of_no_brand_are_no_models(name: str) -> None:
    with pytest.raises(CatalogError):
        read_bill(ResourceRequest(resource=name, input_tokens=Decimal(1)))
