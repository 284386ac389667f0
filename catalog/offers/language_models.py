"""Names of language models: the brand, the version and the tier ("Gemini 2.5 Flash Lite")."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from catalog.offers.phrases import Phrases
from catalog.offers.vocabulary import Fact
from catalog.offers.words import DATA, entries

VERSION = re.compile(r"v?[0-9]{1,2}|r[0-9]")
MINOR = re.compile(r"[0-9]")
PARAMETERS = re.compile(r"[0-9]{1,4}")


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
    end, version, tiers = brand[0] if brand else start, "", set()
    while end < len(tokens):
        if tier := _word_at("tier", tokens, end):
            end, word = tier
            tiers.add(word)
        elif not version and (found := _version_at(tokens, end)):
            end, version = found
        elif skipped := _word_at("no meaning", tokens, end):
            end = skipped[0]
        else:
            break
    facts = [("llm", named[1])]
    facts += [("llm_version", version)] if version else []
    facts += [("llm_tier", "-".join(sorted(tiers)))] if tiers else []
    return end, tuple(facts)


def _version_at(tokens: Sequence[str], start: int) -> tuple[int, str] | None:
    """The version: "2 5" is 2.5, "20 b" a number of parameters; "200 k" is none."""
    number, after = tokens[start], tokens[start + 1] if start + 1 < len(tokens) else ""
    if after == "b" and PARAMETERS.fullmatch(number):
        return start + 2, number + after
    if not VERSION.fullmatch(number) or _is_unit(tokens, start + 1):
        return None
    if MINOR.fullmatch(after) and not _is_unit(tokens, start + 2):
        return start + 2, number if after == "0" else f"{number}-{after}"
    return start + 1, number


def _is_unit(tokens: Sequence[str], start: int) -> bool:
    return start < len(tokens) and _word_at("unit", tokens, start) is not None
