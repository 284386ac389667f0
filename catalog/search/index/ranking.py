"""Ranks candidates, lower ranks first. The ranks are columns of statements.FIND_SKUS.

What does not depend on the question is encoded in the ID of a row in the search index (schema.py), so that
the plainest SKUs with the shortest names come first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from catalog.offers.plain import ADDED, COST_OF_SIDE, COST_OF_WORD
from catalog.places import fold
from catalog.search.index.plan import Plan
from catalog.search.index.sql import (
    Sql,
    all_of,
    any_is,
    compose,
    count_having,
    has_any,
    join,
    sum_of,
    sum_over,
)
from catalog.search.query import NamedFact, Question, Size, Term

# What the attributes and words of a SKU cost if a question leaves all of them open (schema.py).
COST = "(id >> 34) * 4"
# What one attribute of them costs, by its path; 0 for NULL.
COST_OF = "coalesce(json_extract(costs, %s), 0)"
# Ties are broken by length, name and ID, so the order is deterministic.
ORDER = (
    # A region_rank is 10 times the place of its provider in PROVIDERS, and how well the place fits.
    "id_rank, name_rank, region_rank / 10, prefix_rank, negated_rank, fact_rank, usage_rank, side_rank,"
    " word_rank, region_rank, said_rank, plain_rank, size_rank, optional_rank, place_rank, start_rank,"
    " length(name), name, sku_id"
)
# Whether a question contains a whole name, as a line of an invoice does. A short name may be said by chance.
CONTAINED = "length(name) > 20 AND instr(%s, name) > 0"
# The rank of names that the question does not contain.
UNNAMED = 2
PREFIX_RANK, OUTSIDE_NAME_RANK = 50, 100
SIZE_RANK = """
coalesce((
    SELECT CASE WHEN a.span_least <= %s AND %s <= a.span_most THEN 0 ELSE 2 END
    FROM sku_attributes AS a WHERE a.sku_id = sku_search.sku_id AND a.span_unit = %s
), 1)
"""


def ranks(plan: Plan) -> Sql:
    """The rank columns, except region_rank, which the statement already has."""
    question = plan.question
    whole = (f" {question.text} ",)
    required = [term for term in question.terms if not term.is_optional]
    optional = [term for term in question.terms if term.is_optional]
    pieces = {
        "id": compose("(NOT {is_named})", is_named=any_is("sku_id = %s", question.ids)),
        "name": _name_rank(plan, whole),
        "prefix": Sql("instr(name, %s) <> 1", whole),
        "fact": _most("facts", (_texts(fact) for fact in question.facts if fact.may_lack)),
        "usage": _cost_of(None if "term" in question.attributes else "term"),
        "side": _side_rank(question),
        "negated": _negated_rank(question),
        "word": compose(
            "CASE instr(name, {whole}) WHEN 1 THEN 0 ELSE {terms} END",
            whole=Sql("%s", whole),
            terms=sum_of(_term_rank(term) for term in required),
        ),
        "said": _most("name", ([fact.word] for fact in question.facts if len(fact.facts) > 1)),
        "size": sum_of(map(_size_rank, question.sizes)),
        "plain": _plain_rank(question),
        "optional": _most("name || text", (term.synonyms for term in optional)),
        "place": _place_rank(plan),
        "start": _start_rank(question),
    }
    return join(", ", [compose(f"{{piece}} AS {name}_rank", piece=piece) for name, piece in pieces.items()])


def _texts(fact: NamedFact) -> list[str]:
    return ["=".join(each) for each in fact.facts]


def _name_rank(plan: Plan, whole: tuple[str]) -> Sql:
    """The question or a name that it quotes, then one that it contains, but not for one of several places."""
    place = plan.place
    names = dict.fromkeys(f" {fold(name)} " for name in (plan.question.typed, *plan.question.quoted))
    is_named = any_is("name = %s", dict.fromkeys((*whole, *names)))
    contained = f"{CONTAINED} AND region_rank = 0" if place else CONTAINED
    if place and place.members:
        return compose(f"CASE WHEN {{is_named}} THEN 0 ELSE {UNNAMED} END", is_named=is_named)
    return compose(
        f"CASE WHEN {{is_named}} THEN 0 WHEN {{contained}} THEN 1 ELSE {UNNAMED} END",
        is_named=is_named,
        contained=Sql(contained, whole),
    )


def _most(words: str, groups: Iterable[Sequence[str]]) -> Sql:
    """The more groups of phrases the words contain a phrase of, the lower."""
    return compose("-{having}", having=count_having(words, groups))


def _negated_rank(question: Question) -> Sql:
    """The number of negated words and facts that the SKU has; of facts negated together it needs all."""
    together = [mark for mark in question.negated if "=" in mark and " " in mark]
    alone = ([mark] for mark in question.negated if mark not in together)
    several = (all_of(has_any("facts", [fact]) for fact in mark.split()) for mark in together)
    return sum_of([count_having("name || facts", alone), *several])


def _side_rank(question: Question) -> Sql:
    """What is charged on top of a thing comes after it, unless the question says which part it is about."""
    cost = _cost_of(None if "part" in question.settled else "part")
    return compose("({cost} >= {side})", cost=cost, side=Sql(str(COST_OF_SIDE)))


def _plain_rank(question: Question) -> Sql:
    """What the attributes and words cost that the question leaves open (catalog/offers/plain.py).

    Of several values that would do, the plainest stays the plainest.
    """
    named = [fact.facts[0] for fact in question.facts if len(fact.facts) == 1]
    keys = [f"{attribute}={value}" if attribute in ADDED else attribute for attribute, value in named]
    words = [term for term in question.terms if term.word]
    return compose(
        f"({COST} - {{asked}} - {COST_OF_WORD} * {{words}})",
        asked=sum_over(COST_OF, map(_path, dict.fromkeys(keys))),
        words=count_having("unread", (term.synonyms for term in words)),
    )


def _size_rank(size: Size) -> Sql:
    """Licences for machines of this size, then those for machines of any size, then the others."""
    return Sql(SIZE_RANK, (size.most, size.least, size.unit))


def _cost_of(key: str | None) -> Sql:
    return Sql(COST_OF, (_path(key) if key else None,))


def _path(key: str) -> str:
    return f'$."{key}"'


def _term_rank(term: Term) -> Sql:
    """How good the synonym is that the name contains; worse for a prefix, worst outside the name."""
    whole = [
        compose(f"WHEN {{is_named}} THEN {min(rank, PREFIX_RANK)}", is_named=has_any("name", synonyms))
        for rank, synonyms in enumerate(term.groups)
    ]
    return compose(
        f"CASE {{whole}} WHEN {{prefix}} THEN {PREFIX_RANK} ELSE {OUTSIDE_NAME_RANK} END",
        whole=join(" ", whole),
        prefix=any_is("instr(name, %s) > 0", (f" {synonym}" for synonym in term.synonyms)),
    )


def _place_rank(plan: Plan) -> Sql:
    """Names with the place ("Japan" for Tokyo), then names with its continent, then others sold there."""
    places = [place for place in (plan.place, plan.question.place) if place]
    names = (*plan.question.place_words, *(name for place in places for name in place.names))
    around = (name for place in places for name in place.around)
    return compose(
        "CASE WHEN {here} THEN 0 WHEN {around} THEN 1 ELSE 2 END",
        here=has_any("name", dict.fromkeys(names)),
        around=has_any("name", dict.fromkeys(around)),
    )


def _start_rank(question: Question) -> Sql:
    synonyms = (f" {synonym} " for term in question.terms for synonym in term.synonyms)
    return compose("(NOT {starts})", starts=any_is("instr(name, %s) = 1", synonyms))
