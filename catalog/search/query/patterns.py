"""Patterns for folded text."""

from __future__ import annotations

import re
from collections.abc import Collection

from catalog.places import PLACES, REGION_CODE


def any_of(phrases: Collection[str]) -> str:
    """A pattern for whole words; the longest phrase wins, and `*` stands for any ending."""
    longest_first = sorted(phrases, key=len, reverse=True)
    return rf"\b(?:{'|'.join(longest_first)})\b".replace("*", r"\w*")


A_PLACE = rf"(?:{REGION_CODE.pattern.replace('?P<region>', '?:')}\b|{any_of(PLACES)})"


def blank(text: str, match: re.Match[str]) -> str:
    """`text` with the match blanked out, so that positions stay and no phrase spans the gap."""
    return text[: match.start()] + " " * len(match[0]) + text[match.end() :]
