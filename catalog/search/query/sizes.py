"""Machine sizes in a question: licences and databases have a SKU for each size."""

from __future__ import annotations

import re
from dataclasses import dataclass

from catalog.offers.attributes import NO_LIMIT, Span
from catalog.search.query.dictionary import NUMBERS, SIZES
from catalog.search.query.patterns import any_of, part_of_word

# These patterns are the grammar of sizes, which consists of numbers and units.
# Quantities belong to the calculate tool, but some SKUs are for a size: "VM with 1 to 4 VCPU".
_TO, _UP_TO, _EXACTLY, _MORE_THAN, _OR_MORE = (
    any_of(SIZES[words]) for words in ("from to", "up to", "exactly", "more than", "or more")
)
_COUNT = (
    rf"\b(?P<range>(?:(?P<least>\d+) {_TO} |(?P<up_to>{_UP_TO}) |{_EXACTLY} )?)(?P<above>(?:{_MORE_THAN} )?)"
    rf"(?P<count>[1-9]\d{{0,2}})(?P<open>(?: {_OR_MORE})?)"
)
VCPUS, GPUS = (re.compile(rf"{_COUNT} ?(?P<unit>{part_of_word(SIZES[unit])})\b") for unit in ("cpu", "gpu"))
# "104 GB"; "7.5gb", which folds to "7 5gb".
MEMORY = re.compile(rf"\b(?P<count>\d{{1,4}}(?: \d{{1,2}})?) ?{part_of_word(SIZES['gigabyte'])}\b")
HIGH_MEMORY, PARTS = (
    re.compile(any_of(words)) for words in (SIZES["high memory"], (*SIZES["cpu"], *SIZES["memory"]))
)
(VCPU,) = SIZES["cpu in names"]
# A board has eight chips; more are a slice of a pod: "v3-32".
TPU = re.compile(r"\b(?P<version>v\d[a-z]?) (?P<count>\d{1,4})\b")
BOARD = 8
(POD,) = SIZES["slice in names"]
NUMBER = re.compile(rf"{any_of(NUMBERS)}(?= {any_of(SIZES['cpu'])})")
OTHER_COUNTS = re.compile(rf"(?<!\b\d )(?<!\b\d\d )\b\d{{1,3}} (?={any_of(SIZES['thing'])})")
# The size in a machine type: "8" processors, "2g" of GPUs.
OF_MACHINE = re.compile(r"(?P<count>\d{1,3})(?P<gpus>g?)")


@dataclass(frozen=True, slots=True)
class Size:
    """The size of a machine: `least` to `most` of a unit, as `Span` has them."""

    unit: str
    least: int
    most: int

    @property
    def is_exact(self) -> bool:
        return self.least == self.most

    def fits(self, span: Span) -> bool:
        return self.unit == span.unit and span.least <= self.most and self.least <= span.most


def sizes_in(text: str) -> tuple[Size, ...]:
    """The sizes of machines that `text` names, without machine types."""
    text = NUMBER.sub(lambda match: NUMBERS[match[0]], text)
    counted = [("cpu", VCPUS.search(text)), ("gpu", GPUS.search(text))]
    found = [_size(unit, match) for unit, match in counted if match]
    if memory := MEMORY.search(text):
        amount = int(memory["count"].split()[0])
        found.append(Size("ram", amount, amount))
    return tuple(found)


def size_of_machine(text: str) -> tuple[Size, ...]:
    """The size in a machine type, "8" or "2g"; none if it is a word or missing."""
    match = OF_MACHINE.fullmatch(text)
    if not match:
        return ()
    count = int(match["count"])
    return (Size("gpu" if match["gpus"] else "cpu", count, count),)


def _size(unit: str, match: re.Match[str]) -> Size:
    count = int(match["count"]) + bool(match["above"])
    if match["above"] or match["open"]:
        return Size(unit, count, NO_LIMIT)
    return Size(unit, 1 if match["up_to"] else int(match["least"] or count), count)


def take_sizes(text: str) -> tuple[list[tuple[str, tuple[str, ...]]], str]:
    """The sizes in `text` as the names of SKUs have them, and the text without them.

    Each size is a word, empty if only implied, with its synonyms.
    """
    sizes: list[tuple[str, tuple[str, ...]]] = []
    text = TPU.sub(_slice if "tpu" in text.split() else _large_slice, text)
    text = NUMBER.sub(lambda match: NUMBERS[match[0]], text)
    if match := VCPUS.search(text):
        count = int(match["count"]) + bool(match["above"])
        if match["range"] or match["above"]:
            sizes.append(("", (VCPUS.sub(_in_names, match[0]),)))
        shapes = ("highmem",) if HIGH_MEMORY.search(text) else ("standard", "highmem")
        sizes.append(("", tuple(f"n1{shape} {count}" for shape in shapes)))
        text = HIGH_MEMORY.sub(" ", VCPUS.sub(r" \g<unit> ", text))
        if memory := MEMORY.search(text):
            # Processors with memory are a whole machine, whose name does not mention its parts.
            sizes.append(("", (f"{count} {memory['count']}", f"{count} {VCPU} {memory['count']}gb")))
            text = PARTS.sub(" ", MEMORY.sub(" ", text))
    return sizes, OTHER_COUNTS.sub("", text)


def _slice(match: re.Match[str]) -> str:
    """The version of a TPU, and what SKU names call a slice of more than a board."""
    return f"{match['version']} {POD}" if int(match["count"]) > BOARD else match["version"]


def _large_slice(match: re.Match[str]) -> str:
    """As _slice where no TPU is named: a smaller number is a version, "DeepSeek v3.1"."""
    return _slice(match) if int(match["count"]) >= BOARD else match[0]


def _in_names(match: re.Match[str]) -> str:
    return re.sub(rf"{match['unit']}$", VCPU, match[0])
