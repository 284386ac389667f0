"""Machine sizes in a question: licences and databases have a SKU for each size."""

from __future__ import annotations

import re

from catalog.search.query.dictionary import NUMBERS, VCPU_RANGES
from catalog.search.query.patterns import any_of

# These patterns are the grammar of sizes, which consists of numbers and units.
# Quantities belong to the calculate tool, but some SKU names contain them: "VM with 1 to 4 VCPU".
VCPUS = re.compile(
    r"(?<!\b\d )(?<!\b\d\d )\b(?P<range>(?:\d+ to |up to |with )?)"
    r"(?P<above>(?:(?:more|larger|bigger|greater|higher) than |above |over )?)"
    r"(?P<count>\d{1,3})(?: or more| plus| or above)?"
    r" ?(?P<unit>v?cpus?|v?cores?|processors?)\b"
)
# "104 GB"; "7.5gb", which folds to "7 5gb".
MEMORY = re.compile(r"\b(?P<count>\d{1,4}(?: \d{1,2})?) ?(?:gb|gib|gigabytes?|gigs?|g)\b")
HIGH_MEMORY = re.compile(r"\bhigh ?mem(?:ory)?\b")
PARTS = re.compile(r"\b(?:v?cpus?|v?cores?|ram|memory|mem)\b")
# A board has eight chips; more are a slice of a pod: "v3-32".
TPU = re.compile(r"\b(?P<version>v\d[a-z]?) (?P<count>\d{1,4})\b")
BOARD = 8
NUMBER = re.compile(rf"{any_of(NUMBERS)}(?= (?:v?cpus?|v?cores?)\b)")
NO_LIMIT = "*"
OTHER_COUNTS = re.compile(r"(?<!\b\d )(?<!\b\d\d )\b\d{1,3} (?=(?:gpus?|vms?|instances?|machines?|nodes?)\b)")


def take_sizes(text: str) -> tuple[list[tuple[str, tuple[str, ...]]], str]:
    """The sizes in `text` and the text without them.

    Each size is a word, empty if only implied, with its synonyms.
    """
    sizes: list[tuple[str, tuple[str, ...]]] = []
    if tpu := TPU.search(text):
        sizes += [("", ("pod",))] if int(tpu["count"]) > BOARD else []
        text = TPU.sub(r"\g<version>", text)
    text = NUMBER.sub(lambda match: NUMBERS[match[0]], text)
    if match := VCPUS.search(text):
        count = int(match["count"]) + bool(match["above"])
        if match["range"] or match["above"]:
            sizes.append(("", (VCPUS.sub(_in_names, match[0]),)))
        shapes = ("highmem",) if HIGH_MEMORY.search(text) else ("standard", "highmem")
        databases = tuple(f"n1{shape} {count}" for shape in shapes)
        sizes.append(("", (*vcpu_names(count), *databases)))
        text = HIGH_MEMORY.sub(" ", VCPUS.sub(r" \g<unit> ", text))
        if memory := MEMORY.search(text):
            # Processors with memory are a whole machine, whose name does not mention its parts.
            sizes.append(("", (f"{count} {memory['count']}", f"{count} vcpu {memory['count']}gb")))
            text = PARTS.sub(" ", MEMORY.sub(" ", text))
    return sizes, OTHER_COUNTS.sub("", text)


def _in_names(match: re.Match[str]) -> str:
    return re.sub(rf"{match['unit']}$", "vcpu", match[0])


def vcpu_names(count: int) -> tuple[str, ...]:
    """The phrases by which SKU names refer to a machine with `count` processors."""
    names = (name for key, names in VCPU_RANGES.items() if _covers(key, count) for name in names)
    return (f"with {count} vcpu", *names)


def _covers(span: str, count: int) -> bool:
    least, most = span.split("-")
    return int(least) <= count and (most == NO_LIMIT or count <= int(most))
