"""The order of candidates. Each rank is the lower the better; statements.FIND_SKUS has their columns.

What does not hang on the question is in a candidate's id, which the search index makes: a bit for what is
not on demand, six for the marks of a variant, ten for the length of the name, 24 for the order of arrival.
"""

from __future__ import annotations

from collections.abc import Iterable

from catalog.places import Place
from catalog.providers.google_cloud.regions import REGIONS
from catalog.search.index.criteria import Wanted
from catalog.search.index.sql import Sql, any_of, compose, contains, has_word, join, one_of, spells, sum_of
from catalog.search.query import Question, Term
from catalog.search.query.dictionary import ANOTHER_PURPOSE, ASIDE, SEVERAL_REGIONS, VARIANT_WORDS

VARIANTS = "((id >> 34) & 63)"
# Ties are broken by length, name and id, so the order is always the same.
ORDER = (
    "id_rank, usage_rank, unwanted_rank, word_rank, region_rank, name_rank, variant_rank, optional_rank,"
    " place_rank, start_rank, length(name), name, sku_id"
)
PREFIX_RANK, ELSEWHERE_RANK = 50, 100


def ranks(wanted: Wanted) -> Sql:
    """The ranks as columns; region_rank is a column already."""
    question = wanted.question
    whole = (f" {question.text} ",)
    required = [term for term in question.terms if not term.is_optional]
    optional = [term for term in question.terms if term.is_optional]
    return compose(
        "{id} AS id_rank, {usage} AS usage_rank, {unwanted} AS unwanted_rank, {word} AS word_rank,"
        f" {{name}} AS name_rank, {VARIANTS} + {{aside}} AS variant_rank, {{place}} AS place_rank,"
        " {optional} AS optional_rank, {start} AS start_rank",
        id=_unless([one_of("sku_id", question.ids)] if question.ids else []),
        usage=_usage_rank(wanted),
        unwanted=_unwanted_rank(question),
        word=compose(
            "CASE name WHEN {whole} THEN 0 ELSE {terms} END",
            whole=Sql("%s", whole),
            terms=sum_of(_term_rank(term) for term in required),
        ),
        name=Sql("name <> %s", whole),
        aside=_aside_rank(question, wanted.place),
        place=_place_rank(wanted),
        optional=sum_of(
            _unless(spells("name || text", spelling) for spelling in term.spellings) for term in optional
        ),
        start=_start_rank(question),
    )


def _unless(pieces: Iterable[Sql]) -> Sql:
    return compose("(NOT {pieces})", pieces=any_of(pieces))


def _unwanted_rank(question: Question) -> Sql:
    """How much of the name the question does not want, or would ask for if it did."""
    asked = _asked_words(question)
    others = (mark for mark, words in ANOTHER_PURPOSE.items() if asked.isdisjoint(words))
    return sum_of(has_word("name", mark) for mark in (*question.unwanted, *others))


def _asked_words(question: Question) -> set[str]:
    return {word for term in question.terms for phrase in term.spellings for word in phrase.split()}


def _usage_rank(wanted: Wanted) -> Sql:
    """The usage type asked for first; else on demand first, unless the words ask for a variant."""
    if wanted.usage_type:
        return Sql("coalesce(usage_type, '') <> %s", (wanted.usage_type,))
    return Sql("id >> 40" if VARIANT_WORDS.isdisjoint(_asked_words(wanted.question)) else "0")


def _aside_rank(question: Question, place: Place | None) -> Sql:
    """How many marks the name has of what is charged beside the thing itself, and the question lacks."""
    asked = {phrase for term in question.terms for phrase in term.spellings}
    # A thing sold in one region is not the one that is sold in several.
    several = SEVERAL_REGIONS if place and place.codes[0] in REGIONS else ()
    return sum_of(has_word("name", mark) for mark in (*ASIDE, *several) if mark not in asked)


def _term_rank(term: Term) -> Sql:
    """Which of the term's spellings the name carries whole; worse as a prefix, worst outside the name."""
    whole = [
        compose(
            f"WHEN {{is_named}} THEN {0 if term.are_equal else min(rank, PREFIX_RANK)}",
            is_named=spells("name", spelling),
        )
        for rank, spelling in enumerate(term.spellings)
    ]
    return compose(
        f"CASE {{whole}} WHEN {{prefix}} THEN {PREFIX_RANK} ELSE {ELSEWHERE_RANK} END",
        whole=join(" ", whole),
        prefix=any_of(contains("name", f" {spelling}") for spelling in term.spellings),
    )


def _place_rank(wanted: Wanted) -> Sql:
    """Names that carry the place, as Tokyo's SKUs do "Japan", then its continent, then others sold there."""
    places = [place for place in (wanted.place, wanted.question.place) if place]
    names = (*wanted.question.place_words, *(name for place in places for name in place.names))
    around = (name for place in places for name in place.around)
    return compose(
        "CASE WHEN {here} THEN 0 WHEN {around} THEN 1 ELSE 2 END",
        here=any_of(has_word("name", name) for name in dict.fromkeys(names)),
        around=any_of(has_word("name", name) for name in dict.fromkeys(around)),
    )


def _start_rank(question: Question) -> Sql:
    spellings = [spelling for term in question.terms for spelling in term.spellings]
    return _unless(Sql("(instr(name, %s) = 1)", (f" {spelling} ",)) for spelling in spellings)
