"""Machine types in a question, as the facts about the SKUs that they are billed as."""

from __future__ import annotations

import re

from catalog.offers.vocabulary import Alternatives, Fact
from catalog.search.query.dictionary import MACHINE_GPUS, MACHINE_SHAPES
from catalog.search.query.facts import NamedFact

# A folded machine type: "n2 standard 8", "db n1 highmem 4", "a2 highgpu 1g", "c3 standard 4 lssd". After a
# family, a shape that ends in mem, gpu or cpu needs no size: "m3 ultramem". Only such a shape can do without
# a family: "standard 100" is an amount of something standard.
_ALONE = "|".join(shape for shape in MACHINE_SHAPES if shape.endswith(("mem", "gpu", "cpu")))
MACHINE = re.compile(
    rf"\b(?:(?P<database>db) )?(?P<family>[a-z]\d[a-z]?) (?P<shape>{'|'.join(MACHINE_SHAPES)})"
    r"(?: (?P<size>\d{1,3}g?)(?: \d{4,6})?(?: (?:lssd|metal|ext))?|(?<=mem|gpu|cpu))\b"
    r"|\bdb custom (?P<cores>\d{1,3}) (?P<mib>\d{4,6})\b"
    rf"|\b(?:(?P<database_alone>db) )?(?P<alone>{_ALONE}|custom(?= \d+ \d{{4,6}}\b)) (?P<count>\d{{1,3}}g?)\b"
    r"(?: \d{4,6}(?: ext)?\b)?"
    r"|\b(?:(?P<database_shared>db) )?(?P<shared>e2|f1|g1) (?P<shared_size>micro|small|medium)\b"
)
N1 = "n1"
DATABASE: Fact = ("product", "cloud-sql")
MIB = 1024
# GiB of memory a vCPU. Source: Cloud SQL documentation, "Machine types of MySQL".
MEMORY_OF_CORE = {"standard": 3.75, "highmem": 6.5}
PARTS: Alternatives = (("part", "core"), ("part", "ram"), ("part", "gpu"))


def machine_facts(match: re.Match[str], *, is_database: bool) -> tuple[NamedFact, ...]:
    """What the SKUs that the machine type in `match` is billed as have to be.

    Args:
        match: a match of MACHINE.
        is_database: whether the question is about a database, whose machines are Cloud SQL's.
    """
    if match["cores"]:
        return _database(match[0], _shape(int(match["cores"]), int(match["mib"]) / MIB), PARTS[:2])
    family, shape = match["family"] or match["shared"] or N1, match["shape"] or match["alone"]
    size = match["size"] or match["count"] or ""
    if is_database or match["database"] or match["database_alone"] or match["database_shared"]:
        known = size.isdigit() and shape in MEMORY_OF_CORE
        whole = _shape(int(size), int(size) * MEMORY_OF_CORE[shape]) if known else match[0].replace(" ", "-")
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
