"""Names of language models: the brand, the version and the tier ("Gemini 2.5 Flash Lite")."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from catalog.offers import DATA
from catalog.offers.phrases import Phrases, texts
from catalog.offers.vocabulary import Fact
from catalog.words import entries

LLM = "llm"
TIER = "llm_tier"
VERSION = "llm_version"
MAJOR = re.compile(r"v?[0-9]{1,2}|r[0-9]")
MINOR = re.compile(r"[0-9]")
PARAMETERS = re.compile(r"[0-9]{1,4}")
# "235B A22B": 22 billion parameters are active.
ACTIVE_PARAMETERS = re.compile(r"a[0-9]{1,3}b")
# "gpt-4o-2024-08-06", "gpt-35-turbo-0125", "pixtral-large-2502"
DATE = re.compile(r"-(?:\d{4}-\d{2}-\d{2}|\d{4})\Z")


@cache
def _words() -> dict[str, Phrases[str]]:
    """The words of data/language_models.txt by section: brand, family, tier, skip, unit."""
    found: dict[str, Phrases[str]] = {}
    for section, key, phrases in entries(DATA / "language_models.txt"):
        known = found.setdefault(section, Phrases())
        for phrase in phrases:
            known.add(phrase, key)
    return found


def _word_at(section: str, tokens: Sequence[str], start: int) -> tuple[int, str] | None:
    found = _words()[section].at(tokens, start)
    return found[0] if found else None


def language_model_at(tokens: Sequence[str], start: int) -> tuple[int, tuple[Fact, ...]] | None:
    """The language model that `tokens` name from `start` on, and where its name ends."""
    brand = _word_at("brand", tokens, start)
    named = brand or _word_at("tier of a brand", tokens, start)
    if not named:
        return None
    end, facts = brand[0] if brand else start, [("llm", named[1])]
    while end < len(tokens) and (more := _more_at(tokens, end, facts)):
        end = more[0]
        facts += more[1]
    tiers = sorted({value for attribute, value in facts if attribute == TIER})
    told = [fact for fact in facts if fact[0] != TIER]
    return end, (*told, (TIER, "-".join(tiers))) if tiers else tuple(told)


def facts_of_model(name: str) -> tuple[tuple[Fact, ...], tuple[str, ...]]:
    """What search knows of the model `name`, an id or the name in a price list, and the words that are left.

    A model whose brand no list has is a value of its own. One with a date is also the model without it.
    """
    tokens = texts(name)
    found = language_model_at(tokens, 0) if tokens else None
    if found:
        return found[1], tokens[found[0] :]
    undated = texts(DATE.sub("", name))
    return tuple((LLM, "-".join(each)) for each in dict.fromkeys((tokens, undated)) if each), ()


def has_brand(value: str) -> bool:
    """Whether a value of the attribute is a brand, whose models are read by their form."""
    return any(
        value == brand for section in ("brand", "tier of a brand") for brand in _words()[section].values()
    )


@cache
def brand_of_tier(word: str) -> str | None:
    """The brand that a tier stands for: "opus" is Claude's."""
    found = _word_at("tier of a brand", (word,), 0)
    return found[1] if found else None


def _more_at(tokens: Sequence[str], start: int, known: list[Fact]) -> tuple[int, list[Fact]] | None:
    """What follows the brand: tiers, a version, a number of parameters, words without a meaning."""
    if tier := _word_at("tier", tokens, start):
        return tier[0], [(TIER, tier[1])]
    has_version = any(attribute == VERSION for attribute, _ in known)
    if version := _parameters_at(tokens, start) or (None if has_version else _version_at(tokens, start)):
        return version[0], [(VERSION, version[1])]
    if skipped := _word_at("no meaning", tokens, start):
        return skipped[0], []
    return (start + 1, []) if has_version and ACTIVE_PARAMETERS.fullmatch(tokens[start]) else None


def _parameters_at(tokens: Sequence[str], start: int) -> tuple[int, str] | None:
    """The number of parameters in billions, which tells models of one version apart: "70 b"."""
    if start + 1 < len(tokens) and tokens[start + 1] == "b" and PARAMETERS.fullmatch(tokens[start]):
        return start + 2, f"{tokens[start]}b"
    return None


def _version_at(tokens: Sequence[str], start: int) -> tuple[int, str] | None:
    """The version: "2 5" is 2.5; "200 k" is none."""
    number, after = tokens[start], tokens[start + 1] if start + 1 < len(tokens) else ""
    if not MAJOR.fullmatch(number) or _is_unit(tokens, start + 1):
        return None
    if MINOR.fullmatch(after) and not _is_unit(tokens, start + 2):
        return start + 2, number if after == "0" else f"{number}-{after}"
    return start + 1, number


def _is_unit(tokens: Sequence[str], start: int) -> bool:
    return start < len(tokens) and _word_at("unit", tokens, start) is not None
