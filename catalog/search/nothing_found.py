"""Why nothing was found: an argument with an unknown value, or a word or filter to drop."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from catalog.errors import InvalidArgumentError
from catalog.models import Service, Sku
from catalog.question import Term
from catalog.search.conditions import COLUMNS, Condition, Wanted, conditions, is_service, service_conditions
from catalog.search.contract import FoundService, Kind
from catalog.search.run import rows_of
from catalog.search.sql import compose
from catalog.search.statements import count_matches, count_service_matches
from catalog.words import USAGE_MARKS

# So many conditions can be told apart quickly; a question with more is too long anyway.
MAX_CONDITIONS = 12
MAX_DROPS = 3
FEW_VALUES = 10
CANDIDATES = 5
LIKENESS = 0.5

# Which of the conditions a SKU meets, and how many SKUs do so.
Met = tuple[tuple[int, ...], int]


def explain(wanted: Wanted, kind: Kind, services: Sequence[FoundService]) -> str:
    """The hint for a question that nothing matches, though some services may.

    Raises:
        InvalidArgumentError: an argument has a value that the catalog does not know.
    """
    without_skus = _services_without_skus(services)
    if wanted.service and without_skus:
        return without_skus
    filters = service_conditions(wanted) if kind == "services" else conditions(wanted)
    terms = wanted.question.terms
    is_too_long = len(filters) + len(terms) > MAX_CONDITIONS
    counts = _counts(kind, filters, () if is_too_long else terms)
    _refuse_unknown_values(wanted, filters, counts)
    if is_too_long:
        return f"Nothing has all {len(terms)} words. Send fewer: the product, what of it, and the place."
    labels = [*(condition.label for condition in filters), *(f'"{term.word}"' for term in terms)]
    drops = _what_to_drop(labels, counts, "services" if kind == "services" else "SKUs")
    return f"{without_skus} {drops}".lstrip()


def _services_without_skus(services: Sequence[FoundService]) -> str:
    """A sentence, or nothing where a service has SKUs."""
    if not services or any(service["sku_count"] for service in services):
        return ""
    return f"The catalog has no SKUs of {' or '.join(service['display_name'] for service in services)}."


def _counts(kind: Kind, filters: Sequence[Condition], terms: Sequence[Term]) -> list[Met]:
    count = count_service_matches if kind == "services" else count_matches
    rows = rows_of(count(filters, terms)) if filters or terms else []
    return [(row[:-1], row[-1]) for row in rows]


def _what_to_drop(labels: Sequence[str], counts: Sequence[Met], found: str) -> str:
    """The fewest conditions to drop, with how many would then match."""
    if not labels:
        return f"The catalog has no {found}."
    ways = {frozenset(i for i, is_met in enumerate(met) if not is_met) for met, _ in counts}
    fewest = min(map(len, ways), default=len(labels))
    if fewest == len(labels):
        return f"No {found} match {' or '.join(labels)}."
    matching = {way: _count_without(way, counts) for way in ways if len(way) == fewest}
    best = sorted(matching, key=lambda way: (-matching[way], sorted(way)))[:MAX_DROPS]
    drops = [f"without {' and '.join(labels[i] for i in sorted(way))} {matching[way]:,} do" for way in best]
    return f"No {found} match all of it: {', '.join(drops)}."


def _count_without(way: frozenset[int], counts: Sequence[Met]) -> int:
    return sum(count for met, count in counts if all(met[i] or i in way for i in range(len(met))))


def _refuse_unknown_values(wanted: Wanted, filters: Sequence[Condition], counts: Sequence[Met]) -> None:
    unmet = [
        condition.argument for i, condition in enumerate(filters) if not any(met[i] for met, _ in counts)
    ]
    if "service" in unmet:
        _refuse_unknown_service(wanted.service)
    for argument in COLUMNS:
        # A usage type that Google has and nothing is sold by is no mistake.
        if argument in unmet and (value := getattr(wanted, argument)) not in USAGE_MARKS:
            _refuse_unknown_value(argument, value)


def _refuse_unknown_service(names: Sequence[str]) -> None:
    if rows_of(compose("SELECT 1 FROM services AS s WHERE {is_it} LIMIT 1", is_it=is_service(names))):
        return
    services = list(Service.objects.values("service_id", "display_name"))
    known = {service["display_name"] for service in services}
    asked = names[0].lower()
    holding = sorted((name for name in known if asked in name.lower()), key=lambda name: (len(name), name))
    candidates = list(dict.fromkeys([*holding, *_near(asked, known)]))[:CANDIDATES]
    raise InvalidArgumentError(
        f'No service is called "{names[0]}".',
        hint="Send a service's id or its whole name; kind services lists them.",
        candidates=[
            service for name in candidates for service in services if service["display_name"] == name
        ],
    )


def _refuse_unknown_value(argument: str, value: str) -> None:
    values = Sku.objects.offered().order_by(argument).values_list(argument, flat=True).distinct()
    known = [value for value in values if value]
    raise InvalidArgumentError(
        f'No SKU has {argument} "{value}".',
        hint=f"Send one of the candidates, or search without {argument} and see which there are.",
        candidates=known if len(known) <= FEW_VALUES else _near(value, known),
    )


def _near(text: str, names: Iterable[str]) -> list[str]:
    by_lower = {name.lower(): name for name in names}
    near = difflib.get_close_matches(text.lower(), by_lower, n=CANDIDATES, cutoff=LIKENESS)
    return [by_lower[name] for name in near]
