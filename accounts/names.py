"""Names that clients give themselves and people read on the consent page."""

from __future__ import annotations

import re
import unicodedata

# Printable for Python, but shown as nothing: fillers of Hangul and Khmer, and the empty Braille pattern.
BLANKS = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
# Separators, controls, default-ignorable format characters, and marks, which need a character to sit on.
INVISIBLE_CATEGORIES = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Cn", "Co", "Mn", "Me", "Mc"})
# Languages put up to three marks on a character; dozens cover the lines above and below.
MAX_MARKS = 4


def error(name: str, max_length: int) -> str:
    """What is wrong with `name`, to follow "name" in a sentence; "" if nothing is. It may be empty."""
    if not name.isprintable() or len(name) > max_length:
        return f"must be at most {max_length} printable characters"
    if name and not any(map(_is_visible, name)):
        return "must contain a visible character"
    marks = "".join("m" if unicodedata.category(char).startswith("M") else "." for char in name)
    if re.search(f"m{{{MAX_MARKS + 1}}}", marks):
        return f"must not have more than {MAX_MARKS} combining marks on a character"
    return ""


def _is_visible(char: str) -> bool:
    return char not in BLANKS and unicodedata.category(char) not in INVISIBLE_CATEGORIES
