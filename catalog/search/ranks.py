"""The order of what is found. Each rank is the lower the better; statements.FIND_SKUS has their columns."""

from __future__ import annotations

from catalog.question import Question, Term
from catalog.search.conditions import Wanted
from catalog.search.sql import Sql, any_of, compose, contains, has_prefix, has_word, join, one_of, sum_of
from catalog.words import VARIANTS

# Ties are broken by length, name and id, so the order is always the same.
ORDER = (
    "id_rank, usage_rank, region_rank, word_rank, variant_rank, place_rank, start_rank,"
    " length(name), name, sku_id"
)
PREFIX_RANK, ELSEWHERE_RANK = 10, 20


def ranks(wanted: Wanted) -> Sql:
    """The ranks as columns; region_rank is a column already."""
    return compose(
        "{id} AS id_rank, {usage} AS usage_rank, {word} AS word_rank, {place} AS place_rank,"
        " {variant} AS variant_rank, {start} AS start_rank",
        id=_id_rank(wanted.question),
        usage=_usage_rank(wanted),
        word=sum_of(_term_rank(term) for term in wanted.question.terms),
        place=_place_rank(wanted.question),
        variant=_variant_rank(wanted.question),
        start=_start_rank(wanted.question),
    )


def _id_rank(question: Question) -> Sql:
    return compose("NOT {is_id}", is_id=one_of("sku_id", question.ids)) if question.ids else Sql("0")


def _usage_rank(wanted: Wanted) -> Sql:
    """The usage type asked for first; else on demand first, unless the words ask for a variant."""
    if wanted.usage_type:
        return Sql("coalesce(usage_type, '') <> %s", (wanted.usage_type,))
    if _asked_variants(wanted.question):
        return Sql("0")
    return Sql("coalesce(usage_type, '') NOT IN ('OnDemand', '')")


def _term_rank(term: Term) -> Sql:
    """Which of the term's spellings the name carries whole; worse as a prefix, worst outside the name."""
    whole_words = [
        compose(f"WHEN {{is_named}} THEN {rank}", is_named=has_word("name_words", spelling))
        for rank, spelling in enumerate(term.spellings)
    ]
    return compose(
        f"CASE {{whole_words}} WHEN {{prefix}} THEN {PREFIX_RANK} ELSE {ELSEWHERE_RANK} END",
        whole_words=join(" ", whole_words),
        prefix=has_prefix("name_words", term),
    )


def _place_rank(question: Question) -> Sql:
    """Names that carry the place before others sold there: Tokyo's SKUs say "Japan"."""
    return compose("NOT {named}", named=any_of(has_word("name_words", word) for word in question.place_words))


def _variant_rank(question: Question) -> Sql:
    """How many marks of a variant the name has that the words do not ask for."""
    asked = _asked_variants(question)
    marks = [variant for variant in VARIANTS if variant not in asked]
    return sum_of(compose("({mark} > 0)", mark=contains("name_words", f" {mark}")) for mark in marks)


def _asked_variants(question: Question) -> list[str]:
    asked = {word for term in question.terms for spelling in term.spellings for word in spelling.split()}
    return [variant for variant in VARIANTS if asked.issuperset(variant.split())]


def _start_rank(question: Question) -> Sql:
    spellings = [spelling for term in question.terms for spelling in term.spellings]
    starts = any_of(Sql("instr(name_words, %s) = 1", (f" {spelling} ",)) for spelling in spellings)
    return compose("NOT {starts}", starts=starts)
