"""Normalizes a question: folds case and accents, expands short forms, and removes misleading words."""

from __future__ import annotations

import re

from catalog.offers.phrases import texts
from catalog.offers.products import product_names
from catalog.offers.vocabulary import Side, vocabulary
from catalog.places import SIDE, fold, in_english
from catalog.search.query.dictionary import OTHER_MACHINES, SHORT_FORMS, SUBJECTS
from catalog.search.query.machine_types import MACHINE
from catalog.search.query.patterns import any_of
from catalog.words import Wordings

# "What do you charge us": a pronoun, not the country.
PRONOUN = re.compile(rf"{any_of(SUBJECTS['does to us'])}(?!-)")
FOR_US = re.compile(rf"{any_of(SUBJECTS['to us at an end'])}(?=\s*(?:[.,;!?]|$))")
# Machine types of other clouds: "t3.medium", "db.m5.2xlarge", "Standard_D4s_v3".
OTHER_MACHINE = re.compile(
    r"\b(?:[a-z]+\.)?[a-z]+\d[a-z]*\.\d*(?P<size>[a-z]+)\b|\b(?P<tier>[a-z]+)_[a-z]+\d+\w*", re.IGNORECASE
)
INITIALS = re.compile(r"\b(?:[A-Za-z]\.){2,}")
# "Balanced/SSD", "N1/E2", but not "I/O", "MB/s".
SLASH = re.compile(r"(?<=[A-Za-z]{3})/(?=[A-Za-z]{3})|(?<=[A-Za-z]\d)/(?=[A-Za-z]\d)")
# "Pub/Sub" is one name.
PRODUCT_WITH_SLASH = re.compile(r"\b([A-Za-z]+)/([A-Za-z]+)\b")
BUCKET, NO_BUCKET = (re.compile(any_of(SUBJECTS[subject])) for subject in ("bucket", "no bucket"))
# SKU names call a bucket in one region by its city instead of "regional".
REGIONAL = Wordings(
    {
        **dict.fromkeys(SUBJECTS["regional bucket"], SUBJECTS["one region"][0]),
        **{phrase: phrase for phrase in SUBJECTS["no regional bucket"]},
    }
)
# Names of Cloud SQL machines do not include the database version; names of licences do.
LICENCE = re.compile(any_of(SUBJECTS["licence"]), re.IGNORECASE)
DATABASE_VERSION = re.compile(r"\b([A-Z]+)_\d\w*")
# "x10" is a count, and "x4" is one behind a number; alone it is a machine family.
COUNT = re.compile(r"(?<=\d )x(\d{1,3})\b|\bx(\d{2,3})\b")
# "75gbit"
JOINED_UNIT = re.compile(r"(?<=\d)(?=[gm]bits?\b)")
SIGNS = (("->", " to "), ("→", " to "), (">", " more than "))
REGION_APART = re.compile(rf"\b({SIDE}) (\d{{1,2}})\b")
WORDINGS = Wordings(SHORT_FORMS)
# Folded text has none.
JOINED = "_"


def plain_words(query: str) -> list[str]:
    """The folded words of `query`; the separate number of a region ("us east 4") is joined to it."""
    query = INITIALS.sub(lambda match: match[0].replace(".", ""), query)
    query = PRODUCT_WITH_SLASH.sub(_without_slash, query)
    text = FOR_US.sub("", PRONOUN.sub(lambda match: match[0].rpartition(" ")[0], query))
    text = OTHER_MACHINE.sub(_company, text)
    if not LICENCE.search(text):
        text = DATABASE_VERSION.sub(_database, text)
    for sign, words in SIGNS:
        text = text.replace(sign, words)
    text = JOINED_UNIT.sub(" ", fold(SLASH.sub(" or ", text)))
    text = COUNT.sub(r"\1\2x", text)
    if BUCKET.search(NO_BUCKET.sub("", text)):
        text = REGIONAL.put_into(text)
    text = REGION_APART.sub(r"\1\2", text)
    # In the name of a machine type, "lssd" is no local SSD beside the machine.
    text = MACHINE.sub(lambda match: match[0].replace(" ", JOINED), in_english(text))
    return WORDINGS.put_into(text).replace(JOINED, " ").split()


def _company(match: re.Match[str]) -> str:
    """The company whose machine type it is, with blanks around; any other code unchanged."""
    company = OTHER_MACHINES.get((match["size"] or match["tier"]).lower())
    return f" {company} " if company else match[0]


def _database(match: re.Match[str]) -> str:
    """The database engine of a name such as "MYSQL_8_0"; any other code unchanged."""
    reading = vocabulary().read(texts(match[1]), 0, Side.QUESTION, None)
    is_engine = reading and any(attribute == "engine" for facts in reading.facts for attribute, _ in facts)
    return f"Cloud SQL {match[1]}" if is_engine else match[0]


def _without_slash(match: re.Match[str]) -> str:
    words = f"{match[1]} {match[2]}"
    tokens = texts(words)
    return words if any(end == len(tokens) for end, _ in product_names().at(tokens, 0)) else match[0]
