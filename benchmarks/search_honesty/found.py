"""Sweeps of what the catalog has: the right SKU has to come first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks.search_honesty.cases import Case, first_is
from benchmarks.search_honesty.machines import TERMS, machine_types, part_of
from benchmarks.search_honesty.rows import Rows

THINGS = Path(__file__).with_name("things.txt")
COUNTS = range(1, 21)
COUNTED_IN = "us-central1"
# A SKU without a place in its name is sold in the regions of the first price list, such as us-central1. It
# lists them or, in a folder made from an export, "global".
ANYWHERE = "global"
STORAGE = r"^(?P<of>[A-Z][A-Za-z ]+) Storage [A-Z](?!.*(Early Delete|Dual-region|Multi-region))"
STORAGE_QUESTIONS = (
    "cloud storage {of} {code}",
    "gcs {of} {place}",
    "{of} bucket in {place}, per GB",
    "store 500 GB in cloud storage {of} class {code}",
    "google cloud storage, {of} storage class, {place}",
)


def counts(rows: Rows) -> Iterator[Case]:
    """1 to 20 of a thing in a region."""
    lines = [line for line in THINGS.read_text().splitlines() if not line.startswith("#")]
    for words, pattern in (line.split(" = ") for line in lines):
        right = rows.sold(pattern, COUNTED_IN) | rows.sold(pattern, ANYWHERE)
        if right:
            yield from (Case(f"{n} {words} {COUNTED_IN}", words, first_is(right)) for n in COUNTS)


def machines(rows: Rows) -> Iterator[Case]:
    """A machine type in a region, on demand, spot or committed: its core or RAM first, both among five."""
    for machine in machine_types():
        for n, code in enumerate(rows.regions):
            # Every region by its code, its name or the code of a zone.
            place = (code, rows.place(code), f"{code}-a")[n % 3]
            for term, words in TERMS.items():
                core = rows.sold(part_of(machine, "core", term), code)
                ram = rows.sold(part_of(machine, "ram", term), code)
                if core and ram:
                    query = f"{machine} {words[n % len(words)]} {place}".replace("  ", " ")
                    yield Case(query, term, first_is(core | ram), (core, ram))


def storage_classes(rows: Rows) -> Iterator[Case]:
    """A class of Cloud Storage in a region that sells it, in several phrasings."""
    for name, pattern in storage_patterns(rows).items():
        for code in rows.regions:
            right = rows.sold(pattern, code)
            if right:
                words = {"of": name.lower(), "code": code, "place": rows.place(code)}
                for question in STORAGE_QUESTIONS:
                    yield Case(question.format(**words), name, first_is(right))


def storage_patterns(rows: Rows) -> dict[str, str]:
    """The classes of Cloud Storage, each with a pattern for its SKUs of regions."""
    sold = [row for row in rows.named(STORAGE) if row.service == "Cloud Storage" and row.family == "Storage"]
    names = {row.name.split(" Storage ")[0] for row in sold}
    return {name: STORAGE.replace("(?P<of>[A-Z][A-Za-z ]+)", name) for name in sorted(names)}
