"""Ranks candidates, lower ranks first. The ranks are columns of statements.FIND_SKUS.

What does not depend on the question is encoded in the ID of a row in the search index: one bit for not on
demand, six for the marks of a variant, ten for the length of the name and 24 for the order of insertion.
"""

from __future__ import annotations

from collections.abc import Iterable

from catalog.places import Place
from catalog.providers.google_cloud.regions import REGIONS
from catalog.search.index.criteria import Criteria
from catalog.search.index.sql import (
    Sql,
    any_of,
    compose,
    contains,
    has_synonym,
    has_word,
    join,
    one_of,
    sum_of,
)
from catalog.search.query import Question, Term
from catalog.search.query.dictionary import MULTI_REGION_MARKS, SIDE_CHARGES, UNLESS_ASKED, VARIANT_WORDS

VARIANTS = "((id >> 34) & 63)"
# Ties are broken by length, name and ID, so the order is deterministic.
ORDER = (
    "id_rank, usage_rank, negated_rank, word_rank, region_rank, name_rank, variant_rank, optional_rank,"
    " place_rank, start_rank, length(name), name, sku_id"
)
PREFIX_RANK, OUTSIDE_NAME_RANK = 50, 100


def ranks(criteria: Criteria) -> Sql:
    """The rank columns, except region_rank, which the statement already has."""
    question = criteria.question
    whole = (f" {question.text} ",)
    required = [term for term in question.terms if not term.is_optional]
    optional = [term for term in question.terms if term.is_optional]
    return compose(
        "{id} AS id_rank, {usage} AS usage_rank, {negated} AS negated_rank, {word} AS word_rank,"
        f" {{name}} AS name_rank, {VARIANTS} + {{side_charges}} AS variant_rank, {{place}} AS place_rank,"
        " {optional} AS optional_rank, {start} AS start_rank",
        id=_unless([one_of("sku_id", question.ids)] if question.ids else []),
        usage=_usage_rank(criteria),
        negated=_negated_rank(question),
        word=compose(
            "CASE name WHEN {whole} THEN 0 ELSE {terms} END",
            whole=Sql("%s", whole),
            terms=sum_of(_term_rank(term) for term in required),
        ),
        name=Sql("name <> %s", whole),
        side_charges=_side_charge_rank(question, criteria.place),
        place=_place_rank(criteria),
        optional=sum_of(
            _unless(has_synonym("name || text", synonym) for synonym in term.synonyms) for term in optional
        ),
        start=_start_rank(question),
    )


def _unless(pieces: Iterable[Sql]) -> Sql:
    return compose("(NOT {pieces})", pieces=any_of(pieces))


def _negated_rank(question: Question) -> Sql:
    """The number of marks in the name that the question negates, or that only an explicit question wants."""
    asked = _asked_words(question)
    others = (mark for mark, words in UNLESS_ASKED.items() if asked.isdisjoint(words))
    return sum_of(has_word("name", mark) for mark in (*question.negated, *others))


def _asked_words(question: Question) -> set[str]:
    return {word for term in question.terms for phrase in term.synonyms for word in phrase.split()}


def _usage_rank(criteria: Criteria) -> Sql:
    """The requested usage type first, else on demand, unless the question asks for a variant."""
    if criteria.usage_type:
        return Sql("coalesce(usage_type, '') <> %s", (criteria.usage_type,))
    return Sql("id >> 40" if VARIANT_WORDS.isdisjoint(_asked_words(criteria.question)) else "0")


def _side_charge_rank(question: Question, place: Place | None) -> Sql:
    """The number of side charges that the name mentions and the question does not."""
    asked = {phrase for term in question.terms for phrase in term.synonyms}
    # A product for one region is not the one for several regions.
    multi_region = MULTI_REGION_MARKS if place and place.codes[0] in REGIONS else ()
    return sum_of(has_word("name", mark) for mark in (*SIDE_CHARGES, *multi_region) if mark not in asked)


def _term_rank(term: Term) -> Sql:
    """The position of the synonym that the name contains; worse for a prefix, worst outside the name."""
    whole = [
        compose(
            f"WHEN {{is_named}} THEN {0 if term.are_equal else min(rank, PREFIX_RANK)}",
            is_named=has_synonym("name", synonym),
        )
        for rank, synonym in enumerate(term.synonyms)
    ]
    return compose(
        f"CASE {{whole}} WHEN {{prefix}} THEN {PREFIX_RANK} ELSE {OUTSIDE_NAME_RANK} END",
        whole=join(" ", whole),
        prefix=any_of(contains("name", f" {synonym}") for synonym in term.synonyms),
    )


def _place_rank(criteria: Criteria) -> Sql:
    """Names with the place ("Japan" for Tokyo), then names with its continent, then others sold there."""
    places = [place for place in (criteria.place, criteria.question.place) if place]
    names = (*criteria.question.place_words, *(name for place in places for name in place.names))
    around = (name for place in places for name in place.around)
    return compose(
        "CASE WHEN {here} THEN 0 WHEN {around} THEN 1 ELSE 2 END",
        here=any_of(has_word("name", name) for name in dict.fromkeys(names)),
        around=any_of(has_word("name", name) for name in dict.fromkeys(around)),
    )


def _start_rank(question: Question) -> Sql:
    synonyms = [synonym for term in question.terms for synonym in term.synonyms]
    return _unless(Sql("(instr(name, %s) = 1)", (f" {synonym} ",)) for synonym in synonyms)
