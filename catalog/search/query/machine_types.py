"""Machine types in a question, as the facts about the SKUs that they are billed as."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from catalog.offers.vocabulary import Alternatives, Fact
from catalog.search.query.dictionary import DATABASE_MEMORY, MACHINE_GPUS, MACHINE_TYPES, NUMBERS, SIZES
from catalog.search.query.facts import NamedFact
from catalog.search.query.patterns import any_of, part_of_word

_DB, _SHAPE, _ALONE, _CUSTOM, _EXTRA, _SHARED, _SHARED_SIZE = (
    any_of(MACHINE_TYPES[part])
    for part in ("database", "shape", "alone", "custom", "extra", "shared family", "shared size")
)
# A folded machine type: "n2 standard 8", "db n1 highmem 4", "a2 highgpu 1g", "c3 standard 4 lssd".
MACHINE = re.compile(
    rf"(?:(?P<database>{_DB}) )?\b(?P<family>[a-z]\d[a-z]?) "
    rf"(?:(?P<shape>{_SHAPE}) (?P<size>\d{{1,3}}g?)(?: (?P<memory>\d{{4,6}})\b)?"
    rf"(?P<extra>(?: {_EXTRA}){{0,2}})|(?P<whole>{_ALONE}))\b"
    rf"|{_DB} {_CUSTOM} (?P<cores>\d{{1,3}}) (?P<mib>\d{{4,6}})\b"
    rf"|(?:(?P<database_alone>{_DB}) )?(?P<alone>{_ALONE}|{_CUSTOM}(?= \d+ \d{{4,6}}\b))"
    rf" (?P<count>\d{{1,3}}g?)\b(?P<memory_alone>(?: \d{{4,6}}(?: {_EXTRA})?\b)?)"
    rf"|(?:(?P<database_shared>{_DB}) )?(?P<shared>{_SHARED}) (?P<shared_size>{_SHARED_SIZE})"
)
N1 = "n1"
DATABASE: Fact = ("product", "cloud-sql")
MIB = 1024
PARTS: Alternatives = (("part", "core"), ("part", "ram"), ("part", "gpu"))
CUSTOM = "custom"
_NUMBER = rf"\b(?P<number>[1-9]\d{{0,3}}|{part_of_word(NUMBERS)})"
_COUNTED, _MAKER, _GPU = (
    part_of_word(words) for words in (MACHINE_TYPES["counted"], MACHINE_TYPES["maker"], SIZES["gpu"])
)
# "3 ", "3x ", "10 instances of "; " x 3"
_BEFORE = re.compile(rf"{_NUMBER}(?P<counted>(?: ?{_COUNTED})*) $")
_AFTER = re.compile(r" x ?(?P<number>[1-9]\d{0,3})\b")
# "2 Nvidia Tesla ", "4x "; " GPU 2x"
_BEFORE_GPU = re.compile(rf"{_NUMBER}(?: ?x)?(?: (?:{_MAKER}|{_GPU}))* $")
_AFTER_GPU = re.compile(rf"(?: {_GPU})?(?: x ?(?P<number>[1-9]\d?)| (?P<times>[1-9]\d?) ?x)\b")


@dataclass(frozen=True, slots=True)
class NamedMachine:
    """A machine type of Compute Engine, as gcloud writes it, and the number of such machines, if one is said.

    Neither the type nor its series need to exist.
    """

    name: str
    count: int | None = None


def named_machines(text: str, quantity: Collection[str]) -> tuple[NamedMachine, ...]:
    """The machines of Compute Engine that `text` names with their size.

    Args:
        text: a question without its places.
        quantity: the quantities in it: another number is a version, as in "Debian 12 n2-standard-4".
    """
    others = _without_machines(text)
    found = [
        NamedMachine(name.replace(" ", "-"), _count(others, match, quantity))
        for match in MACHINE.finditer(text)
        if (name := _name(match))
    ]
    return tuple(dict.fromkeys(found))


def _without_machines(text: str) -> str:
    """The text with other marks in the places of machines, whose numbers are sizes."""
    return MACHINE.sub(lambda match: "." * len(match[0]), text)


def _name(match: re.Match[str]) -> str:
    """The name of a machine with a size, "" if it is of a database; Cloud SQL names machines after N1."""
    named = match.groupdict("")
    if named["shared"] and not named["database_shared"]:
        return f"{named['shared']} {named['shared_size']}"
    if named["size"] and not named["database"]:
        memory = f" {named['memory']}" if named["memory"] and named["shape"] == CUSTOM else ""
        return f"{named['family']} {named['shape']} {named['size']}{memory}{named['extra']}"
    is_custom = named["alone"] == CUSTOM and not named["database_alone"]
    return f"{CUSTOM} {named['count']}{named['memory_alone']}" if is_custom else ""


def _count(text: str, match: re.Match[str], quantity: Collection[str]) -> int | None:
    before, after = _BEFORE.search(text[: match.start()]), _AFTER.match(text[match.end() :])
    if before and before["counted"].strip() == "" and before["number"] not in (*quantity, *NUMBERS):
        before = None
    found = before or after
    return _number(found["number"]) if found else None


def gpu_count(words: str, text: str) -> int | None:
    """The number of GPUs that `text` says beside `words`, the name of a model: "2 x T4"; None if none is."""
    words, text = MACHINE.sub("", words).strip(), _without_machines(text)
    start = text.find(words)
    if not words or start < 0:
        return None
    found = _BEFORE_GPU.search(text[:start]) or _AFTER_GPU.match(text[start + len(words) :])
    return _number(next(filter(None, found.groups()))) if found else None


def _number(text: str) -> int:
    return int(NUMBERS.get(text, text))


def machine_facts(match: re.Match[str], *, is_database: bool) -> tuple[NamedFact, ...]:
    """What the SKUs that the machine type in `match` is billed as have to be.

    Args:
        match: a match of MACHINE.
        is_database: whether the question is about a database, whose machines are Cloud SQL's.
    """
    if match["cores"]:
        return _database(match[0], _shape(int(match["cores"]), int(match["mib"]) / MIB), PARTS[:2])
    family, shape = (
        match["family"] or match["shared"] or N1,
        match["shape"] or match["whole"] or match["alone"],
    )
    size = match["size"] or match["count"] or ""
    if is_database or match["database"] or match["database_alone"] or match["database_shared"]:
        known = size.isdigit() and shape in DATABASE_MEMORY
        whole = _shape(int(size), int(size) * DATABASE_MEMORY[shape]) if known else match[0].replace(" ", "-")
        return _database(match[0], whole, ())
    gpu = MACHINE_GPUS.get(f"{family} {shape}")
    found = [NamedFact(match[0], (("family", family),)), NamedFact(match[0], PARTS if gpu else PARTS[:2])]
    if gpu:
        found.append(NamedFact(match[0], (("model", gpu), *PARTS[:2])))
    if shape == CUSTOM:
        found.append(NamedFact("custom", (("purpose", "custom"),)))
    return tuple(found)


def _database(words: str, shape: str, parts: Alternatives) -> tuple[NamedFact, ...]:
    """Cloud SQL has SKUs for whole machines, and for the processors and memory of custom ones."""
    return (NamedFact(words, (DATABASE,)), NamedFact(words, (("shape", shape), *parts)))


def _shape(cores: int, memory: float) -> str:
    """The size of a machine as the attribute "shape" spells it: "2x7-5" for 2 vCPUs and 7.5 GiB."""
    return f"{cores}x{memory:g}".replace(".", "-")
