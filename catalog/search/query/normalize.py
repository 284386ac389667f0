"""Normalizes a question: folds case and accents, expands short forms, and removes misleading words."""

from __future__ import annotations

import re

from catalog.places import fold
from catalog.search.query.dictionary import SHORT_FORMS

# "What do you charge us": a pronoun, not the country.
PRONOUN = re.compile(
    r"\b(bill|charges?|costs?|gets?|gives?|helps?|lets?|runs?|shows?|takes?|tells?) us\b(?!-)"
)
# Machine types of other clouds: "t3.medium", "db.m5.2xlarge", "Standard_D4s_v3".
OTHER_MACHINE = re.compile(
    r"\b(?:db\.)?[a-z]+\d[a-z]*\.(?:nano|micro|small|medium|metal|\d*x?large)\b|\bStandard_[A-Z]\d+\w*",
    re.IGNORECASE,
)
INITIALS = re.compile(r"\b(?:[A-Za-z]\.){2,}")
# "Balanced/SSD", "N1/E2", but not "I/O", "MB/s".
SLASH = re.compile(r"(?<=[A-Za-z]{3})/(?=[A-Za-z]{3})|(?<=[A-Za-z]\d)/(?=[A-Za-z]\d)")
# SKU names call a bucket in one region by its city instead of "regional".
REGIONAL = re.compile(r"(?<!multi )(?<!dual )\b(?:regional|single region)\b")
BUCKET = re.compile(
    r"\b(?:buckets?|gcs|(?:cloud|object|blob) storage"
    r"|(?:standard|nearline|coldline|archive) class(?! [ab]\b))\b"
)
# Of the two network tiers, this leaves the standard one.
NOT_PREMIUM = re.compile(r"\b(?:non|not|no) premium(?: network)?(?: tier)?\b|\bfrom premium to standard\b")
HALF_A_GIGABIT = re.compile(r"\bhalf (?:a )?gig(?:abits?)?\b(?! (?:of )?(?:ram|mem|memory|disk|storage)\b)")
# Names of Cloud SQL machines do not include the database version; names of licences do.
LICENCE = re.compile(r"licen[cs]", re.IGNORECASE)
DATABASE_VERSION = re.compile(r"\b(MYSQL|POSTGRES|SQLSERVER)_\d\w*")
# "75gbit"
JOINED_UNIT = re.compile(r"(?<=\d)(?=[gm]bits?\b)")
SIGNS = (("->", " to "), ("→", " to "), (">", " more than "), ("w/o", " without "), ("w/", " with "))
_SIDE = "north|south|east|west|central|northeast|northwest|southeast|southwest"
REGION_APART = re.compile(rf"\b({_SIDE}) (\d{{1,2}})\b")


def plain_words(query: str) -> list[str]:
    """The folded words of `query`; the separate number of a region ("us east 4") is joined to it."""
    query = INITIALS.sub(lambda match: match[0].replace(".", ""), query)
    text = OTHER_MACHINE.sub(" ", PRONOUN.sub(r"\1", query))
    if not LICENCE.search(text):
        text = DATABASE_VERSION.sub(r"Cloud SQL \1", text)
    for sign, words in SIGNS:
        text = text.replace(sign, words)
    text = JOINED_UNIT.sub(" ", fold(SLASH.sub(" or ", text)))
    text = HALF_A_GIGABIT.sub("500 mbps", text)
    if BUCKET.search(text):
        text = REGIONAL.sub("one region", text)
    text = REGION_APART.sub(r"\1\2", NOT_PREMIUM.sub("standard tier", text))
    return " ".join(SHORT_FORMS.get(word, word) for word in text.split()).split()
