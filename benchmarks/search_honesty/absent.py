"""Sweeps of what the catalog does not have: another price may not be shown as if it were this one."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from benchmarks.search_honesty.cases import Case, nothing_and_told, nothing_or_told
from benchmarks.search_honesty.found import storage_patterns
from benchmarks.search_honesty.machines import TERMS, any_of, families, family_of, first_types, part_of
from benchmarks.search_honesty.rows import REGION_CODE, Row, Rows, folded, spread

ANY_REGION = "us-central1"
# Words that tell nothing of a product.
GENERIC = frozenset({"a", "and", "by", "for", "from", "google", "in", "of", "on", "the", "to", "with"})
MODEL = r"^(Nvidia )?(Tesla )?(?P<of>[A-Z]+\d+) .*GPU running in"
FAMILY_QUESTIONS = ("{of} core {code}", "{of} vcpu {place}", "price of {of} ram in {code}")
MACHINE_QUESTIONS = ("{of} {code}", "price of {of} in {place}")
# Machine types of these families have GPUs, SKUs of their own, which may be sold where the core is not.
WITH_GPUS = ("a", "g")
MODEL_QUESTIONS = ("{of} gpu {code}", "nvidia {of} {place}", "price of one {of} in {code}")
CLASS_QUESTIONS = ("cloud storage {of} {code}", "gcs {of} {place}", "{of} storage bucket in {code}")
# What the names of SKUs with a term contain, and what an answer may call it.
TERM_NAMES = {
    "Preemptible": r"(?i)spot|preempt",
    "Commit1Yr": r"(?i)commit|\bCUD\b|\b1 year|reserv",
    "Commit3Yr": r"(?i)commit|\bCUD\b|\b3 year|reserv",
}
COMMITMENT = ("commitment", "commitments", "committed", "cud", "cuds")
TERM_WORDS = {
    "Preemptible": ("spot", "preemptible"),
    "Commit1Yr": ("commit1yr", "1 year", "1 years", "one year", "1yr", "1 yr", "1y", *COMMITMENT),
    "Commit3Yr": ("commit3yr", "3 year", "3 years", "three years", "3yr", "3 yr", "3y", *COMMITMENT),
}
SKUS_OF_A_CATEGORY = 6
FEW_WORDS = 2
FEW_REGIONS = 8
CODE = re.compile(rf"\b{REGION_CODE.pattern}\b")


def services_without_skus(rows: Rows) -> Iterator[Case]:
    """A service that has no SKU: nothing is shown, or the answer says that it has none."""
    for name in unknown_services(rows):
        is_right = nothing_or_told(name)
        yield Case(name, "alone", is_right)
        yield Case(f"{name} {ANY_REGION}", "with a region", is_right)
        yield Case(f"price of {name}", "price of", is_right)


def unknown_services(rows: Rows) -> list[str]:
    """The services without SKUs, except those whose words all stand in the names of a SKU and its service."""
    sold = {row.service for row in rows.skus}
    words = {frozenset(folded(f"{row.name} {row.service}").split()) for row in rows.skus}
    unknown = sorted({name for name in rows.services if name not in sold})
    own = {name: frozenset(folded(name).split()) - GENERIC for name in unknown}
    return [name for name in unknown if own[name] and not any(own[name] <= known for known in words)]


def not_sold_in_region(rows: Rows) -> Iterator[Case]:
    """A thing in a region where no SKU of it is sold: nothing is shown, and the answer says so."""
    types = first_types()
    for family in families():
        yield from _not_sold(rows, "family", FAMILY_QUESTIONS, any_of(family), family)
        if not family.startswith(WITH_GPUS):
            yield from _not_sold(rows, "machine type", MACHINE_QUESTIONS, any_of(family), types[family])
    for model in _values(rows, MODEL):
        yield from _not_sold(rows, "GPU model", MODEL_QUESTIONS, rf"\b{model}\b", model.lower())
    for name in storage_patterns(rows):
        yield from _not_sold(rows, "storage class", CLASS_QUESTIONS, f"^{name} Storage ", name.lower())


def _not_sold(rows: Rows, kind: str, questions: tuple[str, ...], pattern: str, thing: str) -> Iterator[Case]:
    unsold = sorted({*rows.regions} - rows.reaches(pattern))
    # What is sold nowhere would outweigh the rest.
    codes = spread(unsold, FEW_REGIONS) if unsold == rows.regions else unsold
    for code in codes:
        place = rows.place(code)
        for question in questions:
            query = question.format(of=thing, code=code, place=place)
            yield Case(query, kind, nothing_and_told(code, place, thing, family_of(thing)))


def _values(rows: Rows, pattern: str) -> list[str]:
    found = (re.search(pattern, row.name) for row in rows.named(pattern))
    return sorted({match["of"] for match in found if match})


def terms_not_sold(rows: Rows) -> Iterator[Case]:
    """Spot or a commitment of what is only sold otherwise: nothing is shown, or the answer says so."""
    for term, sellers in TERM_NAMES.items():
        offered = [row for row in rows.skus if row.usage_type == term or re.search(sellers, row.name)]
        for thing in [*_families_without(rows, term), *_skus_without(rows, offered)]:
            for words in TERMS[term]:
                query = f"{words} {thing}" if term == "Preemptible" else f"{thing} {words}"
                yield Case(query, term, nothing_or_told(*TERM_WORDS[term]))


def _families_without(rows: Rows, term: str) -> Iterator[str]:
    types = first_types()
    for family in families():
        if any(rows.named(part_of(family, part, term)) for part in ("core", "ram")):
            continue
        for code in sorted(rows.reaches(part_of(family, "core", "OnDemand"))):
            yield f"{family} core {code}"
            yield f"{family} ram {rows.place(code)}"
            yield f"{types[family]} {code}"


def _skus_without(rows: Rows, offered: list[Row]) -> Iterator[str]:
    """The names of SKUs in whose category nothing is offered by the term, some of each category."""
    by_category: defaultdict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for row in rows.skus:
        by_category[row.category].append(row)
    with_term = {_offer_of(*row.category) for row in offered}
    # A commitment in dollars covers all that its service runs.
    covered = {row.service for row in offered if "dollar based" in row.name}
    known = {frozenset(folded(row.name).split()) for row in offered}
    for category, skus in sorted(by_category.items()):
        service, family, _ = category
        is_covered = service in covered and family in {"Compute", "ApplicationServices"}
        if _offer_of(*category) not in with_term and not is_covered:
            names = sorted({row.name for row in skus if row.usage_type == "OnDemand"})
            for name in spread(names, SKUS_OF_A_CATEGORY):
                if not _is_like(name, known):
                    # "Requests" alone means nothing.
                    yield name if len(_words(name)) > FEW_WORDS else f"{service} {name}"


def _offer_of(service: str, family: str, group: str) -> tuple[str, ...]:
    """What a term is offered for: a category, or all licences, whose commitments have their own groups."""
    return (service, family) if family == "License" else (service, family, group)


def _is_like(name: str, known: set[frozenset[str]]) -> bool:
    """Whether one of the known names has more than half of the words."""
    words = _words(name)
    return any(len(words & other) * 2 > len(words) for other in known)


def _words(name: str) -> frozenset[str]:
    """The words of a name without the place where the SKU is sold."""
    thing = re.sub(r" in .*|\(.*?\)", "", CODE.sub("", name))
    return frozenset(folded(thing).split()) - GENERIC
