"""Terms: the words and set phrases of a question with their synonyms in the price list."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from catalog.places import PLACES
from catalog.search.query.collocations import take_collocations
from catalog.search.query.dictionary import (
    GENERIC,
    GPU_MODELS,
    LICENSE_WORDS,
    MACHINE_PARTS,
    MACHINE_SHAPES,
    OPTIONAL,
    SALE_TERMS,
    STOP_WORDS,
)
from catalog.search.query.machine_types import MACHINE, is_n1, machine_synonyms
from catalog.search.query.phrases import AMOUNT, phrases, synonyms_of
from catalog.search.query.sizes import take_sizes, vcpu_names

PLURAL = re.compile(r"[a-z ]*[a-z]{2}[^s\W]s|[a-z]\d+s")
# A code identifies a product: "n2", "h100".
CODE = re.compile(r"[a-z]+\d\w*")
# So does the family of a machine type: "c9 highmem 4".
FAMILY_OF_MACHINE = re.compile(rf"[a-z]\d[a-z]? (?:{'|'.join(MACHINE_SHAPES)})\b")
BOTH = 2
NETWORK_SPEED = re.compile(r"\d ?g(?:bps|bits?)\b")
# A licence is always for an image.
IMAGE = frozenset({"image", "images"})
# SQL Server runs on Windows; only the names for Linux say what it runs on.
SQL_SERVER = re.compile(r"\b(?:mssql|sql ?server)\b")
WINDOWS = frozenset({"win", "windows", "windows server"})
# "Windows Server 2022"
VERSION = re.compile(r"\d{4}")
# How much a word says about what is meant: codes and dictionary words say more than others, numbers little.
WEIGHT_OF_MACHINE, WEIGHT_OF_CODE, WEIGHT_OF_LISTED, WEIGHT, UNCERTAIN, LITTLE = 16, 5, 4, 3, 2, 1


@dataclass(frozen=True, slots=True)
class Term:
    """One word or set phrase with the synonyms that match it.

    The most likely synonym comes first, unless `are_equal` says that all are equally good. An optional term
    affects ranking only. A term that is only implied has an empty word. `service_ids` are the services whose
    full name the phrase is. `weight` says how much the term says about what is meant, relative to the others.
    """

    word: str
    synonyms: tuple[str, ...]
    is_optional: bool = False
    are_equal: bool = False
    service_ids: tuple[str, ...] = ()
    weight: int = WEIGHT

    @property
    def is_code(self) -> bool:
        return (CODE.fullmatch(self.word) or FAMILY_OF_MACHINE.match(self.word)) is not None


def read_terms(text: str, *, has_more: bool, uncertain: Collection[str]) -> tuple[Term, ...]:
    """The terms of `text` in order; its stop words only count if there are no other words.

    Args:
        text: folded text without places and usage types.
        has_more: whether the question also names places or usage types.
        uncertain: words that spelling correction produced.
    """
    machines = list(MACHINE.finditer(text))
    sizes, rest = take_sizes(MACHINE.sub("  ", text))
    sizes += [("", vcpu_names(int(match["size"]))) for match in machines if (match["size"] or "").isdigit()]
    collocations, words = take_collocations(list(phrases(rest)))
    content = [word for word in words if word not in STOP_WORDS]
    kept = content if content or machines or collocations or has_more else words
    optional = _optional(rest)
    if optional.issuperset(kept) and not (machines or collocations):
        optional = frozenset()
    found = [Term(word, synonyms, weight=WEIGHT_OF_LISTED + WEIGHT) for word, synonyms in collocations]
    found += [
        term_of(word, is_optional=word in optional, is_uncertain=word in uncertain)
        for word in dict.fromkeys(kept)
    ]
    return (
        *(_machine_term(match, is_secondary=_is_about_extras(rest)) for match in machines),
        *_either_part(deduplicate(found)),
        *(Term(word, names, is_optional=True) for word, names in sizes),
    )


def _optional(text: str) -> frozenset[str]:
    """The words that a match for `text` need not contain."""
    optional = OPTIONAL | GENERIC
    if not LICENSE_WORDS.isdisjoint(text.split()):
        optional |= IMAGE
    if SQL_SERVER.search(text):
        optional |= WINDOWS
    return optional


def _is_about_extras(text: str) -> bool:
    """Whether `text` asks for something billed on top of a machine: a licence, a network or a GPU."""
    words = text.split()
    return not (LICENSE_WORDS | GPU_MODELS).isdisjoint(words) or bool(NETWORK_SPEED.search(text))


def _machine_term(match: re.Match[str], *, is_secondary: bool) -> Term:
    return Term(
        match[0],
        machine_synonyms(match),
        are_equal=not is_n1(match),
        weight=LITTLE if is_secondary else WEIGHT_OF_MACHINE,
    )


def deduplicate(terms: Iterable[Term]) -> list[Term]:
    """Drops the lighter of two terms with the same first synonym."""
    found: dict[str, Term] = {}
    for term in terms:
        name = term.synonyms[0]
        if name not in found or found[name].weight < term.weight:
            found[name] = term
    return list(found.values())


def _either_part(terms: Sequence[Term]) -> list[Term]:
    """The terms with processor and memory merged into one: either will do, as each has its own SKU."""
    parts = [term for term in terms if term.synonyms[0] in ("core", "ram")]
    if len(parts) < BOTH:
        return list(terms)
    word, names = " ".join(term.word for term in parts), (name for term in parts for name in term.synonyms)
    both = Term(word, ("|".join(dict.fromkeys(names)),))
    return [both if term is parts[0] else term for term in terms if term not in parts[1:]]


def term_of(word: str, *, is_optional: bool = False, is_uncertain: bool = False) -> Term:
    if match := AMOUNT.fullmatch(word):
        return Term(word, _amount_synonyms(match), are_equal=True, weight=WEIGHT_OF_CODE)
    if VERSION.fullmatch(word):
        # SKU names write Ubuntu 2204 as 22.04.
        return Term(word, (word, f"{word[:2]} {word[2:]}"))
    singular = word[:-1] if PLURAL.fullmatch(word) else word
    listed = synonyms_of(word)
    weight = _weight(word, listed)
    if is_uncertain:
        weight = min(weight, WEIGHT_OF_LISTED) if listed else min(weight, UNCERTAIN)
    return Term(word, tuple(dict.fromkeys((*listed, word, singular))), is_optional=is_optional, weight=weight)


def _amount_synonyms(match: re.Match[str]) -> tuple[str, ...]:
    count, unit = match["count"], match["unit"]
    # A "10 gig" network has 10 Gbps.
    units: tuple[str, ...] = (unit,)
    if unit.startswith("gigabyte"):
        units = ("gb",)
    elif unit.startswith(("gig", "gbit")) or unit == "g":
        units = ("gbps", "gb")
    elif unit.startswith(("meg", "mbit")):
        units = ("mbps",)
    return tuple(f"{count}{between}{unit}" for unit in units for between in ("", " "))


def _weight(word: str, listed: Sequence[str]) -> int:
    if word in GENERIC:
        return LITTLE
    if CODE.fullmatch(word):
        return WEIGHT_OF_CODE
    if listed and word not in MACHINE_PARTS:
        return WEIGHT if listed[0] in SALE_TERMS else WEIGHT_OF_LISTED + WEIGHT * word.count(" ")
    if word in PLACES:
        return WEIGHT_OF_LISTED
    return LITTLE if word.isdigit() or len(word) == 1 else WEIGHT
