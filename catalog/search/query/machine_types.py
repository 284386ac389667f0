"""Machine types in a question, and the SKUs that they are billed as."""

from __future__ import annotations

import re

from catalog.search.query.dictionary import MACHINE_GPUS, MACHINE_SHAPES, SYNONYMS

# A folded machine type: "n2 standard 8", "db n1 highmem 4", "a2 highgpu 1g", "c3 standard 4 lssd". After a
# family, a shape that ends in mem, gpu or cpu needs no size: "m3 ultramem".
MACHINE = re.compile(
    rf"\b(?:(?P<database>db) )?(?:(?P<family>[a-z]\d[a-z]?) )?(?P<shape>{'|'.join(MACHINE_SHAPES)})"
    r"(?: (?P<size>\d{1,3}g?|micro|small|medium)(?: \d+)?(?: (?:lssd|metal|ext))?"
    r"|(?(family)(?<=mem|gpu|cpu)|(?!)))\b"
    r"|\b(?P<shared>e2) (?:micro|small|medium)\b"
)
# SKU names say which part of a machine they price.
PARTS = "core|cpu|ram"
N1 = "n1"


def is_n1(match: re.Match[str]) -> bool:
    """Whether the machine type belongs to N1, the family that Cloud SQL machines are named after."""
    return (match["family"] or match["shared"] or N1) == N1


def machine_synonyms(match: re.Match[str]) -> tuple[str, ...]:
    """Synonyms for the machine type in `match`: its processor, RAM and GPU as SKU names call them.

    Cloud SQL has a single SKU for a whole machine ("db-N1Standard-4-15").
    """
    family, shape, size = match["family"] or match["shared"] or N1, match["shape"], match["size"]
    whole = [f"{family}{shape} {size}"] if family == N1 and shape else []
    if match["database"]:
        return tuple(whole) or (match[0],)
    is_custom = shape == "custom"
    gpu = MACHINE_GPUS.get(f"{family} {shape}")
    return (*_parts(family, is_custom=is_custom), *filter(None, [gpu]), *whole)


def _parts(family: str, *, is_custom: bool) -> tuple[str, ...]:
    if family == N1:
        return (f"custom instance + {PARTS}" if is_custom else f"n1 predefined + {PARTS}",)
    custom = " + custom" if is_custom else ""
    return tuple(f"{name}{custom} + {PARTS}" for name in SYNONYMS.get(family, (family,)))
