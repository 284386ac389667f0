from __future__ import annotations

import pytest

from catalog.offers.language_models import language_model_at
from catalog.offers.phrases import texts


@pytest.mark.parametrize(
    ("text", "facts", "rest"),
    [
        ("Gemini 2.5 Flash Lite Text", "llm=gemini llm_version=2-5 llm_tier=flash-lite", "text"),
        ("Gemini 2.0 Flash GA Input", "llm=gemini llm_version=2 llm_tier=flash", "input"),
        ("Gemini 3 Pro", "llm=gemini llm_version=3 llm_tier=pro", ""),
        ("Gemini 1.5 Pro 200k context", "llm=gemini llm_version=1-5 llm_tier=pro", "200 k context"),
        ("Claude 3.5 Sonnet v2", "llm=claude llm_version=3-5 llm_tier=sonnet", "v2"),
        ("Sonnet 4 input", "llm=claude llm_tier=sonnet llm_version=4", "input"),
        ("gpt-oss-120b Input", "llm=gpt-oss llm_version=120b", "input"),
        ("Llama 3.1 405B Output", "llm=llama llm_version=3-1 llm_version=405b", "output"),
        ("Qwen3 Next 80B A3B Instruct", "llm=qwen llm_tier=next llm_version=80b", "instruct"),
        ("DeepSeek V3.1", "llm=deepseek llm_version=v3-1", ""),
        ("Imagen 4 Generation", "llm=imagen llm_version=4", "generation"),
        ("Veo", "llm=veo", ""),
    ],
)
def test_a_language_model_has_a_brand_a_version_and_a_tier(text: str, facts: str, rest: str) -> None:
    tokens = texts(text)
    found = language_model_at(tokens, 0)

    assert found is not None
    assert {"=".join(fact) for fact in found[1]} == set(facts.split())
    assert " ".join(tokens[found[0] :]) == rest


@pytest.mark.parametrize("text", ["pro", "flash 2.5", "gpt", "n2 core"])
def test_a_tier_without_its_brand_is_no_language_model(text: str) -> None:
    assert language_model_at(texts(text), 0) is None
