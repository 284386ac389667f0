"""What a SKU must meet to be found."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from catalog.places import Place
from catalog.search.index.fts import (
    NOTHING,
    both,
    either,
    filter_token,
    in_column,
    of_services,
    term_match,
    words_of,
)
from catalog.search.query import Question, Term
from catalog.search.query.dictionary import USAGE_MARKS
from catalog.search.query.spelling import Words

# Arguments that are compared with a column, and what their filter tokens start with.
COLUMNS = {"resource_family": "family", "resource_group": "group", "usage_type": "usage"}


KNOWN_CODE, NEW_CODE = 1, 2


@dataclass(frozen=True, slots=True)
class Wanted:
    """A question with its filters.

    `service_ids` are the services that the argument `service` names. A place or usage type is strict where
    an argument asks for it. What was merely read out of the words is not: a SKU whose name carries the
    words counts too, as "Tpu-v2 Preemptible Accelerator" does, which is listed as on demand.
    `known` are the words of the catalog, and `without` words left out as no SKU has them with the others.
    """

    question: Question
    service: str | None = None
    service_ids: tuple[str, ...] = ()
    place: Place | None = None
    place_is_strict: bool = False
    resource_family: str | None = None
    resource_group: str | None = None
    usage_type: str | None = None
    usage_type_is_strict: bool = False
    known: Words = Words()  # noqa: RUF009
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Condition:
    """`label` is what a person would drop; `match` an FTS5 expression.

    `weight` says how much a word tells of what is meant; 0 for what has to be met in any case. `code` says
    whether it names a thing, as "n2" and "Cloud Run" do: KNOWN_CODE, NEW_CODE or 0.
    """

    label: str
    match: str
    weight: int = 0
    code: int = 0
    is_of_service: bool = False
    is_of_place: bool = False


def conditions(wanted: Wanted) -> list[Condition]:
    """All that a SKU must meet."""
    return [*asked_by_arguments(wanted), *_read_from_words(wanted), *_terms(wanted)]


def asked_by_arguments(wanted: Wanted) -> list[Condition]:
    found = []
    if wanted.service:
        found.append(
            Condition(f"service {wanted.service}", of_services(wanted.service_ids), is_of_service=True)
        )
    if wanted.place and wanted.place_is_strict:
        found.append(Condition(f"region {wanted.place.label}", either(tiers(wanted)), is_of_place=True))
    for column, kind in COLUMNS.items():
        value = getattr(wanted, column)
        if value and (column != "usage_type" or wanted.usage_type_is_strict):
            found.append(Condition(f"{column} {value}", in_column("filters", [filter_token(kind, value)])))
    return found


def _read_from_words(wanted: Wanted) -> list[Condition]:
    found = []
    if ids := wanted.question.ids:
        label = f"id {' or '.join(ids)} (withdrawn SKUs are in details only)"
        found.append(Condition(label, either([in_column("sku_id", ids), of_services(ids)])))
    if wanted.place and not wanted.place_is_strict:
        label = f'"{" ".join(wanted.question.place_words)}" (read as region {wanted.place.label})'
        found.append(Condition(label, either(tiers(wanted)), is_of_place=True))
    if wanted.usage_type and not wanted.usage_type_is_strict:
        listed = in_column("filters", [filter_token("usage", wanted.usage_type)])
        named = in_column("name", USAGE_MARKS.get(wanted.usage_type, ()))
        label = f"the words read as usage_type {wanted.usage_type}"
        found.append(Condition(label, either([listed, named])))
    return found


def _terms(wanted: Wanted) -> list[Condition]:
    required = [term for term in wanted.question.terms if not term.is_optional]
    return [
        Condition(
            f'"{term.word}"',
            term_match(term, wanted.known),
            weight=term.weight,
            code=_code(term, wanted.known),
        )
        for term in required
    ]


def _code(term: Term, known: Words) -> int:
    """Whether `term` is a code or the name of a service, which the words of SKUs know or not."""
    if not term.is_code and not term.service_ids:
        return 0
    return (
        KNOWN_CODE if any(known.issuperset(words_of(spelling)) for spelling in term.spellings) else NEW_CODE
    )


def tiers(wanted: Wanted) -> list[str]:
    """Where a SKU may be sold, best first: the place itself, a wider or inner one, anywhere or so named."""
    place = wanted.place
    if place is None:
        return []
    around = [in_column("place", (*place.wider, *place.within)), in_column("reach", place.codes)]
    names = () if wanted.place_is_strict else tuple(dict.fromkeys(wanted.question.place_words))
    anywhere = [in_column("place", ("global",)), in_column("name", names)]
    return [
        in_column("place", place.codes),
        either(expression for expression in around if expression != NOTHING),
        either(expression for expression in anywhere if expression != NOTHING),
    ]


def match_of(found: Collection[Condition]) -> str:
    """The expression of a SKU that meets all of `found`; any SKU is of a service."""
    return both(condition.match for condition in found)
