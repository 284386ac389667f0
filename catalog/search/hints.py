"""Why nothing was found: the words or filters to drop, and how many SKUs or services would then match."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from catalog.search.contract import FoundService, Kind
from catalog.search.index.criteria import Wanted, asked_by_arguments, conditions
from catalog.search.index.statements import required_terms
from catalog.search.query import Term
from catalog.search.query.spelling import Words

MAX_DROPS = 3
# Where neither of two helps, nothing matches either.
PAIR = 2
FEWER = "Send fewer: the product, what of it, and the place."


def labels_of(wanted: Wanted, kind: Kind) -> list[str]:
    """What could be dropped, in the order of the conditions that the statements make of it."""
    if kind != "services":
        return [condition.label for condition in conditions(wanted)]
    ids = [f"id {' or '.join(wanted.question.ids)}"] if wanted.question.ids else []
    arguments = [condition.label for condition in asked_by_arguments(wanted)]
    return [*ids, *arguments, *(f'"{term.word}"' for term in required_terms(wanted))]


def ways_to_drop(wanted: Wanted, labels: Sequence[str], kind: Kind) -> list[frozenset[int]]:
    """Sets of conditions without which something may match: the words that nothing has, and one more."""
    terms = required_terms(wanted)
    first = len(labels) - len(terms)
    unknown = frozenset(first + i for i, term in enumerate(terms) if _is_unknown(term, wanted.known, kind))
    ways = [unknown | {i} for i in range(len(labels))]
    fewest = [unknown] if unknown else []
    return [way for way in dict.fromkeys([*fewest, *ways]) if 0 < len(way) < len(labels)]


def _is_unknown(term: Term, known: Words, kind: Kind) -> bool:
    if kind == "services":
        return False
    words = {word for spelling in term.spellings for word in spelling.replace("|", " ").split()}
    return not any(known.starting_with(word) for word in words)


def explain(
    kind: Kind,
    labels: Sequence[str],
    matching: Mapping[frozenset[int], int],
    wanted: Wanted,
    services: Sequence[FoundService],
) -> str:
    """The hint for a question that nothing matches, though some services may.

    Args:
        kind: what was looked for.
        labels: the conditions.
        matching: how many match without the conditions of each way that was tried.
        wanted: what was looked for.
        services: what was found beside the SKUs.
    """
    without_skus = _services_without_skus(services)
    if wanted.service and without_skus:
        return without_skus
    found = "services" if kind == "services" else "SKUs"
    return f"{without_skus} {_what_to_drop(labels, matching, found)}".lstrip()


def _services_without_skus(services: Sequence[FoundService]) -> str:
    """A sentence, or nothing where a service has SKUs."""
    if not services or any(service["sku_count"] for service in services):
        return ""
    return f"The catalog has no SKUs of {' or '.join(service['display_name'] for service in services)}."


def _what_to_drop(labels: Sequence[str], matching: Mapping[frozenset[int], int], found: str) -> str:
    if not labels:
        return f"The catalog has no {found}."
    helping = [way for way, count in matching.items() if count]
    if not helping and len(labels) > PAIR and matching:
        return f"No {found} match all of it, nor with one thing less. {FEWER}"
    if not helping:
        return f"No {found} match {' or '.join(labels)}."
    fewest = min(map(len, helping))
    best = sorted(
        (way for way in helping if len(way) == fewest), key=lambda way: (-matching[way], sorted(way))
    )
    drops = [
        f"without {' and '.join(labels[i] for i in sorted(way))} {matching[way]:,} do"
        for way in best[:MAX_DROPS]
    ]
    return f"No {found} match all of it: {', '.join(drops)}."
