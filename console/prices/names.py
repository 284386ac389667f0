"""What SKUs of one thing in several places are called together."""

from __future__ import annotations

from collections.abc import Collection

# Words that stand before a place, and go with it.
BEFORE_PLACES = frozenset({"running", "in", "from", "at"})


def shared_name(name: str, others: Collection[str]) -> str:
    """A name without the words that others lack: "N2 Instance Core" for "N2 Instance Core running in Iowa".

    Args:
        name: the name of a SKU.
        others: the names of the same thing elsewhere.

    Returns:
        The words that all names have, in order; the whole name if nothing is shared or it is the only one.
    """
    everywhere = [frozenset(each.split()) for each in others]
    kept: list[str] = []
    for word in name.split():
        if all(word in each for each in everywhere):
            kept.append(word)
            continue
        while kept and kept[-1] in BEFORE_PLACES:
            kept.pop()
    return " ".join(kept) or name
