"""The known names nearest to one that is unknown."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import fuzz, process

# So many are all listed; of more only the closest are.
MAX_LISTED = 10
MAX_NEAREST = 5
MIN_SIMILARITY = 50  # percent


def nearest(text: str, known: Sequence[str]) -> list[str]:
    """The names closest to `text`, or all of them if there are few."""
    return list(known) if len(known) <= MAX_LISTED else closest(text, known)


def closest(text: str, known: Sequence[str]) -> list[str]:
    """The names that are alike, the closest first."""
    found = process.extract(
        text,
        known,
        scorer=fuzz.ratio,
        processor=str.lower,
        limit=MAX_NEAREST,
        score_cutoff=MIN_SIMILARITY,
    )
    return [name for name, _, _ in found]
