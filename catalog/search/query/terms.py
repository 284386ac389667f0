"""Terms: the words and set phrases of a question with what the price list may call them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from catalog.places import PLACES
from catalog.search.query.collocations import take_together
from catalog.search.query.dictionary import (
    ASPECTS,
    FILLERS,
    GENERIC,
    GPU_MODELS,
    LICENSED,
    MACHINE_SHAPES,
    OPTIONAL,
    PARTS,
)
from catalog.search.query.machine_types import MACHINE, is_n1, machine_spellings
from catalog.search.query.phrases import AMOUNT, phrases, spellings_of
from catalog.search.query.sizes import take_sizes, vcpu_names

PLURAL = re.compile(r"[a-z ]*[a-z]{2}[^s\W]s|[a-z]\d+s")
# A code names a thing: "n2", "h100".
CODE = re.compile(r"[a-z]+\d\w*")
# So does the family of a machine type: "c9 highmem 4".
FAMILY_OF_MACHINE = re.compile(rf"[a-z]\d[a-z]? (?:{'|'.join(MACHINE_SHAPES)})\b")
BOTH = 2
NETWORK_SPEED = re.compile(r"\d ?g(?:bps|bits?)\b")
# A licence is of an image.
IMAGE = frozenset({"image", "images"})
# SQL Server runs on Windows, and names say so of Linux alone.
SQL_SERVER = re.compile(r"\b(?:mssql|sql ?server)\b")
WINDOWS = frozenset({"win", "windows", "windows server"})
# "Windows Server 2022"
VERSION = re.compile(r"\d{4}")
# How much words tell of what is meant: codes and what our lists have more than others, numbers little.
WEIGHT_OF_MACHINE, WEIGHT_OF_CODE, WEIGHT_OF_LISTED, WEIGHT, DOUBTFUL, LITTLE = 16, 5, 4, 3, 2, 1


@dataclass(frozen=True, slots=True)
class Term:
    """One word or set phrase with the spellings that count as it.

    The likeliest spelling stands first, unless all are equally right. An optional term need not be found;
    one that is only implied has no word. `service_ids` are the services that the phrase is the whole name of.
    `weight` says how much the word tells of what is meant, beside the others.
    """

    word: str
    spellings: tuple[str, ...]
    is_optional: bool = False
    are_equal: bool = False
    service_ids: tuple[str, ...] = ()
    weight: int = WEIGHT

    @property
    def is_code(self) -> bool:
        return (CODE.fullmatch(self.word) or FAMILY_OF_MACHINE.match(self.word)) is not None


def read_terms(text: str, *, has_more: bool, doubtful: Collection[str]) -> tuple[Term, ...]:
    """The terms of `text` in order; its fillers only where the question is nothing else.

    Args:
        text: folded text without places and ways to buy.
        has_more: the question has such.
        doubtful: words that were typed otherwise.
    """
    machines = list(MACHINE.finditer(text))
    sizes, rest = take_sizes(MACHINE.sub("  ", text))
    sizes += [("", vcpu_names(int(match["size"]))) for match in machines if (match["size"] or "").isdigit()]
    together, words = take_together(list(phrases(rest)))
    telling = [word for word in words if word not in FILLERS]
    kept = telling if telling or machines or together or has_more else words
    optional = _optional(rest)
    if optional.issuperset(kept) and not (machines or together):
        optional = frozenset()
    found = [Term(word, spellings, weight=WEIGHT_OF_LISTED + WEIGHT) for word, spellings in together]
    found += [
        term_of(word, is_optional=word in optional, is_doubtful=word in doubtful)
        for word in dict.fromkeys(kept)
    ]
    return (
        *(_machine_term(match, is_beside=_is_for_machines(rest)) for match in machines),
        *_either_part(once(found)),
        *(Term(word, names, is_optional=True) for word, names in sizes),
    )


def _optional(text: str) -> frozenset[str]:
    """The words that need not be found where `text` is what is asked."""
    optional = OPTIONAL | GENERIC
    if not LICENSED.isdisjoint(text.split()):
        optional |= IMAGE
    if SQL_SERVER.search(text):
        optional |= WINDOWS
    return optional


def _is_for_machines(text: str) -> bool:
    """Whether `text` asks for what a machine has beside its own price: a licence, a network or a GPU."""
    words = text.split()
    return not (LICENSED | GPU_MODELS).isdisjoint(words) or bool(NETWORK_SPEED.search(text))


def _machine_term(match: re.Match[str], *, is_beside: bool) -> Term:
    return Term(
        match[0],
        machine_spellings(match),
        are_equal=not is_n1(match),
        weight=LITTLE if is_beside else WEIGHT_OF_MACHINE,
    )


def once(terms: Iterable[Term]) -> list[Term]:
    """Of terms that the price list has the same spelling for, the one that tells more."""
    found: dict[str, Term] = {}
    for term in terms:
        name = term.spellings[0]
        if name not in found or found[name].weight < term.weight:
            found[name] = term
    return list(found.values())


def _either_part(terms: Sequence[Term]) -> list[Term]:
    """The terms with processor and memory as one: each has its own SKU, and both are asked for."""
    parts = [term for term in terms if term.spellings[0] in ("core", "ram")]
    if len(parts) < BOTH:
        return list(terms)
    word, names = " ".join(term.word for term in parts), (name for term in parts for name in term.spellings)
    both = Term(word, ("|".join(dict.fromkeys(names)),))
    return [both if term is parts[0] else term for term in terms if term not in parts[1:]]


def term_of(word: str, *, is_optional: bool = False, is_doubtful: bool = False) -> Term:
    if match := AMOUNT.fullmatch(word):
        return Term(word, _amount_spellings(match), are_equal=True, weight=WEIGHT_OF_CODE)
    if VERSION.fullmatch(word):
        # Ubuntu's 2204 is 22.04 in names.
        return Term(word, (word, f"{word[:2]} {word[2:]}"))
    singular = word[:-1] if PLURAL.fullmatch(word) else word
    listed = spellings_of(word)
    weight = _weight(word, listed)
    if is_doubtful:
        weight = min(weight, WEIGHT_OF_LISTED) if listed else min(weight, DOUBTFUL)
    return Term(word, tuple(dict.fromkeys((*listed, word, singular))), is_optional=is_optional, weight=weight)


def _amount_spellings(match: re.Match[str]) -> tuple[str, ...]:
    count, unit = match["count"], match["unit"]
    # A network of "10 gig" is one of 10 Gbps.
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
    if listed and word not in PARTS:
        return WEIGHT if listed[0] in ASPECTS else WEIGHT_OF_LISTED + WEIGHT * word.count(" ")
    if word in PLACES:
        return WEIGHT_OF_LISTED
    return LITTLE if word.isdigit() or len(word) == 1 else WEIGHT
