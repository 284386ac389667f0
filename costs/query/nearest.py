"""The known names nearest to one that is unknown, and how text from outside is quoted in a sentence."""

from __future__ import annotations

import json
from collections.abc import Sequence

from rapidfuzz import fuzz, process

# So many are all listed; of more only the closest are.
MAX_LISTED = 10
MAX_NEAREST = 5
MIN_SIMILARITY = 50  # percent
MAX_QUOTED = 80


def nearest(text: str, known: Sequence[str]) -> list[str]:
    """The names closest to `text`, or all of them if there are few."""
    if len(known) <= MAX_LISTED:
        return list(known)
    found = process.extract(
        text,
        known,
        scorer=fuzz.ratio,
        processor=str.lower,
        limit=MAX_NEAREST,
        score_cutoff=MIN_SIMILARITY,
    )
    return [name for name, _, _ in found]


def quoted(text: str, most: int = MAX_QUOTED) -> str:
    """A text of a bill or a question inside a sentence: on one line, and not too long."""
    short = text if len(text) <= most else f"{text[: most - 1]}…"
    # What has no place on a line is escaped, and so are lone surrogates.
    return "".join(
        sign if sign.isprintable() else json.dumps(sign)[1:-1]
        for sign in json.dumps(short, ensure_ascii=False)
    )
