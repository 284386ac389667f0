"""Model names come from an explicit table and never from likeness."""

from __future__ import annotations

import re

import pytest

from catalog.offers.model_names import BUNDLED, Names, version

SONNET = ("claude-sonnet-4-6", "Anthropic")


@pytest.mark.parametrize(
    ("cloud", "billing_model"),
    [
        ("aws", "Claude4.6Sonnet"),
        ("aws", "anthropic.claude-sonnet-4-6"),
        ("aws", "Claude Sonnet 4.6"),
        ("aws", "Claude 4.6 Sonnet"),
        ("gcp", "Claude Sonnet 4.6"),
        ("gcp", "Claude Sonnet 4 6"),
        ("gcp", "claude_sonnet-4.6"),
    ],
)
def test_one_model_has_one_id_on_every_cloud(cloud: str, billing_model: str) -> None:
    assert Names().find(cloud, (), billing_model) == SONNET


@pytest.mark.parametrize(
    "billing_model", ["Claude Sonnet 4.61", "Claude Sonnet", "Claude4.6Sonnet2", "Sonnet 4.6", ""]
)
def test_a_name_that_is_only_alike_is_not_found(billing_model: str) -> None:
    assert Names().find("aws", (), billing_model) is None


def test_a_bare_number_is_a_model_of_its_product_only() -> None:
    names = Names()
    assert names.find("azure", ("Azure Grok Models",), "4.3") == ("grok-4.3", "xAI")
    assert names.find("azure", ("Azure OpenAI GPT5",), "5.4") == ("gpt-5.4", "OpenAI")
    assert names.find("azure", ("Azure OpenAI GPT5",), "4.3") is None
    assert names.find("azure", ("Foundry Models",), "4.3") is None


def test_given_rows_come_before_the_bundled_table() -> None:
    names = Names([("azure", "", "5.4", "my-model", "Me"), ("aws", "AmazonBedrock", "New-1", "new-1", "Us")])
    assert names.find("azure", ("Azure OpenAI GPT5",), "5.4") == ("my-model", "Me")
    assert names.find("aws", ("AmazonBedrockService", "AmazonBedrock"), "new 1") == ("new-1", "Us")
    assert names.find("aws", ("Other",), "New-1") is None
    assert names.find("aws", (), "NovaLite") == ("nova-lite", "Amazon")


def test_a_product_may_have_a_slash_in_its_name() -> None:
    names = Names([("azure", "AI/ML Models", "Big 1", "big-1", "Us")])
    assert names.find("azure", ("AI/ML Models", "Foundry Models"), "Big 1") == ("big-1", "Us")
    assert names.find("azure", ("Foundry Models", "AI/ML Models"), "Big 1") == ("big-1", "Us")
    assert names.find("azure", ("AI", "ML Models"), "Big 1") is None


def test_the_table_has_ids_and_developers_of_one_form() -> None:
    lines = BUNDLED.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "cloud,product,billing_model,model_id,developer,source"
    for line in lines[1:]:
        cloud, _, billing_model, model_id, developer, source = line.split(",")
        assert cloud in {"aws", "gcp", "azure"}
        assert billing_model
        assert re.fullmatch(r"[a-z0-9.-]+", model_id), line
        assert developer
        assert source


def test_a_model_has_one_developer() -> None:
    lines = BUNDLED.read_text(encoding="utf-8").splitlines()[1:]
    by_id: dict[str, set[str]] = {}
    for line in lines:
        by_id.setdefault(line.split(",")[3], set()).add(line.split(",")[4])
    assert not {model: developers for model, developers in by_id.items() if len(developers) > 1}


def test_the_version_is_stable_and_short() -> None:
    assert re.fullmatch(r"[0-9a-f]{16}", version())
    assert version() == version()
