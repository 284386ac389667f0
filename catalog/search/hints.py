"""Hints for searches without results: the words or filters to drop, and how many matches that gives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from catalog.search.contract import FoundService, Kind
from catalog.search.index.plan import Plan, argument_conditions, conditions
from catalog.search.index.services import service_terms
from catalog.search.index.statements import required_terms
from catalog.search.query import Term
from catalog.search.query.spelling import Words

MAX_DROPS = 3
# With two conditions, "even with one of them dropped" would just say that neither of them matches.
PAIR = 2
FEWER = "Send fewer terms: the product, its part and the place."


def labels_of(plan: Plan, kind: Kind) -> list[str]:
    """The conditions that can be dropped, in the order in which the statements use them."""
    if kind != "services":
        return [condition.label for condition in conditions(plan)]
    ids = [f"id {' or '.join(plan.question.ids)}"] if plan.question.ids else []
    arguments = [condition.label for condition in argument_conditions(plan)]
    return [*ids, *arguments, *(f'"{term.word}"' for term in service_terms(plan))]


def ways_to_drop(plan: Plan, labels: Sequence[str], kind: Kind) -> list[frozenset[int]]:
    """The sets of conditions to drop: the words that no SKU contains, alone and with one more condition."""
    terms = service_terms(plan) if kind == "services" else required_terms(plan)
    first = len(labels) - len(terms)
    unknown = frozenset(first + i for i, term in enumerate(terms) if _is_unknown(term, plan.known, kind))
    ways = [unknown | {i} for i in range(len(labels))]
    fewest = [unknown] if unknown else []
    return [way for way in dict.fromkeys([*fewest, *ways]) if 0 < len(way) < len(labels)]


def _is_unknown(term: Term, known: Words, kind: Kind) -> bool:
    if kind == "services":
        return False
    words = {word for synonym in term.synonyms for word in synonym.replace("|", " ").split()}
    return not any(known.starting_with(word) for word in words)


def explain(
    kind: Kind,
    labels: Sequence[str],
    matching: Mapping[frozenset[int], int],
    plan: Plan,
    services: Sequence[FoundService],
) -> str:
    """The hint for a search without SKUs, or without services if `kind` is "services".

    Args:
        kind: what was searched for.
        labels: the labels of the conditions.
        matching: the number of matches for each set of dropped conditions.
        plan: what was asked for.
        services: the services that did match.
    """
    without_skus = _services_without_skus(services)
    if plan.service and without_skus:
        return without_skus
    found = "service" if kind == "services" else "SKU"
    return f"{without_skus} {_what_to_drop(labels, matching, found)}".lstrip()


def _services_without_skus(services: Sequence[FoundService]) -> str:
    """A sentence that says so, or an empty string if a service has SKUs."""
    if not services or any(service["sku_count"] for service in services):
        return ""
    return f"The catalog has no SKUs for {' or '.join(service['display_name'] for service in services)}."


def _what_to_drop(labels: Sequence[str], matching: Mapping[frozenset[int], int], found: str) -> str:
    if not labels:
        return f"The catalog has no {found}s."
    helping = [way for way, count in matching.items() if count]
    if not helping and len(labels) > PAIR and matching:
        return f"No {found} matches all terms, even with any one of them dropped. {FEWER}"
    if not helping:
        return f"No {found} matches {' or '.join(labels)}."
    fewest = min(map(len, helping))
    best = sorted(
        (way for way in helping if len(way) == fewest), key=lambda way: (-matching[way], sorted(way))
    )
    drops = [
        f"Without {' and '.join(labels[i] for i in sorted(way))}: {_matches(matching[way])}."
        for way in best[:MAX_DROPS]
    ]
    return " ".join([f"No {found} matches all terms.", *drops])


def _matches(count: int) -> str:
    return f"{count:,} {'match' if count == 1 else 'matches'}"


def hint(plan: Plan, sentences: Iterable[str]) -> str | None:
    """What was corrected, ignored and given up, followed by `sentences`; None if there is nothing to say."""
    question = plan.question
    corrections = [
        f'Corrected "{typed}" to "{correction}".'
        for typed, correction in question.corrected
        if correction not in plan.dropped and typed != correction.replace(" ", "")
    ]
    terms = [fact.word for fact in plan.unsold_terms]
    others = [word for word in plan.dropped if word not in terms]
    given_up = [
        f"Did not read {quoted(question.unread)}: ask in English."
        if question.unread and not question.is_in_another_language
        else "",
        f"Ignored {quoted(question.unknown)}: not in any SKU or service." if question.unknown else "",
        f"Ignored {quoted(question.unread_settings)}: settings that search does not know."
        if question.unread_settings
        else "",
        f"Ignored {quoted(question.foreign)}: another company sells it." if question.foreign else "",
        f"Ignored {quoted(question.features)}: a feature without SKUs of its own."
        if question.features
        else "",
        f"Left out {quoted(question.left_out)}: it has SKUs of its own." if question.left_out else "",
        f"Left out {quoted(question.uses)}, taken as what it is for: ask for that product alone."
        if question.uses
        else "",
        f"No SKU matches all terms. Ignored {quoted(others)}." if others else "",
        f"Not sold as {quoted(terms)}." if terms else "",
    ]
    return " ".join(filter(None, [*corrections, *given_up, *sentences])) or None


def quoted(words: Iterable[str]) -> str:
    return ", ".join(f'"{word}"' for word in dict.fromkeys(words))
