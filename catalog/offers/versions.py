"""Versions of the systems and databases that a licence is for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from catalog.offers.vocabulary import Fact

NUMBER = re.compile("[0-9]+")
# "7", "R2", "SP5", "2012R2".
VERSION = re.compile("([0-9]+|)((?:r|v|sp)[0-9]+|)")


def version_at(tokens: Sequence[str], start: int) -> tuple[int, tuple[Fact, ...]] | None:
    """The version at `start`, and where it ends: "14", "04" is 14-04, "2012r2" is 2012 and r2."""
    if numbers := tuple(takewhile(NUMBER.fullmatch, tokens[start:])):
        return start + len(numbers), (("version", "-".join(numbers)),)
    found = VERSION.fullmatch(tokens[start])
    return (start + 1, tuple(("version", part) for part in found.groups() if part)) if found else None
