"""The words of a question as they are read, without what only looks like a word of the price list."""

from __future__ import annotations

import re

from catalog.places import fold

# "What do you charge us": no country.
PRONOUN = re.compile(
    r"\b(bill|charges?|costs?|gets?|gives?|helps?|lets?|runs?|shows?|takes?|tells?) us\b(?!-)"
)
# What another cloud calls a machine: "t3.medium", "db.m5.2xlarge", "Standard_D4s_v3".
OTHER_MACHINE = re.compile(
    r"\b(?:db\.)?[a-z]+\d[a-z]*\.(?:nano|micro|small|medium|metal|\d*x?large)\b|\bStandard_[A-Z]\d+\w*",
    re.IGNORECASE,
)
SIGNS = ((">", " more than "), ("w/o", " without "), ("w/", " with "))
_SIDE = "north|south|east|west|central|northeast|northwest|southeast|southwest"
REGION_APART = re.compile(rf"\b({_SIDE}) (\d{{1,2}})\b")


def plain_words(query: str) -> list[str]:
    """The words of `query`, folded; a region's number that stands apart ("us east 4") is joined to it."""
    text = OTHER_MACHINE.sub(" ", PRONOUN.sub(r"\1", query))
    for sign, words in SIGNS:
        text = text.replace(sign, words)
    return REGION_APART.sub(r"\1\2", fold(text)).split()
