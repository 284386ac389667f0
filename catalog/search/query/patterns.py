"""Patterns for folded text."""

from __future__ import annotations

import re
from collections.abc import Collection

from catalog.places import PLACES, REGION_CODE


def any_of(phrases: Collection[str]) -> str:
    """A pattern for whole words; the longest phrase wins, and `*` stands for any ending."""
    return rf"\b{part_of_word(phrases)}\b"


def part_of_word(phrases: Collection[str]) -> str:
    """A pattern for phrases that may be joined to others: "8vcpu"."""
    longest_first = sorted(phrases, key=len, reverse=True)
    return f"(?:{'|'.join(longest_first)})".replace("*", r"\w*")


A_PLACE = rf"(?:{REGION_CODE.pattern.replace('?P<region>', '?:')}\b|{any_of(PLACES)})"


def blank(text: str, match: re.Match[str]) -> str:
    """`text` with the match blanked out, so that positions stay and no phrase spans the gap."""
    return text[: match.start()] + " " * len(match[0]) + text[match.end() :]
