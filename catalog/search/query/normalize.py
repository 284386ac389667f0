"""Normalizes a question: folds case and accents, expands short forms, and removes misleading words."""

from __future__ import annotations

import re

from catalog.offers.phrases import texts
from catalog.offers.products import product_names
from catalog.places import fold
from catalog.search.query.dictionary import SHORT_FORMS, SUBJECTS
from catalog.search.query.patterns import any_of

# "What do you charge us": a pronoun, not the country.
PRONOUN = re.compile(rf"({any_of(SUBJECTS['does to us'])}) us\b(?!-)")
# Machine types of other clouds, with the company's name: "t3.medium", "db.m5.2xlarge", "Standard_D4s_v3".
OTHER_MACHINES = {
    " aws ": re.compile(
        r"\b(?:db\.)?[a-z]+\d[a-z]*\.(?:nano|micro|small|medium|metal|\d*x?large)\b", re.IGNORECASE
    ),
    " azure ": re.compile(r"\bStandard_[A-Z]\d+\w*", re.IGNORECASE),
}
INITIALS = re.compile(r"\b(?:[A-Za-z]\.){2,}")
# "Balanced/SSD", "N1/E2", but not "I/O", "MB/s".
SLASH = re.compile(r"(?<=[A-Za-z]{3})/(?=[A-Za-z]{3})|(?<=[A-Za-z]\d)/(?=[A-Za-z]\d)")
# "Pub/Sub" is one name.
PRODUCT_WITH_SLASH = re.compile(r"\b([A-Za-z]+)/([A-Za-z]+)\b")
# SKU names call a bucket in one region by its city instead of "regional".
REGIONAL = re.compile(r"(?<!multi )(?<!dual )\b(?:regional|single region)\b")
# "Standard class" is one of buckets, but "standard class A" is an operation.
BUCKET = re.compile(
    rf"{any_of(SUBJECTS['bucket'])}|\b(?:standard|nearline|coldline|archive) class\b(?! [ab]\b)"
)
# Of the two network tiers, this leaves the standard one.
NOT_PREMIUM = re.compile(r"\b(?:non|not|no) premium(?: network)?(?: tier)?\b|\bfrom premium to standard\b")
HALF_A_GIGABIT = re.compile(r"\bhalf (?:a )?gig(?:abits?)?\b(?! (?:of )?(?:ram|mem|memory|disk|storage)\b)")
# Names of Cloud SQL machines do not include the database version; names of licences do.
LICENCE = re.compile(r"licen[cs]", re.IGNORECASE)
DATABASE_VERSION = re.compile(r"\b(MYSQL|POSTGRES|SQLSERVER)_\d\w*")
# "x10" is a count, and "x4" is one behind a number; alone it is a machine family.
COUNT = re.compile(r"(?<=\d )x(\d{1,3})\b|\bx(\d{2,3})\b")
# "75gbit"
JOINED_UNIT = re.compile(r"(?<=\d)(?=[gm]bits?\b)")
SIGNS = (("->", " to "), ("→", " to "), (">", " more than "), ("w/o", " without "), ("w/", " with "))
_SIDE = "north|south|east|west|central|northeast|northwest|southeast|southwest"
REGION_APART = re.compile(rf"\b({_SIDE}) (\d{{1,2}})\b")


def plain_words(query: str) -> list[str]:
    """The folded words of `query`; the separate number of a region ("us east 4") is joined to it."""
    query = INITIALS.sub(lambda match: match[0].replace(".", ""), query)
    query = PRODUCT_WITH_SLASH.sub(_without_slash, query)
    text = PRONOUN.sub(r"\1", query)
    for company, machine in OTHER_MACHINES.items():
        text = machine.sub(company, text)
    if not LICENCE.search(text):
        text = DATABASE_VERSION.sub(r"Cloud SQL \1", text)
    for sign, words in SIGNS:
        text = text.replace(sign, words)
    text = JOINED_UNIT.sub(" ", fold(SLASH.sub(" or ", text)))
    text = HALF_A_GIGABIT.sub("500 mbps", COUNT.sub(r"\1\2x", text))
    if BUCKET.search(text):
        text = REGIONAL.sub("one region", text)
    text = REGION_APART.sub(r"\1\2", NOT_PREMIUM.sub("standard tier", text))
    return " ".join(SHORT_FORMS.get(word, word) for word in text.split()).split()


def _without_slash(match: re.Match[str]) -> str:
    words = f"{match[1]} {match[2]}"
    tokens = texts(words)
    return words if any(end == len(tokens) for end, _ in product_names().at(tokens, 0)) else match[0]
