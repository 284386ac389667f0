"""Machine types in a question, as the facts about the SKUs that they are billed as."""

from __future__ import annotations

import re

from catalog.offers.vocabulary import Alternatives, Fact
from catalog.search.query.dictionary import DATABASE_MEMORY, MACHINE_GPUS, MACHINE_TYPES
from catalog.search.query.facts import NamedFact
from catalog.search.query.patterns import any_of

_DB, _SHAPE, _ALONE, _CUSTOM, _EXTRA, _SHARED, _SHARED_SIZE = (
    any_of(MACHINE_TYPES[part])
    for part in ("database", "shape", "alone", "custom", "extra", "shared family", "shared size")
)
# A folded machine type: "n2 standard 8", "db n1 highmem 4", "a2 highgpu 1g", "c3 standard 4 lssd".
MACHINE = re.compile(
    rf"(?:(?P<database>{_DB}) )?\b(?P<family>[a-z]\d[a-z]?) "
    rf"(?:(?P<shape>{_SHAPE}) (?P<size>\d{{1,3}}g?)(?: \d{{4,6}})?(?: {_EXTRA})?|(?P<whole>{_ALONE}))\b"
    rf"|{_DB} {_CUSTOM} (?P<cores>\d{{1,3}}) (?P<mib>\d{{4,6}})\b"
    rf"|(?:(?P<database_alone>{_DB}) )?(?P<alone>{_ALONE}|{_CUSTOM}(?= \d+ \d{{4,6}}\b))"
    rf" (?P<count>\d{{1,3}}g?)\b(?: \d{{4,6}}(?: {_EXTRA})?\b)?"
    rf"|(?:(?P<database_shared>{_DB}) )?(?P<shared>{_SHARED}) (?P<shared_size>{_SHARED_SIZE})"
)
N1 = "n1"
DATABASE: Fact = ("product", "cloud-sql")
MIB = 1024
PARTS: Alternatives = (("part", "core"), ("part", "ram"), ("part", "gpu"))


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
    if shape == "custom":
        found.append(NamedFact("custom", (("purpose", "custom"),)))
    return tuple(found)


def _database(words: str, shape: str, parts: Alternatives) -> tuple[NamedFact, ...]:
    """Cloud SQL has SKUs for whole machines, and for the processors and memory of custom ones."""
    return (NamedFact(words, (DATABASE,)), NamedFact(words, (("shape", shape), *parts)))


def _shape(cores: int, memory: float) -> str:
    """The size of a machine as the attribute "shape" spells it: "2x7-5" for 2 vCPUs and 7.5 GiB."""
    return f"{cores}x{memory:g}".replace(".", "-")
