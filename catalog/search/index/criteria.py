"""Search criteria compiled from a request."""

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

# Arguments that match a column, with the prefix of their filter tokens.
COLUMNS = {"resource_family": "family", "resource_group": "group", "usage_type": "usage"}
KNOWN_CODE, NEW_CODE = 1, 2


@dataclass(frozen=True, slots=True)
class Criteria:
    """A question with its filters.

    `service_ids` are the services that the argument `service` names. A place or usage type is strict if it
    comes from an argument. If it was read from the query, a SKU whose name contains its words matches too:
    "Tpu-v2 Preemptible Accelerator" is listed as on demand. `known` are the words of the catalog, and
    `dropped` the words that were ignored because no SKU contains them together with the others.
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
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Condition:
    """`label` describes the condition in hints; `match` is an FTS5 expression.

    `weight` says how much a word says about what is meant; it is 0 for a condition that cannot be dropped.
    `code` says whether the word identifies a product, as "n2" and "Cloud Run" do: KNOWN_CODE, NEW_CODE or 0.
    """

    label: str
    match: str
    weight: int = 0
    code: int = 0
    is_service: bool = False
    is_place: bool = False


def conditions(criteria: Criteria) -> list[Condition]:
    """The conditions that a SKU has to meet."""
    return [*argument_conditions(criteria), *_question_conditions(criteria), *_term_conditions(criteria)]


def argument_conditions(criteria: Criteria) -> list[Condition]:
    found = []
    if criteria.service:
        found.append(
            Condition(f"service {criteria.service}", of_services(criteria.service_ids), is_service=True)
        )
    if criteria.place and criteria.place_is_strict:
        found.append(
            Condition(f"region {criteria.place.label}", either(place_scopes(criteria)), is_place=True)
        )
    for column, kind in COLUMNS.items():
        value = getattr(criteria, column)
        if value and (column != "usage_type" or criteria.usage_type_is_strict):
            found.append(Condition(f"{column} {value}", in_column("filters", [filter_token(kind, value)])))
    return found


def _question_conditions(criteria: Criteria) -> list[Condition]:
    found = []
    if ids := criteria.question.ids:
        label = f"id {' or '.join(ids)} (only details shows withdrawn SKUs)"
        found.append(Condition(label, either([in_column("sku_id", ids), of_services(ids)])))
    if criteria.place and not criteria.place_is_strict:
        label = f'"{" ".join(criteria.question.place_words)}" (read as region {criteria.place.label})'
        found.append(Condition(label, either(place_scopes(criteria)), is_place=True))
    if criteria.usage_type and not criteria.usage_type_is_strict:
        listed = in_column("filters", [filter_token("usage", criteria.usage_type)])
        named = in_column("name", USAGE_MARKS.get(criteria.usage_type, ()))
        label = f"the words read as usage_type {criteria.usage_type}"
        found.append(Condition(label, either([listed, named])))
    return found


def _term_conditions(criteria: Criteria) -> list[Condition]:
    required = [term for term in criteria.question.terms if not term.is_optional]
    return [
        Condition(
            f'"{term.word}"',
            term_match(term, criteria.known),
            weight=term.weight,
            code=_code(term, criteria.known),
        )
        for term in required
    ]


def _code(term: Term, known: Words) -> int:
    """Whether `term` is a code or the name of a service, and whether SKUs contain it."""
    if not term.is_code and not term.service_ids:
        return 0
    return KNOWN_CODE if any(known.issuperset(words_of(synonym)) for synonym in term.synonyms) else NEW_CODE


def place_scopes(criteria: Criteria) -> list[str]:
    """Expressions for where a SKU may be sold, best first.

    The place itself; a wider or an inner place; everywhere, or a name that contains the place.
    """
    place = criteria.place
    if place is None:
        return []
    around = [in_column("place", (*place.wider, *place.within)), in_column("reach", place.codes)]
    names = () if criteria.place_is_strict else tuple(dict.fromkeys(criteria.question.place_words))
    anywhere = [in_column("place", ("global",)), in_column("name", names)]
    return [
        in_column("place", place.codes),
        either(expression for expression in around if expression != NOTHING),
        either(expression for expression in anywhere if expression != NOTHING),
    ]


def match_of(found: Collection[Condition]) -> str:
    """The expression for SKUs that meet all of `found`."""
    return both(condition.match for condition in found)
