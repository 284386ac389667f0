"""Reads a person's question: which words name a place, a way to buy, or the thing itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from catalog.machines import MACHINE, machine_spellings
from catalog.places import PLACES, REGION_CODE, REGION_PART, Place, fold, read_place
from catalog.words import FAR_PLACES, FILLERS, OPTIONAL, SPELLINGS, USAGE_WORDS

# Services and SKUs have ids of one form.
ID = re.compile(r"\b[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}\b", re.IGNORECASE)
# "1 year commitment", "cud 3yr", "for three years", "36 months".
_COMMIT = r"(?:commit\w*|cuds?|reservation)(?: use)?(?: discounts?)?"
_YEARS = r"(?P<years>1|one|3|three|12|36) ?(?:y|yr|yrs|year|years|mo|month|months)"
COMMITMENT = re.compile(rf"\b(?:{_COMMIT} )?(?:for )?(?:a )?{_YEARS}\b(?: {_COMMIT}\b)?")
ONE_YEAR = ("1", "one", "12")
PLURAL = re.compile(r"[a-z ]*[a-z]{2}[^s\W]s")
# "8 vCPU": how many is for calculate. Names say "VM with 4 VCPU" and "1 to 4 VCPU".
QUANTITY = re.compile(
    r"(?<!\bwith )(?<!\bto )(?<!\bthan )\b\d{1,3} (?=(?:vcpus?|cpus?|cores?|gpus?|vms?|instances?)\b)"
)
# "A licence per vCPU" need not say in its name that it is.
PER = re.compile(r"\bper (\w+)")
# "80 GB", "100Gbps": names write them with a space or without.
AMOUNT = re.compile(r"(\d+) ?(gb|gib|gbps|mbps|tb)")


def _any_of(phrases: Collection[str]) -> str:
    """A pattern of whole words; the longest phrase wins."""
    return rf"\b(?:{'|'.join(sorted(phrases, key=len, reverse=True))})\b"


_A_PLACE = rf"(?:{REGION_CODE.pattern.replace('?P<region>', '?:')}\b|{_any_of(PLACES)})"
PLACE = re.compile(_A_PLACE)
# Traffic has two ends, and the far one is part of a name ("Egress from London to Sydney"): what it goes to,
# or comes from. Where ingress names both, which of them it is sold at differs, so both are.
_END = rf" (?:the )?(?P<place>{_any_of(FAR_PLACES)}|{_A_PLACE})"
TO, FROM, FROM_OR_TO = (re.compile(rf"\b(?P<end>{end}){_END}") for end in ("to", "from", "from|to"))
INBOUND = re.compile(r"\b(?:ingress|inbound|incoming|data transfer in|into)\b")
BOTH_ENDS = re.compile(r"\bfrom\b.*\bto\b")
USAGE = re.compile(_any_of(USAGE_WORDS))
_PHRASES = [f"{phrase}s?" for phrase in SPELLINGS if " " in phrase]
PHRASE_OR_WORD = re.compile(rf"{AMOUNT.pattern}\b|{_any_of(_PHRASES)}|\S+")


@dataclass(frozen=True, slots=True)
class Term:
    """One word or set phrase with the spellings that count as it.

    The likeliest spelling stands first, unless all are equally right. An optional term need not be found;
    one that is only implied has no word. `service_ids` are the services that the phrase is the whole name of.
    """

    word: str
    spellings: tuple[str, ...]
    is_optional: bool = False
    are_equal: bool = False
    service_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """What a query asks for.

    `text` is the whole of it, folded and mended; `place_words` are the words that `place` was read from,
    `mended` the slips with what they were meant to be, and `left_out` words that say nothing to the catalog.
    """

    terms: tuple[Term, ...] = ()
    ids: tuple[str, ...] = ()
    place: Place | None = None
    place_words: tuple[str, ...] = ()
    usage_type: str | None = None
    mended: tuple[tuple[str, str], ...] = ()
    left_out: tuple[str, ...] = ()
    text: str = ""

    @property
    def words(self) -> list[str]:
        return list(self.ids) or [term.word for term in self.terms if term.word]


def read_question(query: str, mend: Callable[[str], str] = str) -> Question:
    """Reads places, usage types and ids out of `query`; what is left are its words.

    An id names one thing, so a query with an id has no other words.

    Args:
        query: as a person wrote it.
        mend: gives the word that a slip was meant to be, and any other word as it is.
    """
    ids = tuple(dict.fromkeys(found.upper() for found in ID.findall(query)))
    if ids:
        return Question(ids=ids)
    typed = fold(query).split()
    # A region of a code that we do not know yet is no slip.
    meant = [word if REGION_PART.fullmatch(word) else mend(word) for word in typed]
    mended = tuple(dict.fromkeys((old, new) for old, new in zip(typed, meant, strict=True) if old != new))
    text = " ".join(meant)
    usage_type, rest = _take_usage_type(text)
    far_ends, rest = _take_far_ends(rest)
    place, place_words, rest = _take_place(rest)
    terms = (*_terms(rest, bool(place or usage_type or far_ends)), *far_ends)
    return Question(terms, (), place, place_words, usage_type, mended, text=text)


def read_usage_type(text: str) -> str | None:
    """The usage type that the whole of `text` names, as "spot" or "3 year commitment" do, or None."""
    usage_type, rest = _take_usage_type(fold(text))
    return usage_type if not rest.strip() else None


def _take_usage_type(text: str) -> tuple[str | None, str]:
    if match := COMMITMENT.search(text):
        return ("Commit1Yr" if match["years"] in ONE_YEAR else "Commit3Yr"), _blank(text, match)
    matches = list(USAGE.finditer(text))
    usage_types = {USAGE_WORDS[match[0]] for match in matches}
    if len(usage_types) != 1:
        return None, text
    for match in matches:
        text = _blank(text, match)
    return usage_types.pop(), text


def _take_far_ends(text: str) -> tuple[tuple[Term, ...], str]:
    ends = TO
    if INBOUND.search(text):
        ends = FROM_OR_TO if BOTH_ENDS.search(text) else FROM
    terms = []
    for match in list(ends.finditer(text)):
        terms.append(Term(match[0], tuple(_end_spellings(match["end"], match["place"]))))
        text = _blank(text, match)
    return tuple(terms), text


def _end_spellings(end: str, name: str) -> Iterator[str]:
    place = read_place(name)
    names = dict.fromkeys((name, *(place.names if place else ())))
    for word in (end, "between", "and", "download"):
        yield from (f"{word} {name}" for name in names)


def _take_place(text: str) -> tuple[Place | None, tuple[str, ...], str]:
    """The first place of `text`, or a narrower one inside it ("Frankfurt, Germany"); others stay words."""
    place: Place | None = None
    taken: list[str] = []
    rest = text
    for match in PLACE.finditer(text):
        found = read_place(match[0])
        if found is None or (place and not (place.covers(found) or found.covers(place))):
            continue
        place = found if place is None or place.covers(found) else place
        taken.append(match[0])
        rest = _blank(rest, match)
    return place, tuple(taken), rest


def _blank(text: str, match: re.Match[str]) -> str:
    """`text` with spaces for what matched, so that positions stay and no phrase forms across the gap."""
    return text[: match.start()] + " " * len(match[0]) + text[match.end() :]


def _terms(text: str, has_more: bool) -> tuple[Term, ...]:
    """The terms of `text` in order; its fillers only where the question is nothing else."""
    machines = [Term(match[0], machine_spellings(match), are_equal=True) for match in MACHINE.finditer(text)]
    rest = QUANTITY.sub("", MACHINE.sub(" ", text))
    words = [match[0] for match in PHRASE_OR_WORD.finditer(rest)]
    telling = [word for word in words if word not in FILLERS]
    kept = telling if telling or machines or has_more else words
    optional = OPTIONAL | set(PER.findall(text))
    if all(word in optional for word in kept) and not machines:
        optional = frozenset()
    return (*machines, *(_term(word, is_optional=word in optional) for word in dict.fromkeys(kept)))


def _term(word: str, *, is_optional: bool) -> Term:
    if match := AMOUNT.fullmatch(word):
        return Term(word, (f"{match[1]}{match[2]}", f"{match[1]} {match[2]}"), are_equal=True)
    singular = word[:-1] if PLURAL.fullmatch(word) else word
    spellings = SPELLINGS.get(word) or SPELLINGS.get(singular) or ()
    return Term(word, tuple(dict.fromkeys((*spellings, word, singular))), is_optional=is_optional)
