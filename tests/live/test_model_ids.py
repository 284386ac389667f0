from __future__ import annotations

import csv
from pathlib import Path

import pytest

from catalog.offers.model_names import Names
from live import model_ids
from live.model_ids import model_of

# Names by which models are called: the Bedrock user guide ("Supported foundation models"), Vertex AI's model
# pages, and Azure's list of models with their versions.
CALLED = [
    ("aws", "anthropic.claude-sonnet-4-20250514-v1:0", "", "claude-sonnet-4"),
    ("aws", "us.anthropic.claude-opus-4-6-v1:0", "", "claude-opus-4-6"),
    ("aws", "global.anthropic.claude-sonnet-4-5-20250929-v1:0", "", "claude-sonnet-4-5"),
    ("aws", "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0", "", "nova-lite"),
    ("aws", "amazon.nova-pro-v1:0:24k", "", "nova-pro"),
    ("aws", "anthropic.claude-3-5-sonnet-20241022-v2:0", "", "claude-3-5-sonnet-v2"),
    ("aws", "anthropic.claude-3-5-sonnet-20240620-v1:0", "", "claude-3-5-sonnet"),
    ("aws", "us.meta.llama4-scout-17b-instruct-v1:0", "", "llama-4-scout"),
    ("aws", "openai.gpt-oss-120b-1:0", "", "gpt-oss-120b"),
    ("aws", "amazon.titan-embed-text-v2:0", "", "titan-embed-text-v2"),
    ("aws", "cohere.embed-v4:0", "", "embed-v4"),
    ("aws", "mistral.mistral-large-2407-v1:0", "", "mistral-large-2407"),
    ("gcp", "gemini-2.5-flash", "", "gemini-2.5-flash"),
    ("gcp", "claude-sonnet-4-5@20250929", "", "claude-sonnet-4-5"),
    ("azure", "gpt-4o", "2024-11-20", "gpt-4o-2024-11-20"),
    ("azure", "gpt-4.1", "2025-04-14", "gpt-4.1"),
    ("azure", "DeepSeek-R1", "1", "deepseek-r1"),
]


@pytest.mark.parametrize(("cloud", "name", "version", "model"), CALLED)
def test_the_name_of_a_call_is_a_model_of_the_bill(cloud: str, name: str, version: str, model: str) -> None:
    found = model_of(cloud, name, version, Names())

    assert found is not None
    assert found.id == model


@pytest.mark.parametrize(
    ("cloud", "name"),
    [
        ("aws", "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abc123"),
        ("aws", "anthropic.claude-opus-99-v1:0"),
        ("aws", ""),
        ("gcp", "gemini-2.5-flash-preview-09-2025"),
        ("azure", "my-deployment"),
        ("azure", "gpt-4o-almost"),
    ],
)
def test_a_name_that_is_nearly_a_model_is_none(cloud: str, name: str) -> None:
    assert model_of(cloud, name, "", Names()) is None


def test_a_name_that_an_administrator_added_comes_first() -> None:
    names = Names([("aws", "", "us.anthropic.claude-opus-4-6-v1:0", "ours", "Us")])

    assert model_of("aws", "us.anthropic.claude-opus-4-6-v1:0", "", names) == ("ours", "Us")


def test_each_model_of_the_table_is_one_of_bills_and_named_once() -> None:
    with Path(model_ids.__file__).with_name("models.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    assert len({(row["cloud"], row["name"].casefold()) for row in rows}) == len(rows)
    assert [row["model_id"] for row in rows if not Names().developer(row["model_id"])] == []
