"""Numbers and texts from outside inside a sentence."""

from __future__ import annotations

import json

MAX_EXAMPLE = 60
MAX_QUOTED = 80


def counted(number: int, noun: str) -> str:
    """A number with its noun: "1 row", "1,200 rows"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def shortened(text: str) -> str:
    """A value from a file, short enough for a message."""
    return text if len(text) <= MAX_EXAMPLE else f"{text[:MAX_EXAMPLE]}…"


def printable(words: str) -> str:
    """A text of a bill on one line, without the control characters that a terminal would obey."""
    return "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in words)


def quoted(text: str, most: int = MAX_QUOTED) -> str:
    """A text of a bill or a question inside a sentence: on one line, and not too long."""
    short = text if len(text) <= most else f"{text[: most - 1]}…"
    # What has no place on a line is escaped, and so are lone surrogates.
    return "".join(
        sign if sign.isprintable() else json.dumps(sign)[1:-1]
        for sign in json.dumps(short, ensure_ascii=False)
    )
