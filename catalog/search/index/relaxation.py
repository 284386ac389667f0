"""Query relaxation: if no SKU matches all words of a question, keeps those that weigh most together.

Questions contain words that are not meant for the price list ("the nearline files we deleted by mistake"). A
try starts with the heaviest word and adds the others, heaviest first, as long as some SKU matches them all.
The next try starts with the heaviest word that no try has used.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Protocol, TypeVar

from catalog.search.index.fts import NOTHING, both
from catalog.search.index.plan import NEW_CODE, Condition, Plan
from catalog.search.index.sql import Sql, compose
from catalog.search.query import NamedFact, Term


class _Weighed(Protocol):
    @property
    def weight(self) -> int: ...


Weighed = TypeVar("Weighed", bound=_Weighed)
# The number of tries. Each looks up every word in the index, so with more than MANY words there are fewer.
MAX_TRIES, MAX_TRIES_WITH_MANY_WORDS = 3, 2
MANY = 4
# The minimum weight of the words kept: the start of a word or a number alone is not enough.
MIN_WEIGHT = 2

# A code identifies a product: no result is better than a wrong one. So the words kept have to weigh at least
# 1.5 times as much as the codes dropped ("c9"), or, if the catalog knows these codes and another code is kept
# ("g2 l4 gpu"), more than all words dropped.
CHOOSE = """
WITH RECURSIVE word(i, expression, weight, code, is_found) AS MATERIALIZED (
    SELECT key, json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'),
        EXISTS (SELECT 1 FROM sku_words WHERE sku_words MATCH {fixed} || json_extract(value, '$[0]'))
    FROM json_each({words}) WHERE {is_needed} ORDER BY key
),
way(start, i, expression, tried) AS (
    SELECT 0, {count}, '', '' WHERE {is_needed}
    UNION ALL SELECT start + 1, 0, (
        SELECT expression FROM word WHERE is_found AND NOT instr(tried || way.expression, expression)
        ORDER BY i LIMIT 1
    ), tried || way.expression
    FROM way WHERE i = {count} AND start < {starts} AND expression IS NOT NULL
    UNION ALL SELECT start, way.i + 1, CASE
        WHEN is_found AND NOT instr(way.expression, word.expression) AND (way.expression = '' OR EXISTS (
            SELECT 1 FROM sku_words WHERE sku_words MATCH way.expression || ' AND ' || word.expression
        )) AND EXISTS (
            SELECT 1 FROM sku_words
            WHERE sku_words MATCH {fixed} || way.expression || ' AND ' || word.expression
        ) THEN way.expression || ' AND ' || word.expression
        ELSE way.expression
    END, tried
    FROM way CROSS JOIN word USING (i)
),
best(expression, kept, kept_code, left_code, left_codes) AS MATERIALIZED (
    SELECT way.expression,
        (SELECT sum(weight) FROM word WHERE instr(way.expression, word.expression)) AS kept,
        (SELECT max(code) FROM word WHERE instr(way.expression, word.expression)),
        (SELECT max(code) FROM word WHERE NOT instr(way.expression, word.expression)),
        (SELECT total(weight) FROM word WHERE code AND NOT instr(way.expression, word.expression))
    FROM way WHERE i = {count} AND start > 0 AND expression IS NOT NULL ORDER BY kept DESC, start LIMIT 1
)
SELECT 'kept', NULL, word.i FROM best JOIN word ON instr(best.expression, word.expression)
WHERE {is_identified} OR kept >= {least} AND (
    kept * 2 >= left_codes * 3
    OR kept_code AND left_code < {new} AND kept * 2 > (SELECT sum(weight) FROM word)
)
UNION ALL SELECT 'kept', NULL, -1
WHERE {is_needed} AND {is_identified} AND NOT EXISTS (SELECT 1 FROM word WHERE is_found)
    AND EXISTS (SELECT 1 FROM sku_words WHERE sku_words MATCH {only_fixed})
"""


def choose(fixed: Sequence[Condition], words: Sequence[Condition], is_needed: Sql) -> Sql:
    """Rows with the numbers of the words to keep; no rows if too little of the question would remain.

    If a condition that cannot be dropped says what the SKU is, the words may all go: -1 in place of a number.

    Args:
        fixed: the conditions that cannot be dropped.
        words: the conditions for the words.
        is_needed: true if no SKU matches all words.
    """
    values = [(f"({word.match})", word.weight, word.code) for word in heaviest_first(words)]
    only_fixed = both(condition.match for condition in fixed)
    return compose(
        CHOOSE,
        words=Sql("%s", (json.dumps(values),)),
        is_needed=is_needed,
        fixed=Sql("%s", (f"{only_fixed} AND " if fixed else "",)),
        only_fixed=Sql("%s", (only_fixed or NOTHING,)),
        is_identified=Sql("%s", (int(any(condition.fact for condition in fixed)),)),
        count=Sql("%s", (len(words),)),
        starts=Sql("%s", (MAX_TRIES if len(words) <= MANY else MAX_TRIES_WITH_MANY_WORDS,)),
        least=Sql(str(MIN_WEIGHT)),
        new=Sql(str(NEW_CODE)),
    )


def keep(plan: Plan, numbers: Collection[int]) -> Plan:
    """The plan with only the words `numbers`, which `choose` returned, required; the others only rank."""
    question = plan.question
    facts = [fact for fact in question.facts if plan.may_drop(fact)]
    required = [term for term in question.terms if not term.is_optional]
    words: list[NamedFact | Term] = heaviest_first([*facts, *required])
    left = [word for number, word in enumerate(words) if number not in numbers]
    terms = tuple(replace(term, is_optional=True) if term in left else term for term in question.terms)
    kept = tuple(fact for fact in question.facts if fact not in left)
    dropped = tuple(word.word for word in (*question.facts, *question.terms) if word in left)
    unsold = tuple(fact for fact in question.facts if fact in left and fact.attribute == "term")
    return replace(
        plan,
        question=replace(question, terms=terms, facts=kept),
        dropped=dropped,
        unsold_terms=unsold,
    )


def heaviest_first(words: Sequence[Weighed]) -> list[Weighed]:
    return sorted(words, key=lambda word: -word.weight)
